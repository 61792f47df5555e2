// mdl: convolution of a tiny network: sizes known to the compiler, a few output pixels at a time as straight-line code.
// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include <mdl/kernels/blocks/epilogue.hpp>
#include <mdl/simd/fma.hpp>
#include <mdl/tensor/geometry.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Products of one output: positions of the window times input channels.
constexpr auto convolution_tiny_depth(const Geometry& g) noexcept -> int { return g.kernel_h * g.kernel_w * g.in_channels; }

/// Output pixels of a tile: as many sums as fit beside the weights in 16 registers, and no pixels left over where that costs little.
constexpr auto convolution_tiny_pixels(const Geometry& g) noexcept -> int {
    const int most = smaller(larger(12 / blocks_of(g.out_channels), 1), smaller(6, g.out_w));
    for (int p = most; 2 * p > most; --p)
        if (g.out_w % p == 0) return p;
    return most;
}

/// Small windows of few channels without padding: there the general kernels' pointers and loops cost as much as the products (three
/// layers of benchmarks/tiny.cpp took 14,322 instructions by them, 7,842 so).
constexpr auto convolution_tiny_takes(const Geometry& g) noexcept -> bool {
    constexpr int most_blocks = 4, most_products = 160;  // of a tile
    const int blocks = blocks_of(g.out_channels);
    return g.groups == 1 && !g.reads_border() && blocks <= most_blocks &&
           convolution_tiny_pixels(g) * blocks * convolution_tiny_depth(g) <= most_products;
}

/// Layout: the biases of all channels, padded to blocks, then [row][column][input][block of outputs][lanes].
constexpr auto convolution_tiny_packed_floats(const Geometry& g) noexcept -> std::size_t {
    return static_cast<std::size_t>(padded_channels(g.out_channels)) * static_cast<std::size_t>(convolution_tiny_depth(g) + 1);
}

[[gnu::cold]] inline void convolution_tiny_pack(const Geometry& g, const float* w, const float* out_scale, const float* bias, float* packed) noexcept {
    const int padded = padded_channels(g.out_channels), taps = g.kernel_h * g.kernel_w;
    for (int o = 0; o < padded; ++o) packed[o] = bias != nullptr && o < g.out_channels ? bias[o] : 0.0f;
    float* to = packed + padded;
    for (int tap = 0; tap < taps; ++tap)
        for (int i = 0; i < g.in_channels; ++i)
            for (int o = 0; o < padded; ++o)
                *to++ = o < g.out_channels ? w[(std::ptrdiff_t{o} * g.in_channels + i) * taps + tap] * (out_scale != nullptr ? out_scale[o] : 1.0f) : 0.0f;
}

namespace detail {

/// Where the inputs lie. Blocks: [block][pixel][lanes]; Pixels: [pixel][channel], the caller's image.
template <bool Pixels>
struct TinySource {
    static constexpr auto pixel_floats(const Geometry& g) noexcept -> int { return Pixels ? g.in_channels : simd::lanes; }
    /// From a window's first float to its product number k.
    static constexpr auto offset(const Geometry& g, int k) noexcept -> std::ptrdiff_t {
        constexpr int c = simd::lanes;
        const int tap = k / g.in_channels, i = k % g.in_channels;
        const std::ptrdiff_t pixel = std::ptrdiff_t{tap / g.kernel_w} * g.dilation_h * g.in_w + tap % g.kernel_w * g.dilation_w;
        return Pixels ? pixel * g.in_channels + i : (std::ptrdiff_t{i / c} * g.in_pixels() + pixel) * c + i % c;
    }
};

/// acc[p * B + b] += x[p] * w[b]
template <int B, int... I>
MDL_ALWAYS_INLINE void tiny_products(simd::Vector* acc, const float* x, std::ptrdiff_t step, const float* w, std::integer_sequence<int, I...>) noexcept {
    ((acc[I] = simd::fma(simd::broadcast(x[I / B * step]), simd::load(w + I % B * simd::lanes), acc[I])), ...);
}

template <class E, class Source, Geometry G, int... K, int... I>
MDL_ALWAYS_INLINE void convolution_tiny_tile(const EpilogueArgs& args, const Buffers& buffers, const float* x, std::ptrdiff_t pixel,
                                             std::integer_sequence<int, K...>, std::integer_sequence<int, I...> all) noexcept {
    constexpr int c = simd::lanes, B = blocks_of(G.out_channels);
    simd::Vector acc[] = {simd::load(buffers.weights + I % B * c)...};
    (tiny_products<B>(acc, x + Source::offset(G, K), G.stride_w * Source::pixel_floats(G), buffers.weights + (K + 1) * B * c, all), ...);
    (E::template finish<c>(acc[I], I % B * c, (std::ptrdiff_t{I % B} * G.out_pixels() + pixel + I / B) * c, args, buffers), ...);
}

}  // namespace detail

/// out(y,x,o) = bias(o) + sum in(y*s + ky*d, x*s + kx*d, i) * w(o,ky,kx,i), then the epilogue; into channel blocks, from
/// channel blocks or from [pixel][channel].
template <class E, Geometry G, bool Pixels>
MDL_ALWAYS_INLINE void convolution_tiny(const EpilogueArgs& args, const Buffers& buffers) noexcept {
    static_assert(convolution_tiny_takes(G));
    using Source = detail::TinySource<Pixels>;
    constexpr int B = blocks_of(G.out_channels), P = convolution_tiny_pixels(G), rest = G.out_w % P;
    constexpr std::make_integer_sequence<int, convolution_tiny_depth(G)> depth{};
    constexpr std::ptrdiff_t step = G.stride_w * Source::pixel_floats(G), step_y = std::ptrdiff_t{G.stride_h} * G.in_w * Source::pixel_floats(G);
    for (int row = 0; row < G.out_h; ++row) {
        const float* x = buffers.input + row * step_y;
        std::ptrdiff_t pixel = std::ptrdiff_t{row} * G.out_w;
        for (const std::ptrdiff_t end = pixel + G.out_w - rest; pixel != end; pixel += P, x += P * step)
            detail::convolution_tiny_tile<E, Source, G>(args, buffers, x, pixel, depth, std::make_integer_sequence<int, P * B>{});
        if constexpr (rest > 0)
            detail::convolution_tiny_tile<E, Source, G>(args, buffers, x, pixel, depth, std::make_integer_sequence<int, rest * B>{});
    }
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
