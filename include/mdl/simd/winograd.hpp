// mdl: the matrices and the vector transforms of Winograd's minimal filtering.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>

#include <mdl/simd/fma.hpp>
#include <mdl/simd/tile.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace simd {

// F(m, r): m outputs of a correlation with r taps from n = m + r - 1 inputs and n multiplications,
//     y = A^T [(G g) * (B^T d)],
// the Toom-Cook algorithm at n - 1 points and infinity: zero and the pairs +p, -p below. Row j of B^T holds the coefficients
// of prod_{l != j} (x - a_l), row j of G the powers of a_j divided by prod_{l != j} (a_j - a_l), column j of A^T the powers of
// a_j; the last row of each stands for infinity.
// Sources: Winograd 1980; Lavin and Gray 2016; Barabasz et al. 2020, "Error analysis and improving the accuracy of
// Winograd convolution for deep neural networks". Points: the pairs of short binary numbers with the smallest error of those
// tried on F(4, 3), F(6, 3), F(4, 5), F(4, 7) with 256 channels (F(4x4, 3x3) errs by 2e-6 of the largest output, 5e-6 with the
// customary 1 and 2; F(6x6, 3x3) by 1e-5).

/// The largest n that has points.
inline constexpr int max_winograd_inputs = 10;

/// Point number `pair` of n / 2 - 1 pairs.
constexpr auto winograd_point(int n, int pair) noexcept -> double {
    constexpr double four[] = {1}, six[] = {0.75, 1.5}, eight[] = {1, 2, 0.5}, ten[] = {0.5, 1, 1.5, 0.75};
    return n == 4 ? four[pair] : n == 6 ? six[pair] : n == 8 ? eight[pair] : ten[pair];
}

/// a_j: 0, +p0, -p0, +p1, -p1, ...
constexpr auto winograd_root(int n, int j) noexcept -> double {
    if (j == 0) return 0;
    const double point = winograd_point(n, (j - 1) / 2);
    return j % 2 == 1 ? point : -point;
}

/// G(j, k). n = 1: no transform.
constexpr auto winograd_filter_matrix(int n, int taps, int j, int k) noexcept -> double {
    if (j == n - 1) return k == taps - 1 ? 1 : 0;
    const double a = winograd_root(n, j);
    double value = 1;
    for (int l = 0; l < n - 1; ++l)
        if (l != j) value /= a - winograd_root(n, l);
    for (int i = 0; i < k; ++i) value *= a;
    return value;
}

namespace detail {

/// prod over the pairs except `without` of (z - p^2), as coefficients of z^0, z^1, ...
template <int N>
constexpr auto winograd_polynomial(int without) noexcept -> std::array<double, N / 2> {
    std::array<double, N / 2> polynomial{1};
    for (int pair = 0, degree = 0; pair < N / 2 - 1; ++pair) {
        if (pair == without) continue;
        const double root = winograd_point(N, pair) * winograd_point(N, pair);
        ++degree;
        for (int i = degree; i > 0; --i)
            polynomial[static_cast<std::size_t>(i)] = polynomial[static_cast<std::size_t>(i - 1)] - root * polynomial[static_cast<std::size_t>(i)];
        polynomial[0] *= -root;
    }
    return polynomial;
}

/// sum_k coefficient_k d[first + 2 k]; the highest of `Count` coefficients is 1.
template <int N, int Without, int Count, int First, int... K>
MDL_ALWAYS_INLINE auto winograd_sum(const Vector* d, std::integer_sequence<int, K...>) noexcept -> Vector {
    [[maybe_unused]] constexpr auto polynomial = winograd_polynomial<N>(Without);
    Vector sum = d[First + 2 * (Count - 1)];
    ((sum = fma(broadcast(static_cast<float>(polynomial[K])), d[First + 2 * K], sum)), ...);
    return sum;
}

template <int N, int... Pair>
MDL_ALWAYS_INLINE void winograd_input(const Vector* d, Vector* v, std::integer_sequence<int, Pair...>) noexcept {
    constexpr int pairs = N / 2 - 1;
    v[0] = winograd_sum<N, -1, pairs + 1, 0>(d, std::make_integer_sequence<int, pairs>{});
    v[N - 1] = winograd_sum<N, -1, pairs + 1, 1>(d, std::make_integer_sequence<int, pairs>{});
    const auto one = [&]<int P>(std::integral_constant<int, P>) MDL_INLINE_LAMBDA {
        // prod (x - a) without one of a pair is x (x + a) q(x^2): even part x^2 q, odd part a x q.
        const Vector even = winograd_sum<N, P, pairs, 2>(d, std::make_integer_sequence<int, pairs - 1>{});
        const Vector odd = winograd_sum<N, P, pairs, 1>(d, std::make_integer_sequence<int, pairs - 1>{});
        constexpr auto point = static_cast<float>(winograd_point(N, P));
        v[1 + 2 * P] = fma(broadcast(point), odd, even);
        v[2 + 2 * P] = fma(broadcast(-point), odd, even);
    };
    (one(std::integral_constant<int, Pair>{}), ...);
}

template <int N, int M, int... Pair>
MDL_ALWAYS_INLINE void winograd_output(const Vector* v, Vector* y, std::integer_sequence<int, Pair...>) noexcept {
    const Vector sum[] = {v[1 + 2 * Pair] + v[2 + 2 * Pair]...};
    const Vector difference[] = {v[1 + 2 * Pair] - v[2 + 2 * Pair]...};
    simd::unroll<M>([&](auto i) MDL_INLINE_LAMBDA {
        constexpr auto power = [](int pair) constexpr {
            double value = 1;
            for (int k = 0; k < decltype(i)::value; ++k) value *= winograd_point(N, pair);
            return static_cast<float>(value);
        };
        const Vector* const term = i.value % 2 == 0 ? sum : difference;
        constexpr bool has_end = decltype(i)::value == 0 || decltype(i)::value == M - 1;  // zero and infinity are no pair
        Vector value = i.value == 0 ? v[0] : i.value == M - 1 ? v[N - 1] : broadcast(power(0)) * term[0];
        if constexpr (i.value == 0 && M == 1) value = value + v[N - 1];
        ((value = has_end || Pair > 0 ? fma(broadcast(power(Pair)), term[Pair], value) : value), ...);
        y[i.value] = value;
    });
}

}  // namespace detail

/// v = B^T d.
template <int N>
MDL_ALWAYS_INLINE void winograd_input(const Vector* d, Vector* v) noexcept {
    detail::winograd_input<N>(d, v, std::make_integer_sequence<int, N / 2 - 1>{});
}

/// y = A^T v, M outputs.
template <int N, int M>
MDL_ALWAYS_INLINE void winograd_output(const Vector* v, Vector* y) noexcept {
    detail::winograd_output<N, M>(v, y, std::make_integer_sequence<int, N / 2 - 1>{});
}

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#endif
