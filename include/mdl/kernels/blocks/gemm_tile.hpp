// mdl: the one micro-kernel of all dense convolutions: a register tile of pixels by channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/epilogue.hpp>
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

    constexpr auto depth() const noexcept -> int { return full * simd::lanes + tail * tail_run; }
};

/// A strip of output pixels times some output blocks. Output pixels are consecutive in memory; their windows in the input
/// lie on a grid.
struct StripTask {
    const float* input = nullptr;  ///< first window of the strip
    int step_x = 0, step_y = 0;    ///< floats between the windows of neighbouring columns and rows
    int columns = 0, pixels = 0;   ///< output pixels in a row, and in the strip
    Taps taps{};
    const float* weights = nullptr;  ///< panels: for each nr blocks [k][nr][lanes]
    const float* bias = nullptr;     ///< padded to blocks
    int blocks = 0;                  ///< output blocks to compute
    float* output = nullptr;
    const float* residual = nullptr;
    const float* slope = nullptr;
    std::ptrdiff_t block_stride = 0;  ///< floats between blocks of output and residual
};

namespace detail {

/// acc[p][b] += sum over k of pixel[p][k] * w[k][b].
template <int P, int B>
MDL_ALWAYS_INLINE void multiply(simd::Vector (&acc)[P][B], const float* const (&pixel)[P], const Taps& taps, const float* w) noexcept {
    using simd::Multipliers;
    constexpr int c = simd::lanes;
    const int* offset = taps.offset;
    for (const int* const end = offset + taps.full; offset != end; ++offset) {
        const std::ptrdiff_t tap = *offset;
        simd::unroll<c / Multipliers::count>([&](auto part) MDL_INLINE_LAMBDA {
            constexpr int first = decltype(part)::value * Multipliers::count;
            if constexpr (Multipliers::count == 1) {
                simd::Vector weight[B];
                simd::unroll<B>([&](auto b) MDL_INLINE_LAMBDA { weight[b.value] = simd::load(w + (first * B + b.value) * c); });
                simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA {
                    const Multipliers x(pixel[p.value] + tap + first);
                    simd::unroll<B>([&](auto b) MDL_INLINE_LAMBDA {
                        acc[p.value][b.value] = x.template fma<0>(weight[b.value], acc[p.value][b.value]);
                    });
                });
            } else {
                Multipliers x[P];
                simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { x[p.value] = Multipliers(pixel[p.value] + tap + first); });
                simd::unroll<Multipliers::count>([&](auto i) MDL_INLINE_LAMBDA {
                    simd::unroll<B>([&](auto b) MDL_INLINE_LAMBDA {
                        const simd::Vector weight = simd::load(w + ((first + i.value) * B + b.value) * c);
                        simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA {
                            acc[p.value][b.value] = x[p.value].template fma<i.value>(weight, acc[p.value][b.value]);
                        });
                    });
                });
            }
        });
        w += c * B * c;
    }
    for (const int* const end = offset + taps.tail; offset != end; ++offset) {
        std::ptrdiff_t tap = *offset;
        for (const std::ptrdiff_t last = tap + taps.tail_run; tap != last; ++tap, w += B * c) {
            simd::Vector weight[B];
            simd::unroll<B>([&](auto b) MDL_INLINE_LAMBDA { weight[b.value] = simd::load(w + b.value * c); });
            simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA {
                const simd::Vector x = simd::broadcast(pixel[p.value][tap]);
                simd::unroll<B>([&](auto b) MDL_INLINE_LAMBDA {
                    acc[p.value][b.value] = simd::fma(x, weight[b.value], acc[p.value][b.value]);
                });
            });
        }
    }
}

/// One tile, from bias to epilogue. `block` and `first` are its first output block and pixel.
template <class E, int P, int B>
MDL_ALWAYS_INLINE void tile(const StripTask& task, const EpilogueArgs& args, const float* const* pixels, const float* panel, int block,
                            int first) noexcept {
    constexpr int c = simd::lanes;
    const float* pixel[P];
    simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { pixel[p.value] = pixels[p.value]; });
    simd::Vector acc[P][B];
    simd::unroll<B>([&](auto b) MDL_INLINE_LAMBDA {
        const simd::Vector bias = simd::load(task.bias + (block + b.value) * c);
        simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { acc[p.value][b.value] = bias; });
    });
    multiply<P, B>(acc, pixel, task.taps, panel);
    simd::unroll<B>([&](auto b) MDL_INLINE_LAMBDA {
        const std::ptrdiff_t at = (block + b.value) * task.block_stride + std::ptrdiff_t{first} * c;
        const float* slope = task.slope != nullptr ? task.slope + (block + b.value) * c : nullptr;
        simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { acc[p.value][b.value] = E::inner(acc[p.value][b.value], args, slope); });
        if (task.residual != nullptr)
            simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA {
                acc[p.value][b.value] = E::outer(acc[p.value][b.value], simd::load(task.residual + at + p.value * c), args);
            });
        simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { simd::store(task.output + at + p.value * c, acc[p.value][b.value]); });
    });
}

/// All pixels of the strip for one group of B blocks.
template <class E, int B>
__attribute__((noinline)) void tile_group(const StripTask& task, const EpilogueArgs& args, const float* panel, int block) noexcept {
    const float* row = task.input;
    int column = 0;
    for (int first = 0; first < task.pixels;) {
        const int height = simd::next_tile(task.pixels - first);
        const float* pixels[simd::max_tile_pixels];
        for (int p = 0; p < height; ++p) {
            pixels[p] = row + std::ptrdiff_t{column} * task.step_x;
            if (++column == task.columns) column = 0, row += task.step_y;
        }
        bool done = false;
        simd::unroll<simd::max_tile_pixels>([&](auto p) MDL_INLINE_LAMBDA {
            constexpr int P = p.value + 1;
            if constexpr (simd::is_tile_height(P))
                if (!done && height == P) tile<E, P, B>(task, args, pixels, panel, block, first), done = true;
        });
        first += height;
    }
}

}  // namespace detail

/// Output blocks first, first + 1, ... of the strip. Weights stay in the first-level cache while the strip's pixels pass.
template <class E>
void run_strip(const StripTask& task, const EpilogueArgs& args) noexcept {
    static_assert(simd::max_tile_blocks == 2);
    const float* panel = task.weights;
    const std::ptrdiff_t panel_floats = std::ptrdiff_t{task.taps.depth()} * simd::lanes;
    int block = 0;
    for (; block + 2 <= task.blocks; block += 2, panel += 2 * panel_floats) detail::tile_group<E, 2>(task, args, panel, block);
    if (block < task.blocks) detail::tile_group<E, 1>(task, args, panel, block);
}

/// Floats of packed weights: the bias of every padded channel, then the panels.
constexpr auto panels_floats(int out_channels, int depth) noexcept -> std::size_t {
    return static_cast<std::size_t>(padded_channels(out_channels)) * (static_cast<std::size_t>(depth) + 1);
}

/// Writes bias and panels. `each_k(visit)` calls visit(index) for each k in the order that the tile sums; index is the
/// place of that weight within one output channel's weights.
template <class EachK>
void panels_pack(int out_channels, int depth, const float* weights, const float* out_scale, const float* bias, float* packed, EachK each_k) noexcept {
    constexpr int c = simd::lanes;
    const int padded = padded_channels(out_channels);
    for (int o = 0; o < padded; ++o) packed[o] = bias != nullptr && o < out_channels ? bias[o] : 0.0f;
    float* to = packed + padded;
    for (int first = 0; first < padded; first += simd::max_tile_blocks * c) {
        const int wide = smaller(simd::max_tile_blocks * c, padded - first);
        const int valid = smaller(wide, out_channels - first);
        each_k([&](int index) {
            const float* from = weights + static_cast<std::ptrdiff_t>(first) * depth + index;
            for (int i = 0; i < valid; ++i) to[i] = from[static_cast<std::ptrdiff_t>(i) * depth] * (out_scale != nullptr ? out_scale[first + i] : 1.0f);
            for (int i = valid; i < wide; ++i) to[i] = 0.0f;
            to += wide;
        });
    }
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
