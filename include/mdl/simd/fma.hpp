// mdl: a * b + c as one instruction wherever the target has it.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/vector.hpp>

#if MDL_SIMD

#if defined(__AVX512F__) || defined(__FMA__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

namespace mdl {
inline namespace MDL_ISA {
namespace simd {

/// a * b + c. xsimd 8.1's own is a multiply and an add on AVX-512, half the speed.
MDL_ALWAYS_INLINE auto fma(Vector a, Vector b, Vector c) noexcept -> Vector {
#if defined(__AVX512F__)
    return Vector(_mm512_fmadd_ps(a, b, c));
#elif defined(__FMA__)
    return Vector(_mm256_fmadd_ps(a, b, c));
#elif defined(__aarch64__)
    return Vector(vfmaq_f32(c, a, b));
#elif defined(__ARM_NEON) && defined(__ARM_FEATURE_FMA)
    return Vector(vfmaq_f32(c, a, b));
#elif defined(__ARM_NEON)
    return Vector(vmlaq_f32(c, a, b));
#else
    return a * b + c;
#endif
}

/// Several consecutive floats of one pixel, each of which will multiply whole vectors. x86 broadcasts each from memory; ARM loads
/// four at once and multiplies by lane.
class Multipliers {
public:
#if defined(__ARM_NEON)
    static constexpr int count = 4;
    Multipliers() noexcept = default;
    MDL_ALWAYS_INLINE explicit Multipliers(const float* p) noexcept : four_(vld1q_f32(p)) {}
    /// (the I-th float) * v + c. ARMv7 rounds twice: its fused multiply-add knows no lanes, and a copy of each float to all lanes
    /// would take a register and, on a Cortex-A7 or A9, as long as the multiply-add itself.
    template <int I>
    MDL_ALWAYS_INLINE auto fma(Vector v, Vector c) const noexcept -> Vector {
#if defined(__aarch64__) && !defined(__clang__)
        // As a statement, since GCC 12 moves two sums of a tile of 3x3 from register to register otherwise: 79 % of the bound on V1 and not 99 %.
        asm("fmla %0.4s, %1.4s, %2.s[%3]" : "+w"(c.data) : "w"(v.data), "w"(four_), "i"(I));
        return c;
#elif defined(__aarch64__)
        return Vector(vfmaq_laneq_f32(c, v, four_, I));
#else
        return Vector(vmlaq_lane_f32(c, v, I < 2 ? vget_low_f32(four_) : vget_high_f32(four_), I % 2));
#endif
    }

private:
    float32x4_t four_;
#else
    static constexpr int count = 1;
    Multipliers() noexcept = default;
    MDL_ALWAYS_INLINE explicit Multipliers(const float* p) noexcept : one_(broadcast(*p)) {}
    template <int I>
    MDL_ALWAYS_INLINE auto fma(Vector v, Vector c) const noexcept -> Vector {
        return simd::fma(one_, v, c);
    }

private:
    Vector one_;
#endif
};

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#endif
