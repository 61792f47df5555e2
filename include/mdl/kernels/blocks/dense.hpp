// mdl: fully connected layer: row-major vector in, row-major vector out.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/epilogue.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/simd/tile.hpp>
#include <mdl/tensor/geometry.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

namespace detail {
/// Output blocks of one panel: eight sums in flight, 256 consecutive bytes of weights a step with AVX2. What is left after
/// the wide panels goes into narrower ones, so that no padding is stored beyond the last vector.
inline constexpr int dense_panel_blocks = 8;
constexpr auto dense_panel(int blocks_left) noexcept -> int {
    return blocks_left >= 8 ? 8 : blocks_left >= 4 ? 4 : blocks_left >= 2 ? 2 : 1;
}
}  // namespace detail

/// Layout: for each panel of nr blocks [k][nr][lanes]; the biases of all channels first.
constexpr auto dense_packed_floats(const Geometry& g) noexcept -> std::size_t {
    return static_cast<std::size_t>(padded_channels(g.out_channels)) * (static_cast<std::size_t>(g.in_channels) + 1);
}
constexpr auto dense_scratch_bytes(const Geometry&, int) noexcept -> std::size_t { return 0; }

[[gnu::cold]] inline void dense_pack(const Geometry& g, const float* w, const float* out_scale, const float* bias, float* packed) noexcept {
    constexpr int c = simd::lanes;
    const int blocks = blocks_of(g.out_channels);
    for (int o = 0; o < blocks * c; ++o) packed[o] = bias != nullptr && o < g.out_channels ? bias[o] : 0.0f;
    float* to = packed + blocks * c;
    for (int block = 0; block < blocks;) {
        const int nr = detail::dense_panel(blocks - block);
        for (int i = 0; i < nr * c; ++i) {
            const int o = block * c + i;
            const float factor = out_scale != nullptr && o < g.out_channels ? out_scale[o] : 1.0f;
            const float* const from = w + std::ptrdiff_t{o} * g.in_channels;
            for (int k = 0; k < g.in_channels; ++k) to[std::ptrdiff_t{k} * nr * c + i] = o < g.out_channels ? from[k] * factor : 0.0f;
        }
        to += std::ptrdiff_t{nr} * c * g.in_channels;
        block += nr;
    }
}

namespace detail {

template <class E, int B>
__attribute__((noinline)) void dense_panel_run(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const float* w, int block) noexcept {
    constexpr int c = simd::lanes;
    // Narrow panels take several inputs at a time, each with sums of its own, to have eight in flight as well.
    constexpr int U = B >= 8 ? 1 : 8 / B;
    simd::Vector acc[U][B];
    simd::unroll<B>([&](auto b) MDL_INLINE_LAMBDA {
        acc[0][b.value] = simd::load(buffers.weights + (block + b.value) * c);
        simd::unroll<U - 1>([&](auto u) MDL_INLINE_LAMBDA { acc[u.value + 1][b.value] = simd::zero(); });
    });
    const float* x = buffers.input;
    const float* const end = x + g.in_channels;
    for (; end - x >= U; x += U, w += U * B * c)
        simd::unroll<U>([&](auto u) MDL_INLINE_LAMBDA {
            const simd::Vector value = simd::broadcast(x[u.value]);
            simd::unroll<B>([&](auto b) MDL_INLINE_LAMBDA {
                acc[u.value][b.value] = simd::fma(value, simd::load(w + (u.value * B + b.value) * c), acc[u.value][b.value]);
            });
        });
    for (; x != end; ++x, w += B * c)
        simd::unroll<B>([&](auto b) MDL_INLINE_LAMBDA { acc[0][b.value] = simd::fma(simd::broadcast(*x), simd::load(w + b.value * c), acc[0][b.value]); });
    simd::unroll<B>([&](auto b) MDL_INLINE_LAMBDA {
        simd::unroll<U - 1>([&](auto u) MDL_INLINE_LAMBDA { acc[0][b.value] = acc[0][b.value] + acc[u.value + 1][b.value]; });
        const int at = (block + b.value) * c;
        const int valid = smaller(c, g.out_channels - at);
        simd::Vector y = E::inner(acc[0][b.value], args, buffers.slope != nullptr ? buffers.slope + at : nullptr);
        if (valid == c) {
            if (buffers.residual != nullptr) y = E::outer(y, simd::load(buffers.residual + at), args);
            simd::store(buffers.output + at, y);
        } else {
            if (buffers.residual != nullptr) y = E::outer(y, simd::load_partial(buffers.residual + at, valid), args);
            simd::store_partial(buffers.output + at, y, valid);
        }
    });
}

}  // namespace detail

/// out(o) = bias(o) + sum in(i) * w(o,i), then the epilogue. Reads in_channels floats, writes out_channels floats.
template <class E = Epilogue<>, class Parallel>
void dense(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    const int blocks = blocks_of(g.out_channels);
    const int wide = blocks / detail::dense_panel_blocks;
    parallel(wide + (blocks % detail::dense_panel_blocks != 0 ? 1 : 0), [&](int index, int) noexcept {
        int block = index * detail::dense_panel_blocks;
        const auto panel = [&](int at) noexcept { return buffers.weights + std::ptrdiff_t{blocks} * c + std::ptrdiff_t{at} * c * g.in_channels; };
        if (index < wide) return detail::dense_panel_run<E, 8>(g, args, buffers, panel(block), block);
        if (blocks - block >= 4) detail::dense_panel_run<E, 4>(g, args, buffers, panel(block), block), block += 4;
        if (blocks - block >= 2) detail::dense_panel_run<E, 2>(g, args, buffers, panel(block), block), block += 2;
        if (blocks - block >= 1) detail::dense_panel_run<E, 1>(g, args, buffers, panel(block), block);
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
