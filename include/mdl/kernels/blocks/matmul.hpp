// mdl: the product of row-major matrices: dense layers of many rows, and two computed tensors.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <utility>

#include <mdl/kernels/blocks/epilogue.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/tensor/geometry.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Columns that are computed together: two vectors.
inline constexpr int matmul_panel = 2 * simd::lanes;
/// Rows that are computed together: twelve sums, two vectors of b and one element of a are registers of 16.
inline constexpr int matmul_rows = 6;

/// The right-hand matrix of a product.
struct MatmulRight {
    const float* data = nullptr;
    std::ptrdiff_t panel = 0;  ///< floats from one panel of columns to the next
    std::ptrdiff_t row = 0;    ///< from one row of a panel to the next
    bool whole = false;        ///< rows are filled up to whole panels
    const float* bias = nullptr;  ///< one for each column, filled up as the rows are; null: none
};

/// y[r][j] = f(bias(j) + sum over k of a[r][k] b[k][j]) for Rows rows and the `valid` first columns of a panel; rows of a are `inner`,
/// those of y and of the residual `columns` apart.
template <class E, int Rows, bool Partial>
MDL_ALWAYS_INLINE void matmul_tile(int inner, int columns, int valid, const EpilogueArgs& args, const float* a, const float* b, const MatmulRight& right,
                                   const float* bias, const float* slope, const float* residual, float* y) noexcept {
    constexpr int c = simd::lanes;
    const int second = larger(0, valid - c);
    const auto load = [&](const float* from, int v) MDL_INLINE_LAMBDA {
        if constexpr (!Partial) return simd::load_once(from + v * c);
        const int n = v == 0 ? smaller(valid, c) : second;
        return simd::load_partial(from + v * c, n);
    };
    simd::Vector sum[Rows][2];
    for (int v = 0; v < 2; ++v) {
        const simd::Vector start = bias != nullptr ? simd::load(bias + v * c) : simd::zero();
        for (int r = 0; r < Rows; ++r) sum[r][v] = start;
    }
    for (int k = 0; k < inner; ++k, b += right.row) {
        const simd::Vector b0 = load(b, 0), b1 = load(b, 1);
        for (int r = 0; r < Rows; ++r) {
            const simd::Vector x = simd::broadcast(a[std::ptrdiff_t{r} * inner + k]);
            sum[r][0] = simd::fma(x, b0, sum[r][0]);
            sum[r][1] = simd::fma(x, b1, sum[r][1]);
        }
    }
    for (int r = 0; r < Rows; ++r)
        for (int v = 0; v < 2; ++v) {
            const int n = v == 0 ? smaller(valid, c) : second;
            if (n <= 0) continue;
            const std::ptrdiff_t at = std::ptrdiff_t{r} * columns + v * c;
            simd::Vector z = E::inner(sum[r][v], args, slope != nullptr ? slope + v * c : nullptr);
            if (residual != nullptr) z = E::outer(z, n == c ? simd::load(residual + at) : simd::load_partial(residual + at, n), args);
            if (n == c)
                simd::store(y + at, z);
            else
                simd::store_partial(y + at, z, n);
        }
}

/// y = f(a b + bias), a [rows, inner], y [rows, columns]; then the residual, which lies as y does and may be y. `slope`: one for each
/// column, filled up to whole panels.
template <class E, class Parallel>
void matmul(int rows, int inner, int columns, const EpilogueArgs& args, const float* a, const MatmulRight& right, const float* slope, const float* residual,
            float* y, const Parallel& parallel) noexcept {
    parallel(divide_up(columns, matmul_panel), [&](int panel, int) noexcept {
        const int first = panel * matmul_panel, valid = smaller(matmul_panel, columns - first);
        const float* const b = right.data + panel * right.panel;
        const float* const bias = right.bias != nullptr ? right.bias + first : nullptr;
        const float* const panel_slope = slope != nullptr ? slope + first : nullptr;
        const auto tile = [&]<int Rows, bool Partial>(std::integral_constant<int, Rows>, std::bool_constant<Partial>, int row) {
            const std::ptrdiff_t at = std::ptrdiff_t{row} * columns + first;
            matmul_tile<E, Rows, Partial>(inner, columns, valid, args, a + std::ptrdiff_t{row} * inner, b, right, bias, panel_slope,
                                          residual != nullptr ? residual + at : nullptr, y + at);
        };
        const auto all_rows = [&]<bool Partial>(std::bool_constant<Partial> partial) {
            int row = 0;
            for (; row + matmul_rows <= rows; row += matmul_rows) tile(std::integral_constant<int, matmul_rows>(), partial, row);
            for (; row < rows; ++row) tile(std::integral_constant<int, 1>(), partial, row);
        };
        if (right.whole || valid == matmul_panel)
            all_rows(std::bool_constant<false>());
        else
            all_rows(std::bool_constant<true>());
    });
}

/// A dense layer's weights [out, in] as panels [in][matmul_panel], the bias behind, both filled up with zeros.
constexpr auto matmul_packed_floats(const Geometry& g) noexcept -> std::size_t {
    const std::size_t columns = static_cast<std::size_t>(divide_up(g.out_channels, matmul_panel)) * matmul_panel;
    return columns * (static_cast<std::size_t>(g.in_channels) + 1);
}

[[gnu::cold]] inline void matmul_pack(const Geometry& g, const float* weights, const float* scale, const float* bias, float* packed) noexcept {
    const int panels = divide_up(g.out_channels, matmul_panel);
    const std::ptrdiff_t inner = g.in_channels;
    for (int panel = 0; panel < panels; ++panel)
        for (std::ptrdiff_t k = 0; k < inner; ++k)
            for (int j = 0; j < matmul_panel; ++j) {
                const int o = panel * matmul_panel + j;
                *packed++ = o < g.out_channels ? weights[o * inner + k] * scale[o] : 0.0f;
            }
    for (int o = 0; o < panels * matmul_panel; ++o) *packed++ = o < g.out_channels ? bias[o] : 0.0f;
}

/// Those weights for the product.
inline auto matmul_packed(const Geometry& g, const float* packed) noexcept -> MatmulRight {
    const std::ptrdiff_t panel = std::ptrdiff_t{g.in_channels} * matmul_panel;
    return {packed, panel, matmul_panel, true, packed + divide_up(g.out_channels, matmul_panel) * panel};
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
