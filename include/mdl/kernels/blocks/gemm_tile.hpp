// mdl: the one micro-kernel of all dense convolutions: a register tile of pixels by channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/epilogue.hpp>
#include <mdl/kernels/blocks/flat_tile.hpp>
#include <mdl/kernels/blocks/in_order_tile.hpp>
#include <mdl/simd/tile.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// The summed dimension: taps, each a run of consecutive floats that starts `offset` floats behind the pixel. First
/// `full` taps of simd::lanes floats (whole channel blocks at one kernel position), then `tail` taps of `tail_run`.
struct Taps {
    const int* offset = nullptr;
    int full = 0, tail = 0, tail_run = 0;
    int step = 0;  ///< of a 1x1 window: floats from one full tap to the next

    constexpr auto depth() const noexcept -> int { return full * simd::lanes + tail * tail_run; }
};

/// A strip of output pixels times some output blocks. Output pixels are consecutive in memory; their windows in the input
/// lie on a grid.
struct StripTask {
    const float* input = nullptr;  ///< first window of the strip
    int step_x = 0, step_y = 0;    ///< floats between the windows of neighbouring columns and rows
    int columns = 0, pixels = 0;   ///< output pixels in a row, and in the strip
    Taps taps{};
    const float* weights = nullptr;  ///< panels: for each nr blocks, see next_tile_blocks, [k][nr][lanes]
    const float* bias = nullptr;     ///< padded to blocks
    int blocks = 0;                  ///< output blocks to compute
    float* output = nullptr;
    const float* residual = nullptr;
    const float* slope = nullptr;
    std::ptrdiff_t block_stride = 0;  ///< floats between blocks of output and residual
};

namespace detail {

// Sums lie flat, acc[p * B + b]. Index packs rather than unrolling lambdas: a fold is one instantiation where nested
// lambdas are a hundred, and compiles ten times faster.

/// B vectors that lie side by side: weights at one k, or biases.
template <int B>
struct Row {
    simd::Vector values[B];

    MDL_ALWAYS_INLINE explicit Row(const float* p) noexcept : Row(p, std::make_integer_sequence<int, B>{}) {}

private:
    template <int... J>
    MDL_ALWAYS_INLINE Row(const float* p, std::integer_sequence<int, J...>) noexcept : values{simd::load_held(p + J * simd::lanes)...} {}
};

template <int B, int... I>
MDL_ALWAYS_INLINE void multiply_one(simd::Vector* acc, const float* const* pixel, std::ptrdiff_t at, const float* w,
                                    std::integer_sequence<int, I...>) noexcept {
    const Row<B> weight(w);
    ((acc[I] = simd::fma(simd::broadcast(pixel[I / B][at]), weight.values[I % B], acc[I])), ...);
}

template <int B, int Lane, int... I>
MDL_ALWAYS_INLINE void multiply_lane(simd::Vector* acc, const simd::Multipliers* x, const float* w, std::integer_sequence<int, I...>) noexcept {
    const Row<B> weight(w);
    ((acc[I] = x[I / B].template fma<Lane>(weight.values[I % B], acc[I])), ...);
}
template <int B, int... P, int... Lane, int... I>
MDL_ALWAYS_INLINE void multiply_lanes(simd::Vector* acc, const float* const* pixel, std::ptrdiff_t at, const float* w,
                                      std::integer_sequence<int, P...>, std::integer_sequence<int, Lane...>, std::integer_sequence<int, I...> all) noexcept {
    const simd::Multipliers x[] = {simd::Multipliers(pixel[P] + at)...};
    (multiply_lane<B, Lane>(acc, x, w + Lane * B * simd::lanes, all), ...);
}

/// Does a tile of P pixels by B blocks take the loop of flat_tile.hpp?
template <class E, bool Flat, int P, int B>
inline constexpr bool takes_flat_tile = Flat && !E::in_order && has_flat_tile<P, B>;

/// acc[p][b] += sum over k of pixel[p][k] * w[k][b]. At each tap one cache line at `ahead` is fetched: the weights that come next.
/// acc is `bias` before, which the loops in assembly load themselves: an asm statement has no room for sums that go in and out.
template <class E, bool Flat, int P, int B>
MDL_ALWAYS_INLINE void multiply(simd::Vector* acc, const float* const* pixel, const Taps& taps, const float* w, const float* ahead,
                                [[maybe_unused]] const float* bias) noexcept {
    constexpr int c = simd::lanes;
    constexpr std::make_integer_sequence<int, P * B> all{};
    const int* offset = taps.offset;
#if defined(__aarch64__)
    if constexpr (takes_flat_tile<E, Flat, P, B>) {
        if (taps.full > 0) multiply_flat<P>(acc, pixel[0], taps.step, taps.full, w, bias, ahead - w);
        if (taps.tail == 0) [[likely]] return;
        offset += taps.full, w += std::ptrdiff_t{taps.full} * c * B * c;
    } else
#endif
#if defined(__ARM_NEON)
    if constexpr (E::in_order && has_in_order_tile<P, B>) {
        if (taps.full > 0) multiply_in_order(acc, pixel, offset, taps.full, w, bias, ahead);
        offset += taps.full, w += std::ptrdiff_t{taps.full} * c * B * c;
    } else
#endif
    for (const int* const end = taps.offset + taps.full; offset != end; ++offset, w += c * B * c) {
        const std::ptrdiff_t tap = *offset;
        __builtin_prefetch(ahead, 0, 2);
        ahead += 16;
        if constexpr (simd::Multipliers::count == c) {
            multiply_lanes<B>(acc, pixel, tap, w, std::make_integer_sequence<int, P>{}, std::make_integer_sequence<int, c>{}, all);
        } else {
#if defined(__SANITIZE_ADDRESS__)
            // Every load gets a check there: unrolled, a tile takes GCC half a minute to compile.
#elif defined(__clang__)
#pragma clang loop unroll(full)
#else
#pragma GCC unroll 16
#endif
            for (int i = 0; i < c; ++i) multiply_one<B>(acc, pixel, tap + i, w + i * B * c, all);
        }
    }
    for (const int* const end = offset + taps.tail; offset != end; ++offset) {
        std::ptrdiff_t tap = *offset;
        for (const std::ptrdiff_t last = tap + taps.tail_run; tap != last; ++tap, w += B * c) multiply_one<B>(acc, pixel, tap, w, all);
    }
}

/// One tile, from bias to epilogue. `block` and `first` are its first output block and pixel.
template <class E, bool Flat, int P, int B, int... I>
MDL_ALWAYS_INLINE void tile(const StripTask& task, const EpilogueArgs& args, const float* const* pixels, const float* panel, int block,
                            int first, const float* ahead, std::integer_sequence<int, I...>) noexcept {
    constexpr int c = simd::lanes;
    const Row<B> bias(task.bias + block * c);
    simd::Vector acc[P * B] = {bias.values[I % B]...};
    const float* const pixel[P * B] = {pixels[I < P ? I : 0]...};  // P of them count; a local copy lives in registers
    multiply<E, Flat, P, B>(acc, pixel, task.taps, panel, ahead, task.bias + block * c);
    constexpr std::integer_sequence<int, I...> all{};
    E::template inner<B>(acc, args, task.slope != nullptr ? task.slope + block * c : nullptr, all);
    // Block by block, with pointers that no store can change: ARM64 stores two neighbouring pixels with one instruction.
    const std::ptrdiff_t stride = task.block_stride, at = block * stride + std::ptrdiff_t{first} * c;
    if (task.residual != nullptr) {
        const float* const residual = task.residual + at;
        ((acc[I % P * B + I / P] = E::combined(acc[I % P * B + I / P], simd::load(residual + I / P * stride + I % P * c))), ...);
        E::outer(acc, args, all);
    }
    float* const output = task.output + at;
    (simd::store(output + I / P * stride + I % P * c, acc[I % P * B + I / P]), ...);
}

/// All pixels of the strip for one group of B blocks.
template <class E, bool Flat, int B>
__attribute__((noinline)) void tile_group(const StripTask& task, const EpilogueArgs& args, const float* panel, int block) noexcept {
    [[maybe_unused]] const float* row = task.input;
    [[maybe_unused]] int column = 0;
    // The panel streams in from far while the one before is in use: read when it is needed, its first tile would wait for memory.
    // Of four lines flat_tile.hpp fetches one, the others while the next tiles compute.
    constexpr bool every_fourth = takes_flat_tile<E, Flat, simd::max_tile_height(B), B>;
    const float* ahead = panel + std::ptrdiff_t{task.taps.depth()} * B * simd::lanes;
    const float* const last_ahead = ahead + (every_fourth ? 4 * 16 : ahead - panel);
    for (int first = 0; first < task.pixels;) {
        const int height = simd::next_tile<B, E::tiles>(task.pixels - first);
        const float* pixels[simd::max_tile_height(B)];
        if constexpr (Flat) {
            simd::unroll<simd::max_tile_height(B)>([&](auto p) MDL_INLINE_LAMBDA { pixels[p.value] = task.input + (first + p.value) * simd::lanes; });
        } else {
            for (int p = 0; p < height; ++p) {
                pixels[p] = row + std::ptrdiff_t{column} * task.step_x;
                if (++column == task.columns) column = 0, row += task.step_y;
            }
        }
        bool done = false;
        simd::unroll<simd::max_tile_height(B)>([&](auto p) MDL_INLINE_LAMBDA {
            constexpr int P = simd::max_tile_height(B) - p.value;  // the largest first: most are
            if constexpr (P == 1 || (E::tiles & simd::tile_bit(P, B)) != 0)
                if (!done && height == P)
                    tile<E, Flat, P, B>(task, args, pixels, panel, block, first, ahead, std::make_integer_sequence<int, P * B>{}), done = true;
        });
        first += height;
        if (ahead < last_ahead) ahead += every_fourth ? 16 : 16 * task.taps.full;
    }
}

}  // namespace detail

/// Output blocks 0, 1, ... of the strip. Weights stay in the first-level cache while the strip's pixels pass. `Flat`: the windows
/// have one pixel and lie side by side, one block of floats apart; knowing it makes a 1x1 convolution of 16 channels a twentieth faster, one of
/// 72 a fiftieth.
template <class E, bool Flat = false>
void run_strip(const StripTask& task, const EpilogueArgs& args) noexcept {
    const float* panel = task.weights;
    const std::ptrdiff_t panel_floats = std::ptrdiff_t{task.taps.depth()} * simd::lanes;
    for (int block = 0; block < task.blocks;) {
        const int count = simd::next_tile_blocks(task.blocks - block);
        MDL_ASSERT(simd::has_blocks(E::tiles, count));
        if constexpr (simd::has_blocks(E::tiles, 1))
            if (count == 1) detail::tile_group<E, Flat, 1>(task, args, panel, block);
        if constexpr (simd::has_blocks(E::tiles, 2))
            if (count == 2) detail::tile_group<E, Flat, 2>(task, args, panel, block);
        if constexpr (simd::has_blocks(E::tiles, 3))
            if (count == 3) detail::tile_group<E, Flat, 3>(task, args, panel, block);
        block += count, panel += count * panel_floats;
    }
}

/// Floats of packed weights: the bias of every padded channel, then the panels.
constexpr auto panels_floats(int out_channels, int depth) noexcept -> std::size_t {
    return static_cast<std::size_t>(padded_channels(out_channels)) * (static_cast<std::size_t>(depth) + 1);
}

/// Writes bias and panels. `each_k(visit)` calls visit(index) for each k in the order that the tile sums; weight(o, index) is that
/// weight of output channel o.
template <class Weight, class EachK>
[[gnu::cold]] void panels_pack_each(int out_channels, Weight weight, const float* out_scale, const float* bias, float* packed, EachK each_k) noexcept {
    constexpr int c = simd::lanes;
    const int padded = padded_channels(out_channels);
    for (int o = 0; o < padded; ++o) packed[o] = bias != nullptr && o < out_channels ? bias[o] : 0.0f;
    float* to = packed + padded;
    for (int first = 0, wide; first < padded; first += wide) {
        wide = simd::next_tile_blocks((padded - first) / c) * c;
        const int valid = smaller(wide, out_channels - first);
        each_k([&](int index) noexcept {
            for (int i = 0; i < valid; ++i) to[i] = weight(first + i, index) * (out_scale != nullptr ? out_scale[first + i] : 1.0f);
            for (int i = valid; i < wide; ++i) to[i] = 0.0f;
            to += wide;
        });
    }
}
/// The same for weights that lie as [out_channels][depth].
template <class EachK>
[[gnu::cold]] void panels_pack(int out_channels, int depth, const float* weights, const float* out_scale, const float* bias, float* packed, EachK each_k) noexcept {
    panels_pack_each(out_channels, [=](int o, int index) noexcept { return weights[static_cast<std::ptrdiff_t>(o) * depth + index]; }, out_scale, bias, packed, each_k);
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
