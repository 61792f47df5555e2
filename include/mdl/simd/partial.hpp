// mdl: loads and stores of the first few lanes, their number known to the compiler.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/vector.hpp>

#if MDL_SIMD

#if defined(__SSE2__)
#include <immintrin.h>
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

/// The first N lanes from memory, the others zero. Reads exactly N floats. (load_partial, whose number of lanes is known only
/// at run time, copies them to the stack first.)
template <int N>
MDL_ALWAYS_INLINE auto load_first(const float* p) noexcept -> Vector {
    static_assert(N >= 1 && N <= lanes);
    if constexpr (N == lanes) {
        return load(p);
    } else {
#if defined(__AVX512F__)
        return Vector(_mm512_maskz_loadu_ps(static_cast<__mmask16>((1 << N) - 1), p));
#elif defined(__AVX__)
        if constexpr (N == 1) return Vector(_mm256_zextps128_ps256(_mm_load_ss(p)));
        else if constexpr (N == 4) return Vector(_mm256_zextps128_ps256(_mm_loadu_ps(p)));
        else return Vector(_mm256_maskload_ps(p, _mm256_setr_epi32(-(N > 0), -(N > 1), -(N > 2), -(N > 3), -(N > 4), -(N > 5), -(N > 6), 0)));
#elif defined(__SSE2__)
        if constexpr (N == 1) {
            return Vector(_mm_load_ss(p));
        } else {
            const __m128 two = _mm_loadl_pi(_mm_setzero_ps(), reinterpret_cast<const __m64*>(p));
            if constexpr (N == 2) return Vector(two);
            else return Vector(_mm_movelh_ps(two, _mm_load_ss(p + 2)));
        }
#else
        return load_partial(p, N);
#endif
    }
}

/// The first N lanes to memory. Writes exactly N floats.
template <int N>
MDL_ALWAYS_INLINE void store_first(float* p, Vector v) noexcept {
    static_assert(N >= 1 && N <= lanes);
    if constexpr (N == lanes) {
        store(p, v);
    } else {
#if defined(__AVX512F__)
        _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1 << N) - 1), v);
#elif defined(__AVX__)
        if constexpr (N == 1) _mm_store_ss(p, _mm256_castps256_ps128(v));
        else if constexpr (N == 4) _mm_storeu_ps(p, _mm256_castps256_ps128(v));
        else _mm256_maskstore_ps(p, _mm256_setr_epi32(-(N > 0), -(N > 1), -(N > 2), -(N > 3), -(N > 4), -(N > 5), -(N > 6), 0), v);
#elif defined(__SSE2__)
        if constexpr (N == 1) {
            _mm_store_ss(p, v);
        } else {
            _mm_storel_pi(reinterpret_cast<__m64*>(p), v);
            if constexpr (N == 3) _mm_store_ss(p + 2, _mm_movehl_ps(v, v));
        }
#else
        store_partial(p, v, N);
#endif
    }
}

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#if defined(__GNUC__) && !defined(__clang__) && defined(__AVX512F__)
#pragma GCC diagnostic pop
#endif

#endif
