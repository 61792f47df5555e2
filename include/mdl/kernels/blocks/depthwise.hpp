// mdl: depthwise convolution (multiplier 1) over channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/epilogue.hpp>
#include <mdl/kernels/blocks/row_tiles.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/simd/tile.hpp>
#include <mdl/tensor/geometry.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Weights lie as [block][bias, then ky, kx][lanes].
constexpr auto depthwise_packed_floats(const Geometry& g) noexcept -> std::size_t {
    return static_cast<std::size_t>(padded_channels(g.out_channels)) * static_cast<std::size_t>(g.kernel_h * g.kernel_w + 1);
}
/// Windows with code of their own: 3x3 and 5x5, side by side or two apart.
constexpr auto is_common_depthwise(const Geometry& g) noexcept -> bool { return is_square_window(g) && (g.kernel_h == 3 || g.kernel_h == 5); }
/// Pixels of a tile. On ARM64, whose multiply-adds take four cycles on up to four ports,
/// seven sums wait for each other and fourteen do not (docs/decisions/0006); with stride 2 their inputs would not fit the registers.
constexpr auto depthwise_tile_width(const Geometry& g) noexcept -> int {
#if defined(__aarch64__)
    if (g.stride_w == 1 && g.out_w % 14 == 0) return 14;
#endif
    return row_tile_width(g);
}
constexpr auto depthwise_scratch_bytes(const Geometry&, int) noexcept -> std::size_t { return 0; }

[[gnu::cold]] inline void depthwise_pack(const Geometry& g, const float* w, const float* out_scale, const float* bias, float* packed) noexcept {
    constexpr int c = simd::lanes;
    const int area = g.kernel_h * g.kernel_w;
    for (int first = 0; first < g.out_channels; first += c)
        for (int k = -1; k < area; ++k)
            for (int i = 0; i < c; ++i) {
                const int o = first + i;
                float value = 0;
                if (o < g.out_channels && k < 0 && bias != nullptr) value = bias[o];
                if (o < g.out_channels && k >= 0) value = w[o * area + k] * (out_scale != nullptr ? out_scale[o] : 1.0f);
                *packed++ = value;
            }
}

namespace detail {

/// First window column (row) from which a window begins inside the input, and the one from which it ends outside.
struct Interior {
    int begin, end;

    constexpr Interior(int in, int out, int extent, int stride, int pad) noexcept
        : begin(smaller(out, divide_up(pad, stride))), end(larger(begin, in + pad - extent < 0 ? 0 : smaller(out, (in + pad - extent) / stride + 1))) {}
};

/// One output row of one block: what stays the same along it.
struct DepthwiseRow {
    const float* input;    ///< the block's plane at the row of the first valid kernel row, column 0
    const float* weights;  ///< of the first valid kernel row
    simd::Vector bias;
    int kernel_rows;       ///< valid ones
    float* output;
    const float* residual;
    const float* slope;
};

/// One output pixel with as many kernel columns as lie inside.
template <class E>
MDL_ALWAYS_INLINE void depthwise_border(const Geometry& g, const EpilogueArgs& args, const DepthwiseRow& row, int x) noexcept {
    constexpr int c = simd::lanes;
    const int left = x * g.stride_w - g.pad_left;
    simd::Vector acc = row.bias;
    for (int ky = 0; ky < row.kernel_rows; ++ky)
        for (int kx = 0; kx < g.kernel_w; ++kx) {
            const int column = left + kx * g.dilation_w;
            if (column < 0 || column >= g.in_w) continue;
            const float* from = row.input + (std::ptrdiff_t{ky} * g.dilation_h * g.in_w + column) * c;
            acc = simd::fma(simd::load(from), simd::load(row.weights + (ky * g.kernel_w + kx) * c), acc);
        }
    E::store(row.output + x * c, acc, row.residual != nullptr ? row.residual + x * c : nullptr, row.slope, args);
}

/// P neighbouring output pixels with any kernel width and stride, all windows inside.
template <class E, int P>
MDL_ALWAYS_INLINE void depthwise_inside(const Geometry& g, const EpilogueArgs& args, const DepthwiseRow& row, int x) noexcept {
    constexpr int c = simd::lanes;
    simd::Vector acc[P];
    simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { acc[p.value] = row.bias; });
    const float* from = row.input + std::ptrdiff_t{x * g.stride_w - g.pad_left} * c;
    const float* w = row.weights;
    const int step = g.stride_w * c;
    for (int ky = 0; ky < row.kernel_rows; ++ky, from += std::ptrdiff_t{g.dilation_h} * g.in_w * c) {
        const float* tap = from;
        for (int kx = 0; kx < g.kernel_w; ++kx, tap += g.dilation_w * c, w += c) {
            const simd::Vector weight = simd::load(w);
            simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { acc[p.value] = simd::fma(simd::load(tap + p.value * step), weight, acc[p.value]); });
        }
    }
    simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA {
        const int at = (x + p.value) * c;
        E::store(row.output + at, acc[p.value], row.residual != nullptr ? row.residual + at : nullptr, row.slope, args);
    });
}

/// P neighbouring output pixels with kernel width K and horizontal stride S as constants: each input is loaded once a row, and
/// half a kernel on either side may lie outside, where zeros are read.
template <class E, int P, int K, int S>
MDL_ALWAYS_INLINE void depthwise_tile(const Geometry& g, const EpilogueArgs& args, const DepthwiseRow& row, int x) noexcept {
    constexpr int c = simd::lanes, columns = (P - 1) * S + K, edge = K / 2;
    alignas(simd::Vector) static constexpr float zeros[c]{};
    simd::Vector acc[P];
    simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { acc[p.value] = row.bias; });
    const int left = x * S - g.pad_left;
    const float* from = row.input + std::ptrdiff_t{left} * c;
    const float* w = row.weights;
    const std::ptrdiff_t next_row = std::ptrdiff_t{g.dilation_h} * g.in_w * c;
    for (int ky = 0; ky < row.kernel_rows; ++ky, from += next_row, w += K * c) {
        simd::Vector weight[K];
        simd::unroll<K>([&](auto k) MDL_INLINE_LAMBDA { weight[k.value] = simd::load(w + k.value * c); });
        simd::unroll<columns>([&](auto i) MDL_INLINE_LAMBDA {
            const float* input = from + i.value * c;
            if constexpr (i.value < edge) input = left + i.value >= 0 ? input : zeros;
            if constexpr (i.value >= columns - edge) input = left + i.value < g.in_w ? input : zeros;
            const simd::Vector value = simd::load_once(input);
            simd::unroll<K>([&](auto k) MDL_INLINE_LAMBDA {
                constexpr int at = decltype(i)::value - decltype(k)::value;
                if constexpr (at >= 0 && at % S == 0 && at / S < P) acc[at / S] = simd::fma(value, weight[k.value], acc[at / S]);
            });
        });
    }
    // All pixels together: asked for each, the question about the residual costs 15 % of the tile.
    constexpr std::make_integer_sequence<int, P> all{};
    E::template inner<1>(acc, args, row.slope, all);
    if (row.residual != nullptr) {
        simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { acc[p.value] = E::combined(acc[p.value], simd::load(row.residual + (x + p.value) * c)); });
        E::outer(acc, args, all);
    }
    simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { simd::store(row.output + (x + p.value) * c, acc[p.value]); });
}

/// All output rows [first, last) of one block.
template <class E, int K, int S, int P>
__attribute__((noinline)) void depthwise_rows(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, int block, int first,
                                              int last) noexcept {
    constexpr int c = simd::lanes;
    const float* const plane = buffers.input + std::ptrdiff_t{block} * g.in_pixels() * c;
    const float* const weights = buffers.weights + std::ptrdiff_t{block} * (g.kernel_h * g.kernel_w + 1) * c;
    const Interior inside(g.in_w, g.out_w, g.extent_w(), g.stride_w, g.pad_left);
    const bool tiled = edges_fit_tiles(g);
    const int dilation_h = K > 0 ? 1 : g.dilation_h;  // a constant saves the divisions
    for (int y = first; y < last; ++y) {
        const int top = y * g.stride_h - g.pad_top;
        const int begin = top < 0 ? smaller(g.kernel_h, divide_up(-top, dilation_h)) : 0;
        const int end = larger(begin, smaller(g.kernel_h, top >= g.in_h ? 0 : divide_up(g.in_h - top, dilation_h)));
        const std::ptrdiff_t out_at = (std::ptrdiff_t{block} * g.out_pixels() + std::ptrdiff_t{y} * g.out_w) * c;
        const DepthwiseRow row{end > begin ? plane + std::ptrdiff_t{top + begin * g.dilation_h} * g.in_w * c : plane,
                               weights + (1 + begin * g.kernel_w) * c,
                               simd::load(weights),
                               end - begin,
                               buffers.output + out_at,
                               buffers.residual != nullptr ? buffers.residual + out_at : nullptr,
                               buffers.slope != nullptr ? buffers.slope + block * c : nullptr};
        int x = 0;
        if constexpr (K > 0) {
            if (tiled) {
                for (; x < g.out_w; x += P) {
                    // The last tile may overlap its neighbour, but a residual that is added in place would be added twice.
                    if (x + P > g.out_w && (g.out_w < P || row.residual != nullptr)) break;
                    depthwise_tile<E, P, K, S>(g, args, row, smaller(x, g.out_w - P));
                }
            }
        } else {
            for (; x < inside.begin; ++x) depthwise_border<E>(g, args, row, x);
            for (; x + P <= inside.end; x += P) depthwise_inside<E, P>(g, args, row, x);
            for (; x < inside.end; ++x) depthwise_inside<E, 1>(g, args, row, x);
        }
        for (; x < g.out_w; ++x) depthwise_border<E>(g, args, row, x);
    }
}

}  // namespace detail

/// out(c,y,x) = bias(c) + sum in(c, y*s+ky*d-pad, x*s+kx*d-pad) * w(c,ky,kx), then the epilogue. `Kernel` and `Stride` name
/// the inner loop's constants: kernel width 3 or 5 with horizontal stride 1 or 2 and no dilation are worth it, 0 serves any. `Wide`: the pixels of a tile.
template <int Kernel = 0, int Stride = 0, int Wide = 4, class E = Epilogue<>, class Parallel>
void depthwise(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    MDL_ASSERT(Kernel == 0 || (g.kernel_w == Kernel && g.stride_w == Stride && g.dilation_w == 1 && g.dilation_h == 1));
    const int blocks = blocks_of(g.out_channels);
    const int parts = parallel.workers > 1 ? smaller(g.out_h, divide_up(3 * parallel.workers, blocks)) : 1;
    const int rows = divide_up(g.out_h, parts);
    parallel(blocks * parts, [&](int index, int) noexcept {
        const int first = smaller(g.out_h, index % parts * rows);
        detail::depthwise_rows<E, Kernel, Stride, Wide>(g, args, buffers, index / parts, first, smaller(g.out_h, first + rows));
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
