// mdl: depthwise convolution (multiplier 1) over channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <limits>

#include <mdl/kernels/blocks/depthwise_order.hpp>
#include <mdl/kernels/blocks/depthwise_strip.hpp>
#include <mdl/kernels/blocks/epilogue.hpp>
#include <mdl/kernels/blocks/row_tiles.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/simd/ordered.hpp>
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
/// Output rows of a tile. Two share inputs or weights (DepthwiseOrder). That takes twice the sums, and 23 to 30 registers of ARM64's 32; x86-64 with
/// AVX2 and ARMv7 have 16. A map of few rows may have no two whose windows lie inside.
constexpr auto depthwise_tile_rows(const Geometry& g) noexcept -> int {
#if defined(__aarch64__)
    if ((g.in_h + g.pad_top - g.kernel_h) / g.stride_h - divide_up(g.pad_top, g.stride_h) >= 1) return 2;
#endif
    return static_cast<void>(g), 1;
}
/// Pixels of a tile of one row. On ARM64, whose multiply-adds take four cycles on up to four ports, seven sums wait for each other and fourteen
/// do not (docs/decisions/0006); with stride 2 their inputs would not fit the registers. Tiles of two rows have fourteen anyway.
constexpr auto depthwise_tile_width(const Geometry& g) noexcept -> int {
#if defined(__aarch64__)
    if (g.kernel_h == 5 && g.stride_w == 1 && g.out_w % 14 == 0) return 14;
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

/// Half a kernel on either side of a tile may lie outside, where zeros are read. Column `I` of the `Columns` that it reads, if the first one is
/// column `left` of the input: is it outside?
template <int K, int Columns, int I>
MDL_ALWAYS_INLINE auto is_outside(int left, int in_w) noexcept -> bool {
    if constexpr (I < K / 2) return left + I < 0;
    if constexpr (I >= Columns - K / 2) return left + I >= in_w;
    return false;
}
alignas(simd::Vector) inline constexpr float zeros[simd::lanes]{};

/// The epilogue of P pixels. All together: asked for each, the question about the residual costs 15 % of the tile.
template <class E, int P>
MDL_ALWAYS_INLINE void depthwise_finish(simd::Vector* acc, const EpilogueArgs& args, const DepthwiseRow& row, int x) noexcept {
    constexpr int c = simd::lanes;
    constexpr std::make_integer_sequence<int, P> all{};
    E::template inner<1>(acc, args, row.slope, all);
    if (row.residual != nullptr) {
        simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { acc[p.value] = E::combined(acc[p.value], simd::load(row.residual + (x + p.value) * c)); });
        E::outer(acc, args, all);
    }
    simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { simd::store(row.output + (x + p.value) * c, acc[p.value]); });
}

/// P neighbouring output pixels with kernel width K and horizontal stride S as constants: each input is loaded once a row.
template <class E, int P, int K, int S>
MDL_ALWAYS_INLINE void depthwise_tile(const Geometry& g, const EpilogueArgs& args, const DepthwiseRow& row, int x) noexcept {
    constexpr int c = simd::lanes, columns = (P - 1) * S + K;
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
            const simd::Vector value = simd::load_once(is_outside<K, columns, i.value>(left, g.in_w) ? zeros : from + i.value * c);
            simd::unroll<K>([&](auto k) MDL_INLINE_LAMBDA {
                constexpr int at = decltype(i)::value - decltype(k)::value;
                if constexpr (at >= 0 && at % S == 0 && at / S < P) acc[at / S] = simd::fma(value, weight[k.value], acc[at / S]);
            });
        });
    }
    depthwise_finish<E, P>(acc, args, row, x);
}

/// The same for two output rows, `row` and `below`, whose windows lie inside, with what both read loaded once (DepthwiseOrder). The order of each
/// sum is the tile's of one row. `left`: the first input column. `held`: the weights of a 3x3 window, in registers.
template <class E, int P, int K, int S>
MDL_ALWAYS_INLINE void depthwise_pair(int in_w, int left, const EpilogueArgs& args, const DepthwiseRow& row, const DepthwiseRow& below,
                                      const simd::Vector* held, int x) noexcept {
    constexpr int c = simd::lanes;
    using Order = DepthwiseOrder<P, K, S>;
    static constexpr Order order;
    simd::Vector acc[2 * P], loaded[Order::registers];
    simd::unroll<2 * P>([&](auto p) MDL_INLINE_LAMBDA { acc[p.value] = simd::ordered_load(row.weights - c); });
    simd::unroll<Order::held>([&](auto k) MDL_INLINE_LAMBDA { loaded[Order::slots + k.value] = held[k.value]; });
    // A column that may be outside has a pointer of its own; one that is outside stays at the zeros.
    const std::ptrdiff_t line = std::ptrdiff_t{in_w} * c;
    const float* from[Order::readers][Order::parts];
    std::ptrdiff_t next_row[Order::parts];
    simd::unroll<Order::columns>([&](auto i) MDL_INLINE_LAMBDA {
        if constexpr (constexpr int part = Order::part_of(i.value); i.value == Order::first_of(i.value)) {
            const bool outside = is_outside<K, Order::columns, i.value>(left, in_w);
            next_row[part] = outside ? 0 : line;
            simd::unroll<Order::readers>([&](auto r) MDL_INLINE_LAMBDA {
                from[r.value][part] = simd::kept(outside ? zeros : row.input + (left + i.value) * c + r.value * S * line);
            });
        }
    });
    constexpr int part = 64;  // Clang 14 folds at most 256
    simd::unroll<divide_up(Order::count, part)>([&](auto first) MDL_INLINE_LAMBDA {
        simd::unroll<smaller(part, Order::count - first.value * part)>([&](auto i) MDL_INLINE_LAMBDA {
            constexpr int at = decltype(first)::value * part + decltype(i)::value, bytes = sizeof(simd::Vector);
            constexpr DepthwiseStep step = order.step[at];
            if constexpr (step.sum >= 0) {
                acc[step.sum] = simd::ordered_fma(loaded[step.from], loaded[step.weight], acc[step.sum]);
            } else {
                constexpr DepthwiseOperand operand = order.operand[step.operand];
                constexpr int column = operand.column, first_column = Order::first_of(column);
                if constexpr (operand.is_weight) {
                    loaded[step.from] = simd::ordered_load<(operand.row * K + column) * bytes>(row.weights);
                } else {
                    const float*& source = from[operand.reader][Order::part_of(column)];
                    if constexpr (operand.row > 0 && column == first_column) source += next_row[Order::part_of(column)];
                    loaded[step.from] = simd::ordered_load<(column - first_column) * bytes>(source);
                }
            }
        });
    });
    depthwise_finish<E, P>(acc, args, row, x);
    depthwise_finish<E, P>(acc + P, args, below, x);
}

/// `rows` output rows, of which `row` is the first and all windows lie inside, in strips of seven pixels. Activations that are no clamp come behind
/// each strip, from the cache.
template <class E, int S>
MDL_ALWAYS_INLINE void depthwise_strips(const Geometry& g, const EpilogueArgs& args, DepthwiseRow row, int rows) noexcept {
    constexpr int c = simd::lanes, pixels = 7, columns = (pixels - 1) * S + 3;
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const float ends[] = {E::is_clamp ? args.inner.lo : -infinity, E::is_clamp ? args.inner.hi : infinity};
    const std::ptrdiff_t line = std::ptrdiff_t{g.in_w} * c, output_line = std::ptrdiff_t{g.out_w} * c, bytes = sizeof(float);
    for (int x = 0; x < g.out_w; x += pixels) {
        const int at = smaller(x, g.out_w - pixels), left = at * S - g.pad_left;
        const bool left_outside = left < 0, right_outside = left + columns > g.in_w;
        const float* const from = row.input + std::ptrdiff_t{left} * c;
        depthwise_strip<S>({.row = from + (columns - 2) * c,
                            .left = left_outside ? zeros : from,
                            .right = right_outside ? zeros : from + (columns - 1) * c,
                            .line = line * bytes,
                            .left_line = left_outside ? 0 : line * bytes,
                            .right_line = right_outside ? 0 : line * bytes,
                            .weights = row.weights - c,
                            .ends = ends,
                            .output = row.output + (at + pixels - 1) * c,
                            .output_line = output_line * bytes,
                            .rows = rows});
        if constexpr (!E::is_clamp) {
            DepthwiseRow raw = row;
            for (int y = 0; y < rows; ++y, raw.output += output_line) {
                simd::Vector acc[pixels];
                simd::unroll<pixels>([&](auto p) MDL_INLINE_LAMBDA { acc[p.value] = simd::load(raw.output + (at + p.value) * c); });
                depthwise_finish<E, pixels>(acc, args, raw, at);
            }
        }
    }
}

/// All output rows [first, last) of one block.
template <class E, int K, int S, int P, int R>
__attribute__((noinline)) void depthwise_rows(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, int block, int first,
                                              int last) noexcept {
    constexpr int c = simd::lanes;
    const float* const plane = buffers.input + std::ptrdiff_t{block} * g.in_pixels() * c;
    const float* const weights = buffers.weights + std::ptrdiff_t{block} * (g.kernel_h * g.kernel_w + 1) * c;
    const Interior inside(g.in_w, g.out_w, g.extent_w(), g.stride_w, g.pad_left);
    const bool tiled = edges_fit_tiles(g);
    const int dilation_h = K > 0 ? 1 : g.dilation_h;  // a constant saves the divisions
    const auto row_at = [&](int y) {
        const int top = y * g.stride_h - g.pad_top;
        const int begin = top < 0 ? smaller(g.kernel_h, divide_up(-top, dilation_h)) : 0;
        const int end = larger(begin, smaller(g.kernel_h, top >= g.in_h ? 0 : divide_up(g.in_h - top, dilation_h)));
        const std::ptrdiff_t out_at = (std::ptrdiff_t{block} * g.out_pixels() + std::ptrdiff_t{y} * g.out_w) * c;
        return DepthwiseRow{end > begin ? plane + std::ptrdiff_t{top + begin * g.dilation_h} * g.in_w * c : plane,
                            weights + (1 + begin * g.kernel_w) * c,
                            simd::load(weights),
                            end - begin,
                            buffers.output + out_at,
                            buffers.residual != nullptr ? buffers.residual + out_at : nullptr,
                            buffers.slope != nullptr ? buffers.slope + block * c : nullptr};
    };
    // The last tile may overlap its neighbour, but a residual that is added in place would be added twice.
    const int tiles_end = !tiled || g.out_w < P ? 0 : buffers.residual != nullptr ? g.out_w / P * P : g.out_w;
    [[maybe_unused]] const int inside_end = smaller(last, (g.in_h + g.pad_top - g.kernel_h) / g.stride_h + 1);  // rows from there on end outside
    for (int y = first; y < last; ++y) {
        const DepthwiseRow row = row_at(y);
        int x = 0;
        if constexpr (R == 2 && E::in_order && K == 3 && P == 7 && has_depthwise_strip<S>) {
            // What a strip computes in vain before its first row is worth it from three rows on.
            if (buffers.residual == nullptr && tiles_end > 0 && y * S >= g.pad_top && inside_end - y >= 3) {
                depthwise_strips<E, S>(g, args, row, inside_end - y);
                y = inside_end - 1;
                continue;
            }
        } else if constexpr (R == 2) {
            if (y * S >= g.pad_top && y + 1 < inside_end) {
                const DepthwiseRow below = row_at(++y);
                constexpr int pixels = smaller(P, 7), weights_held = DepthwiseOrder<pixels, K, S>::held;
                simd::Vector held[larger(1, weights_held)];
                simd::unroll<weights_held>([&](auto k) MDL_INLINE_LAMBDA { held[k.value] = simd::load_held(row.weights + k.value * c); });
                const int in_w = g.in_w, pad_left = g.pad_left, last_tile = g.out_w - pixels;
                for (; x < tiles_end; x += pixels) {
                    const int at = smaller(x, last_tile);
                    depthwise_pair<E, pixels, K, S>(in_w, at * S - pad_left, args, row, below, held, at);
                }
                for (; x < g.out_w; ++x) depthwise_border<E>(g, args, row, x), depthwise_border<E>(g, args, below, x);
                continue;
            }
        }
        if constexpr (K > 0) {
            for (; x < tiles_end; x += P) depthwise_tile<E, P, K, S>(g, args, row, smaller(x, g.out_w - P));
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
/// the inner loop's constants: kernel width 3 or 5 with horizontal stride 1 or 2 and no dilation are worth it, 0 serves any. `Wide`, `Rows`: the pixels of a tile.
template <int Kernel = 0, int Stride = 0, int Wide = 4, int Rows = 1, class E = Epilogue<>, class Parallel>
void depthwise(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    MDL_ASSERT(Kernel == 0 || (g.kernel_w == Kernel && g.stride_w == Stride && g.dilation_w == 1 && g.dilation_h == 1));
    const int blocks = blocks_of(g.out_channels);
    const int parts = parallel.workers > 1 ? smaller(g.out_h, divide_up(3 * parallel.workers, blocks)) : 1;
    const int rows = divide_up(g.out_h, parts);
    parallel(blocks * parts, [&](int index, int) noexcept {
        const int first = smaller(g.out_h, index % parts * rows);
        detail::depthwise_rows<E, Kernel, Stride, Wide, Rows>(g, args, buffers, index / parts, first, smaller(g.out_h, first + rows));
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
