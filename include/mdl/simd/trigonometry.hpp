// mdl: sine and cosine of whole vectors.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/math.hpp>

#if MDL_SIMD

#if defined(__GNUC__) && !defined(__clang__) && defined(__AVX512F__)
// See simd/vector.hpp.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace mdl {
inline namespace MDL_ISA {
namespace simd {

#if defined(__AVX512F__) || defined(__FMA__) || defined(__aarch64__) || (defined(__ARM_NEON) && defined(__ARM_FEATURE_FMA))
/// The largest |x| of which sin and cos are accurate. A fused multiply-add does not round n times a part, so that three parts
/// of 24 bits hold pi / 2; the limit is that n, rounded from 2/pi x, be the right one.
inline constexpr float largest_angle = 1e5f;
using HalfPiParts = taylor::HalfPi<3, 24>;
#else
/// The largest |x| of which sin and cos are accurate. Without a fused multiply-add n times a part must fit 24 bits: three parts
/// of 12 bits and n up to 2^10, where what they leave of pi / 2, the fourth part, is still rounded far below the result.
inline constexpr float largest_angle = 1600.0f;
using HalfPiParts = taylor::HalfPi<4, 12>;
#endif

/// sin(x + Quarters pi/2): x = n pi/2 + r, |r| <= pi / 4; the quadrant n + Quarters tells which of the series of sin r and cos r
/// it is, and its sign.
template <class Series, int Quarters>
MDL_ALWAYS_INLINE auto sin_quarters(Vector x) noexcept -> Vector {
    constexpr HalfPiParts half_pi;
    const Nearest nearest(x, static_cast<float>(1 / taylor::half_pi));
    Vector r = x;
    for (const double part : half_pi.part) r = fma(nearest.n, broadcast(static_cast<float>(-part)), r);
    r = clamp(r, broadcast(-0.8f), broadcast(0.8f));  // only moves what lies beyond largest_angle
    const Vector z = r * r;
    const Vector sine = fma(horner<taylor::sin_rest, Series::count - 1>(z) * z, r, r);
    const Vector cosine = fma(horner<taylor::cos_rest, Series::count - 1>(z), z, broadcast(1.0f));
    const IntVector quadrant = nearest.low_bits + IntVector(Quarters);
    const IntVector odd = IntVector(0) - (quadrant & IntVector(1));
    const IntVector size = bits(sine) ^ ((bits(sine) ^ bits(cosine)) & odd);
    return from_bits(size ^ ((quadrant << 30) & bits(broadcast(-0.0f))));
}

/// sin x and cos x within 2 ulp for |x| <= largest_angle; beyond, a number in [-1, 1] that means nothing. Of an infinity a NaN.
template <class Series = SinTerms>
MDL_ALWAYS_INLINE auto sin(Vector x) noexcept -> Vector {
    return sin_quarters<Series, 0>(x);
}
template <class Series = SinTerms>
MDL_ALWAYS_INLINE auto cos(Vector x) noexcept -> Vector {
    return sin_quarters<Series, 1>(x);
}

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#if defined(__GNUC__) && !defined(__clang__) && defined(__AVX512F__)
#pragma GCC diagnostic pop
#endif

#endif
