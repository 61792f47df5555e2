// mdl: sums and maxima over the lanes that stay in registers.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/vector.hpp>

#if MDL_SIMD

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__GNUC__) && !defined(__clang__) && defined(__AVX512F__)
// See simd/vector.hpp.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace mdl {
inline namespace MDL_ISA {
namespace simd {

namespace detail {

#if defined(__AVX__)
/// In each half, lane k: the sum of that half of v[k]; lanes from N on: one of these sums.
template <int N>
MDL_ALWAYS_INLINE auto sum_halves(const __m256* v) noexcept -> __m256 {
    const __m256 low = _mm256_hadd_ps(v[0], v[N > 1 ? 1 : 0]);
    return _mm256_hadd_ps(low, N > 2 ? _mm256_hadd_ps(v[N > 2 ? 2 : 0], v[N > 3 ? 3 : 0]) : low);
}
template <int N>
MDL_ALWAYS_INLINE auto sum_each(const __m256* v) noexcept -> __m256 {
    const __m256 first = sum_halves<(N < 4 ? N : 4)>(v);
    if constexpr (N <= 4) {
        return _mm256_add_ps(first, _mm256_permute2f128_ps(first, first, 1));
    } else {
        const __m256 second = sum_halves<N - 4>(v + 4);
        return _mm256_add_ps(_mm256_permute2f128_ps(first, second, 0x20), _mm256_permute2f128_ps(first, second, 0x31));
    }
}
#endif

}  // namespace detail

/// Lane k of the result: the sum over the lanes of v[k], k < N. Lanes from N on: one of these sums, or zero.
template <int N>
MDL_ALWAYS_INLINE auto sum_each(const Vector* v) noexcept -> Vector {
    static_assert(N >= 1 && N <= lanes);
#if defined(__AVX512F__)
    __m256 half[N];
    for (int k = 0; k < N; ++k)
        half[k] = _mm256_add_ps(_mm512_castps512_ps256(v[k]), _mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(v[k]), 1)));
    const __m256 low = detail::sum_each<(N < 8 ? N : 8)>(half);
    if constexpr (N <= 8)
        return Vector(_mm512_castpd_ps(_mm512_broadcast_f64x4(_mm256_castps_pd(low))));
    else
        return Vector(_mm512_castpd_ps(_mm512_insertf64x4(_mm512_castps_pd(_mm512_castps256_ps512(low)), _mm256_castps_pd(detail::sum_each<N - 8>(half + 8)), 1)));
#elif defined(__AVX__)
    __m256 all[N];
    for (int k = 0; k < N; ++k) all[k] = v[k];
    return Vector(detail::sum_each<N>(all));
#elif defined(__SSE2__)
    __m128 a = v[0], b = v[N > 1 ? 1 : 0], c = v[N > 2 ? 2 : 0], d = v[N > 3 ? 3 : 0];
    _MM_TRANSPOSE4_PS(a, b, c, d);
    return Vector(_mm_add_ps(_mm_add_ps(a, b), _mm_add_ps(c, d)));
#elif defined(__aarch64__)
    return Vector(vpaddq_f32(vpaddq_f32(v[0], v[N > 1 ? 1 : 0]), vpaddq_f32(v[N > 2 ? 2 : 0], v[N > 3 ? 3 : 0])));
#else
    alignas(Vector) float sums[lanes]{};
    for (int k = 0; k < N; ++k) sums[k] = sum(v[k]);
    return Vector::load_aligned(sums);
#endif
}

/// The sum over the lanes, in every lane.
MDL_ALWAYS_INLINE auto sum_everywhere(Vector v) noexcept -> Vector {
#if defined(__AVX__) && !defined(__AVX512F__)
    return sum_each<1>(&v);  // here all lanes hold the one sum
#else
    return broadcast(sum(v));
#endif
}

/// The maximum over the lanes, in every lane.
MDL_ALWAYS_INLINE auto largest_everywhere(Vector v) noexcept -> Vector {
#if defined(__AVX__) && !defined(__AVX512F__)
    __m256 x = _mm256_max_ps(v, _mm256_permute2f128_ps(v, v, 1));
    x = _mm256_max_ps(x, _mm256_permute_ps(x, 0x4e));
    return Vector(_mm256_max_ps(x, _mm256_permute_ps(x, 0xb1)));
#else
    return broadcast(largest(v));
#endif
}

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#if defined(__GNUC__) && !defined(__clang__) && defined(__AVX512F__)
#pragma GCC diagnostic pop
#endif

#endif
