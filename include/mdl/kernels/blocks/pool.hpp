// mdl: pooling over channel blocks: windows, and the whole feature map.
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

namespace detail {

/// Kernel positions [begin, end) inside the input, for a window that begins at `first`.
struct WindowRange {
    int begin, end;

    constexpr WindowRange(int first, int kernel, int dilation, int in) noexcept
        : begin(first < 0 ? smaller(kernel, divide_up(-first, dilation)) : 0),
          end(larger(begin, first >= in ? 0 : smaller(kernel, divide_up(in - first, dilation)))) {}
};

template <Pooling Kind>
MDL_ALWAYS_INLINE auto pool_add(simd::Vector acc, simd::Vector x) noexcept -> simd::Vector {
    if constexpr (Kind == Pooling::max) return simd::max(acc, x);
    return acc + x;
}
template <Pooling Kind>
MDL_ALWAYS_INLINE auto pool_start() noexcept -> simd::Vector {
    return simd::broadcast(Kind == Pooling::max ? -3.402823466e38f : 0.0f);
}

/// One row of windows: which of their rows lie inside, and what a mean divides by.
struct PoolRow {
    WindowRange rows;
    int counted_rows;  ///< of the padded input

    constexpr PoolRow(const Geometry& g, int y) noexcept
        : rows(y * g.stride_h - g.pad_top, g.kernel_h, g.dilation_h, g.in_h),
          counted_rows(WindowRange(y * g.stride_h, g.kernel_h, g.dilation_h, g.in_h + g.pad_top + g.pad_bottom).end) {}

    /// 1 / the number of values that count in the window that begins at column `left`.
    constexpr auto inverse_count(const Geometry& g, int left) const noexcept -> float {
        const WindowRange columns(left, g.kernel_w, g.dilation_w, g.in_w);
        int count = (rows.end - rows.begin) * (columns.end - columns.begin);
        if (g.count_padding) count = counted_rows * WindowRange(left + g.pad_left, g.kernel_w, g.dilation_w, g.in_w + g.pad_left + g.pad_right).end;
        return 1.0f / static_cast<float>(larger(count, 1));
    }
};

/// Any window, one output pixel.
template <Pooling Kind>
MDL_ALWAYS_INLINE auto pool_window(const Geometry& g, const PoolRow& row, const float* input, int top, int left) noexcept -> simd::Vector {
    constexpr int c = simd::lanes;
    const WindowRange columns(left, g.kernel_w, g.dilation_w, g.in_w);
    simd::Vector acc = pool_start<Kind>();
    for (int ky = row.rows.begin; ky < row.rows.end; ++ky) {
        const float* from = input + (std::ptrdiff_t{top + ky * g.dilation_h} * g.in_w + left + columns.begin * g.dilation_w) * c;
        for (int kx = columns.begin; kx < columns.end; ++kx, from += g.dilation_w * c) acc = pool_add<Kind>(acc, simd::load(from));
    }
    return acc;
}

/// A row of a window: what lies outside reads one vector that changes nothing over and over.
struct PoolLine {
    const float* column;
    std::ptrdiff_t step;
};

/// P neighbouring windows of K x K that stand S apart; up to half a window on either side may lie outside. Each column's rows are combined
/// once for all windows that share it. `lines`: the windows' rows at the first column.
template <Pooling Kind, int P, int K, int S>
MDL_ALWAYS_INLINE void pool_tile(const Geometry& g, const PoolLine* lines, int left, simd::Vector* acc) noexcept {
    constexpr int columns = (P - 1) * S + K, edge = K / 2;
    const float* from[K];
    std::ptrdiff_t step[K];
    simd::unroll<K>([&](auto k) MDL_INLINE_LAMBDA {
        step[k.value] = lines[k.value].step;
        from[k.value] = lines[k.value].column + left * step[k.value];
    });
    simd::unroll<columns>([&](auto i) MDL_INLINE_LAMBDA {
        bool inside = true;
        if constexpr (i.value < edge) inside = left + i.value >= 0;
        if constexpr (i.value >= columns - edge) inside = left + i.value < g.in_w;
        simd::Vector column = pool_start<Kind>();
        if (inside) {
            column = simd::load(from[0]);
            simd::unroll<K - 1>([&](auto k) MDL_INLINE_LAMBDA { column = pool_add<Kind>(column, simd::load(from[k.value + 1])); });
        }
        simd::unroll<K>([&](auto k) MDL_INLINE_LAMBDA {
            from[k.value] += step[k.value];
            constexpr int at = decltype(i)::value - decltype(k)::value;
            if constexpr (at >= 0 && at % S == 0 && at / S < P) acc[at / S] = k.value == 0 ? column : pool_add<Kind>(acc[at / S], column);
        });
    });
}

template <Pooling Kind, int K, int S, int P, class E>
__attribute__((noinline)) void pool_block(const Geometry& g, const EpilogueArgs& args, const float* input, float* output, const float* slope) noexcept {
    constexpr int c = simd::lanes;
    const bool tiled = g.out_w >= P && edges_fit_tiles(g);
    for (int y = 0; y < g.out_h; ++y, output += std::ptrdiff_t{g.out_w} * c) {
        const int top = y * g.stride_h - g.pad_top;
        const PoolRow row(g, y);
        int x = 0;
        if constexpr (K > 0) {
            alignas(simd::Vector) float outside[c];
            simd::store(outside, pool_start<Kind>());
            PoolLine lines[K];
            for (int k = 0; k < K; ++k)
                lines[k] = k >= row.rows.begin && k < row.rows.end ? PoolLine{input + std::ptrdiff_t{top + k} * g.in_w * c, c} : PoolLine{outside, 0};
            for (; tiled && x < g.out_w; x += P) {
                const int begin = smaller(x, g.out_w - P);  // the last tile may overlap its neighbour
                const int left = begin * S - g.pad_left;
                simd::Vector acc[P];
                pool_tile<Kind, P, K, S>(g, lines, left, acc);
                if constexpr (Kind == Pooling::average) {
                    const bool inside = row.rows.end - row.rows.begin == K && left >= 0 && left + (P - 1) * S + K <= g.in_w;
                    simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA {
                        acc[p.value] = acc[p.value] * simd::broadcast(inside ? 1.0f / (K * K) : row.inverse_count(g, left + p.value * S));
                    });
                }
                simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { E::store(output + (begin + p.value) * c, acc[p.value], nullptr, slope, args); });
            }
        }
        for (; x < g.out_w; ++x) {
            const int left = x * g.stride_w - g.pad_left;
            simd::Vector acc = pool_window<Kind>(g, row, input, top, left);
            if constexpr (Kind == Pooling::average) acc = acc * simd::broadcast(row.inverse_count(g, left));
            E::store(output + x * c, acc, nullptr, slope, args);
        }
    }
}

template <Pooling Kind, class E>
__attribute__((noinline)) void global_pool_block(const Geometry& g, const EpilogueArgs& args, const float* from, const float* scale, const float* shift,
                                                 const float* slope, float* output) noexcept {
    constexpr int c = simd::lanes;
    const int pixels = g.in_pixels();
    const simd::Vector lo = simd::broadcast(args.prologue.lo), hi = simd::broadcast(args.prologue.hi);
    const simd::Vector a = scale != nullptr ? simd::load(scale) : simd::zero(), b = scale != nullptr ? simd::load(shift) : simd::zero();
    const auto value = [&](const float* p) MDL_INLINE_LAMBDA {
        return scale != nullptr ? simd::clamp(simd::fma(simd::load(p), a, b), lo, hi) : simd::load(p);
    };
    // Four sums hide the latency and halve the rounding error of long sums.
    simd::Vector acc[4] = {pool_start<Kind>(), pool_start<Kind>(), pool_start<Kind>(), pool_start<Kind>()};
    int p = 0;
    for (; p + 4 <= pixels; p += 4, from += 4 * c) {
        acc[0] = pool_add<Kind>(acc[0], value(from));
        acc[1] = pool_add<Kind>(acc[1], value(from + c));
        acc[2] = pool_add<Kind>(acc[2], value(from + 2 * c));
        acc[3] = pool_add<Kind>(acc[3], value(from + 3 * c));
    }
    for (; p < pixels; ++p, from += c) acc[0] = pool_add<Kind>(acc[0], value(from));
    simd::Vector y = pool_add<Kind>(pool_add<Kind>(acc[0], acc[1]), pool_add<Kind>(acc[2], acc[3]));
    if constexpr (Kind == Pooling::average) y = y * simd::broadcast(1.0f / static_cast<float>(pixels));
    E::store(output, y, nullptr, slope, args);
}

}  // namespace detail

/// Windows with code of their own: 2x2 and 3x3, side by side or two apart.
constexpr auto is_common_pool(const Geometry& g) noexcept -> bool { return is_square_window(g) && (g.kernel_h == 2 || g.kernel_h == 3); }

/// Largest value or mean of each window; padding counts as the reference says. Then the epilogue's inner activation. `Kernel`, `Stride`: the
/// window's size and step where it is a common one, 0 serves any; `Wide`: output pixels of a tile.
template <Pooling Kind, int Kernel = 0, int Stride = 0, int Wide = 4, class E = Epilogue<>, class Parallel>
void pool(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    MDL_ASSERT(Kernel == 0 || (is_common_pool(g) && g.kernel_w == Kernel && g.stride_w == Stride));
    parallel(blocks_of(g.in_channels), [&](int block, int) noexcept {
        detail::pool_block<Kind, Kernel, Stride, Wide, E>(g, args, buffers.input + std::ptrdiff_t{block} * g.in_pixels() * c,
                                    buffers.output + std::ptrdiff_t{block} * g.out_pixels() * c,
                                    buffers.slope != nullptr ? buffers.slope + block * c : nullptr);
    });
}
constexpr auto pool_scratch_bytes(const Geometry&, int) noexcept -> std::size_t { return 0; }

/// Largest value or mean of each channel of clamp(x * prologue_scale + prologue_shift), where there is a prologue. Writes one
/// vector a block: channel blocks of a 1x1 map, which are also a row-major vector padded to whole blocks.
template <Pooling Kind, class E = Epilogue<>, class Parallel>
void global_pool(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    parallel(blocks_of(g.in_channels), [&](int block, int) noexcept {
        const bool prologue = buffers.prologue_scale != nullptr;
        detail::global_pool_block<Kind, E>(g, args, buffers.input + std::ptrdiff_t{block} * g.in_pixels() * c,
                                           prologue ? buffers.prologue_scale + block * c : nullptr,
                                           prologue ? buffers.prologue_shift + block * c : nullptr,
                                           buffers.slope != nullptr ? buffers.slope + block * c : nullptr, buffers.output + block * c);
    });
}
constexpr auto global_pool_scratch_bytes(const Geometry&, int) noexcept -> std::size_t { return 0; }

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
