// mdl: the transpose of as many vectors as a vector has lanes.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/tile.hpp>
#include <mdl/simd/vector.hpp>

#if MDL_SIMD

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

namespace mdl {
inline namespace MDL_ISA {
namespace simd {

/// Lane j of v[i] becomes lane i of v[j].
MDL_ALWAYS_INLINE void transpose(Vector* v) noexcept {
#if defined(__AVX__) && !defined(__AVX512F__)
    __m256 pairs[8], fours[8];
    unroll<4>([&](auto k) MDL_INLINE_LAMBDA {
        constexpr int i = 2 * k.value;
        pairs[i] = _mm256_unpacklo_ps(v[i], v[i + 1]);
        pairs[i + 1] = _mm256_unpackhi_ps(v[i], v[i + 1]);
    });
    // Column k of the upper four rows in fours[k], of the lower four in fours[k + 4]; column k + 4 in the other half.
    unroll<4>([&](auto k) MDL_INLINE_LAMBDA {
        constexpr int from = k.value / 2 * 4 + k.value % 2, to = k.value / 2 * 4 + k.value % 2 * 2;
        fours[to] = _mm256_shuffle_ps(pairs[from], pairs[from + 2], 0x44);
        fours[to + 1] = _mm256_shuffle_ps(pairs[from], pairs[from + 2], 0xee);
    });
    unroll<4>([&](auto k) MDL_INLINE_LAMBDA {
        v[k.value] = Vector(_mm256_permute2f128_ps(fours[k.value], fours[k.value + 4], 0x20));
        v[k.value + 4] = Vector(_mm256_permute2f128_ps(fours[k.value], fours[k.value + 4], 0x31));
    });
#elif defined(__SSE2__) && !defined(__AVX__)
    __m128 a = v[0], b = v[1], c = v[2], d = v[3];
    _MM_TRANSPOSE4_PS(a, b, c, d);
    v[0] = Vector(a), v[1] = Vector(b), v[2] = Vector(c), v[3] = Vector(d);
#elif defined(__ARM_NEON)
    const float32x4x2_t upper = vtrnq_f32(v[0], v[1]), lower = vtrnq_f32(v[2], v[3]);
    unroll<2>([&](auto i) MDL_INLINE_LAMBDA {
        constexpr int k = i.value;
        v[k] = Vector(vcombine_f32(vget_low_f32(upper.val[k]), vget_low_f32(lower.val[k])));
        v[k + 2] = Vector(vcombine_f32(vget_high_f32(upper.val[k]), vget_high_f32(lower.val[k])));
    });
#else
    alignas(Vector) float all[lanes][lanes], turned[lanes];
    for (int i = 0; i < lanes; ++i) v[i].store_aligned(all[i]);
    for (int i = 0; i < lanes; ++i) {
        for (int j = 0; j < lanes; ++j) turned[j] = all[j][i];
        v[i] = Vector::load_aligned(turned);
    }
#endif
}

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#endif
