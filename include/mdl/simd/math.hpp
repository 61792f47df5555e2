// mdl: exp, log, tanh and sigmoid of whole vectors, finite for any number.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/fma.hpp>

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

/// e^x within 2 ulp. x is clamped to [-87.3, 88.3], so that the result is a finite normal number; a NaN stays one.
/// Method: x = n ln2 + r, |r| <= ln2 / 2; e^r by its Taylor polynomial of degree 7, 2^n by the exponent's bits.
MDL_ALWAYS_INLINE auto exp(Vector x) noexcept -> Vector {
    x = clamp(x, broadcast(-87.3f), broadcast(88.3f));
    // Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits of the sum.
    const Vector magic = broadcast(12582912.0f);
    const Vector shifted = fma(x, broadcast(1.44269504088896341f), magic);
    const Vector n = shifted - magic;
    Vector r = fma(n, broadcast(-0.693359375f), x);
    r = fma(n, broadcast(2.12194440054690583e-4f), r);
    Vector p = broadcast(1.0f / 5040.0f);
    p = fma(p, r, broadcast(1.0f / 720.0f));
    p = fma(p, r, broadcast(1.0f / 120.0f));
    p = fma(p, r, broadcast(1.0f / 24.0f));
    p = fma(p, r, broadcast(1.0f / 6.0f));
    p = fma(p, r, broadcast(0.5f));
    p = fma(p, r * r, r) + broadcast(1.0f);
    return p * from_bits((bits(shifted) + IntVector(127)) << 23);
}

/// ln x for normal x > 0 within 4 ulp or 1e-7 near 1; smaller x acts as the smallest normal number, a NaN stays one.
/// Method: x = 2^n m, m in [sqrt(1/2), sqrt(2)); ln m = 2 artanh(s), s = (m - 1) / (m + 1), by its series.
MDL_ALWAYS_INLINE auto log(Vector x) noexcept -> Vector {
    x = clamp(x, broadcast(1.17549435e-38f), broadcast(3.4e38f));
    // Subtracting the bits of sqrt(1/2) makes the exponent field that of the m wanted.
    const IntVector offset = bits(x) - IntVector(0x3f3504f3);
    const IntVector exponent = offset >> 23;
    const Vector m = from_bits(bits(x) - (exponent << 23));
    // An integer below 2^22 in the low bits of 1.5 * 2^23 is that number as a float.
    const Vector magic = broadcast(12582912.0f);
    const Vector n = from_bits(exponent + bits(magic)) - magic;
    const Vector s = (m - broadcast(1.0f)) / (m + broadcast(1.0f));
    const Vector z = s * s;
    Vector p = broadcast(2.0f / 9.0f);
    p = fma(p, z, broadcast(2.0f / 7.0f));
    p = fma(p, z, broadcast(2.0f / 5.0f));
    p = fma(p, z, broadcast(2.0f / 3.0f));
    p = fma(p * z, s, s + s) + (x - x);  // the bits of a NaN would pass for a number
    return fma(n, broadcast(0.693359375f), fma(n, broadcast(-2.12194440054690583e-4f), p));
}

/// 1 / (1 + e^-x) within 4 ulp.
MDL_ALWAYS_INLINE auto sigmoid(Vector x) noexcept -> Vector {
    return broadcast(1.0f) / (broadcast(1.0f) + exp(zero() - x));
}

/// tanh x within 4 ulp: 1 - 2 / (e^2|x| + 1) for |x| > 0.625, an odd minimax polynomial below, where that
/// difference would cancel.  Source: Cephes, tanhf.
MDL_ALWAYS_INLINE auto tanh(Vector x) noexcept -> Vector {
    x = clamp(x, broadcast(-10.0f), broadcast(10.0f));
    const Vector size = max(x, zero() - x);
    const Vector large = broadcast(1.0f) - broadcast(2.0f) / (exp(size + size) + broadcast(1.0f));
    const Vector z = x * x;
    Vector p = broadcast(-5.70498872745e-3f);
    p = fma(p, z, broadcast(2.06390887954e-2f));
    p = fma(p, z, broadcast(-5.37397155531e-2f));
    p = fma(p, z, broadcast(1.33314422036e-1f));
    p = fma(p, z, broadcast(-3.33332819422e-1f));
    const Vector small = fma(p * z, x, x);
    const Vector signed_large = where_greater(x, zero(), large, zero() - large);
    return where_greater(size, broadcast(0.625f), signed_large, small);
}

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#if defined(__GNUC__) && !defined(__clang__) && defined(__AVX512F__)
#pragma GCC diagnostic pop
#endif

#endif
