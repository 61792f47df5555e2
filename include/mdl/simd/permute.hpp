// mdl: any permutation of a vector's lanes.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/vector.hpp>

#if MDL_SIMD

#if defined(__SSSE3__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

namespace mdl {
inline namespace MDL_ISA {
namespace simd {

/// Lane i of the result is lane index[i] of x, 0 <= index[i] < lanes.
MDL_ALWAYS_INLINE auto permute(Vector x, IntVector index) noexcept -> Vector {
#if defined(__AVX512F__)
    return Vector(_mm512_maskz_permutexvar_ps(0xffff, index, x));  // without the mask GCC 12 warns of its own header
#elif defined(__AVX2__)
    return Vector(_mm256_permutevar8x32_ps(x, index));
#elif defined(__SSSE3__) && !defined(__AVX__)
    // Bytes 4 i, 4 i + 1, 4 i + 2, 4 i + 3 of lane i.
    const IntVector bytes = index * IntVector(0x04040404) + IntVector(0x03020100);
    return from_bits(IntVector(_mm_shuffle_epi8(bits(x), bytes)));
#elif defined(__aarch64__)
    const uint32x4_t bytes = vmlaq_n_u32(vdupq_n_u32(0x03020100), vreinterpretq_u32_s32(index), 0x04040404);
    return Vector(vreinterpretq_f32_u8(vqtbl1q_u8(vreinterpretq_u8_f32(x), vreinterpretq_u8_u32(bytes))));
#elif defined(__ARM_NEON)
    const uint8x16_t bytes = vreinterpretq_u8_u32(vmlaq_n_u32(vdupq_n_u32(0x03020100), vreinterpretq_u32_s32(index), 0x04040404));
    const uint8x16_t from = vreinterpretq_u8_f32(x);
    const uint8x8x2_t halves = {{vget_low_u8(from), vget_high_u8(from)}};
    return Vector(vreinterpretq_f32_u8(vcombine_u8(vtbl2_u8(halves, vget_low_u8(bytes)), vtbl2_u8(halves, vget_high_u8(bytes)))));
#else
    alignas(Vector) float from[lanes], to[lanes];
    alignas(IntVector) std::int32_t at[lanes];
    x.store_aligned(from);
    index.store_aligned(at);
    for (int i = 0; i < lanes; ++i) to[i] = from[at[i]];
    return Vector::load_aligned(to);
#endif
}

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#endif
