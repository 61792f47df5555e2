// mdl: exp, log, tanh, sigmoid, SiLU, softplus and erf of whole vectors.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/fma.hpp>
#include <mdl/simd/taylor.hpp>

#if MDL_SIMD

#include <utility>

#if defined(__GNUC__) && !defined(__clang__) && defined(__AVX512F__)
// See simd/vector.hpp.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace mdl {
inline namespace MDL_ISA {
namespace simd {

/// Coefficients[0] + Coefficients[1] x + ... of Count coefficients.
template <auto Coefficients, int Count>
MDL_ALWAYS_INLINE auto horner(Vector x) noexcept -> Vector {
    return [&]<int... I>(std::integer_sequence<int, I...>) MDL_INLINE_LAMBDA {
        Vector p = broadcast(static_cast<float>(Coefficients[Count - 1]));
        ((p = fma(p, x, broadcast(static_cast<float>(Coefficients[Count - 2 - I])))), ...);
        return p;
    }(std::make_integer_sequence<int, Count - 1>{});
}

/// The integer nearest to scale * x as a float, and its bits: adding 1.5 * 2^23 rounds to it and leaves it in the low bits of the sum.
struct Nearest {
    Vector n;
    IntVector low_bits;
    MDL_ALWAYS_INLINE Nearest(Vector x, float scale) noexcept {
        const Vector magic = broadcast(0x1.8p23f);
        const Vector shifted = fma(x, broadcast(scale), magic);
        n = shifted - magic;
        low_bits = bits(shifted);
    }
};

/// x = n ln2 + r, |r| <= ln2 / 2 for |n| <= 127: 2^n by the exponent's bits and e^r - 1 by its series.
template <class Series>
struct ReducedExp {
    Vector power, grown;
    MDL_ALWAYS_INLINE explicit ReducedExp(Vector x) noexcept {
        const Nearest nearest(x, static_cast<float>(1 / taylor::ln2));
        Vector r = fma(nearest.n, broadcast(static_cast<float>(-taylor::ln2_high)), x);
        r = fma(nearest.n, broadcast(static_cast<float>(-taylor::ln2_low)), r);
        power = from_bits((nearest.low_bits + IntVector(127)) << 23);
        grown = r;
        if constexpr (Series::count > 2) grown = fma(horner<taylor::exp_rest, Series::count - 2>(r), r * r, r);
    }
};

/// e^x within 2 ulp. x is clamped to [-87.3, 88.3], so that the result is a finite normal number; a NaN stays one.
template <class Series = ExpTerms>
MDL_ALWAYS_INLINE auto exp(Vector x) noexcept -> Vector {
    const ReducedExp<Series> e(clamp(x, broadcast(taylor::lowest_exp), broadcast(taylor::highest_exp)));
    return (e.grown + broadcast(1.0f)) * e.power;
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
    const Vector s = divide(m - broadcast(1.0f), m + broadcast(1.0f));
    const Vector z = s * s;
    Vector p = broadcast(2.0f / 9.0f);
    p = fma(p, z, broadcast(2.0f / 7.0f));
    p = fma(p, z, broadcast(2.0f / 5.0f));
    p = fma(p, z, broadcast(2.0f / 3.0f));
    p = fma(p * z, s, s + s) + (x - x);  // the bits of a NaN would pass for a number
    return fma(n, broadcast(0.693359375f), fma(n, broadcast(-2.12194440054690583e-4f), p));
}

/// 1 / (1 + e^-x) within 2 ulp (4 where division is an estimate) for x >= -87.3; below, a number under 1.2e-38, not negative.
template <class Series = ExpTerms>
MDL_ALWAYS_INLINE auto sigmoid(Vector x) noexcept -> Vector {
    const Vector one = broadcast(1.0f);
    const ReducedExp<Series> e(clamp(zero() - x, broadcast(taylor::lowest_exp), broadcast(taylor::highest_exp)));
    // 1 + e^-x = (1 + 2^n) + 2^n (e^r - 1): one rounding where 1 + 2^n is exact; from n = 24 on `lost` is the 1 it swallows.
    const Vector sum = one + e.power;
    const Vector lost = one - (sum - e.power);
    return divide(one, fma(e.grown, e.power, lost) + sum);
}

/// Terms of what an activation needs, where the last bits of a float do not matter.
using ActivationTerms = Terms<7>;

/// sums[I] = 1 + e^-x[I], for the activations: y = -x / ln2 = n + f, e^-x = 2^n 2^f. All vectors take each step together: alone, one waits
/// for its own results most of the time. 1 / sum is within 1e-7 of the logistic function, relatively 6e-7 for x > -10 and 4e-6 for x > -87.3;
/// below -88.4 the sum is infinite (where division is an estimate, 2^126). A NaN stays one.
template <class Series = ActivationTerms, int... I>
MDL_ALWAYS_INLINE void logistic_sums(const Vector* x, Vector* sums, std::integer_sequence<int, I...>) noexcept {
    constexpr int highest = Series::count - 1;
    constexpr float highest_power = divides_exactly ? 128.0f : 126.0f;  // Newton's steps do not take an infinity
    const Vector scale = broadcast(static_cast<float>(-1 / taylor::ln2)), magic = broadcast(0x1.8p23f + 127);  // as Nearest, n + 127
    Vector f[] = {max(broadcast(-126.0f), min(broadcast(highest_power), x[I] * scale))...};
    const Vector shifted[] = {f[I] + magic...};
    ((f[I] = f[I] - (shifted[I] - magic)), ...);
    ((sums[I] = broadcast(static_cast<float>(taylor::power_of_two[highest]))), ...);
    const auto step = [&](Vector coefficient) MDL_INLINE_LAMBDA { ((sums[I] = fma(sums[I], f[I], coefficient)), ...); };
    [&]<int... K>(std::integer_sequence<int, K...>) MDL_INLINE_LAMBDA {
        (step(broadcast(static_cast<float>(taylor::power_of_two[highest - 1 - K]))), ...);
    }(std::make_integer_sequence<int, highest>{});
    ((sums[I] = fma(sums[I], from_bits(bits(shifted[I]) << 23), broadcast(1.0f))), ...);
}

/// x[i] = 1 / (1 + e^-x[i]), or x[i] / (1 + e^-x[i]) (SiLU, Elfwing et al. 2017), i < N; errors as of logistic_sums.
template <bool Silu, int N>
MDL_ALWAYS_INLINE void logistic(Vector* x) noexcept {
    [&]<int... I>(std::integer_sequence<int, I...> all) MDL_INLINE_LAMBDA {
        Vector sums[N];
        logistic_sums(x, sums, all);
        ((x[I] = divide(Silu ? x[I] : broadcast(1.0f), sums[I])), ...);
    }(std::make_integer_sequence<int, N>{});
}

/// The same for any number of vectors in memory, three or four together. Out of line: the registers are free then, and all tiles call the
/// same code.
template <bool Silu>
__attribute__((noinline)) void logistic(Vector* x, int count) noexcept {
    for (; count > 4 || count == 3; count -= 3, x += 3) logistic<Silu, 3>(x);
    if (count == 4) logistic<Silu, 4>(x);
    if (count == 2) logistic<Silu, 2>(x);
    if (count == 1) logistic<Silu, 1>(x);
}

/// tanh x within 2 ulp (4 where division is an estimate): -g / (g + 2) with g = e^-2|x| - 1 = 2^n (e^r - 1) + (2^n - 1), which loses
/// nothing near zero.
template <class Series = ExpTerms>
MDL_ALWAYS_INLINE auto tanh(Vector x) noexcept -> Vector {
    const Vector one = broadcast(1.0f);
    const IntVector sign = bits(x) & bits(broadcast(-0.0f));
    const Vector minus = from_bits(bits(x) | bits(broadcast(-0.0f)));   // -|x|
    const ReducedExp<Series> e(max(broadcast(-20.0f), minus + minus));  // tanh 10 is 1 to a float; a NaN stays one
    // From 2^n -+ 1, which is exact, each side of the fraction is rounded once.
    const Vector fraction = divide(fma(e.grown, e.power, e.power - one), fma(e.grown, e.power, e.power + one));
    return from_bits((bits(fraction) & IntVector(0x7fffffff)) | sign);
}

/// ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|) within 1e-7 of the larger of it and 1; a NaN stays one.
MDL_ALWAYS_INLINE auto softplus(Vector x) noexcept -> Vector {
    const Vector one = broadcast(1.0f), e = exp(from_bits(bits(x) | bits(broadcast(-0.0f))));  // e^-|x|
    const Vector u = one + e;
    return max(zero(), x) + (log(u) + divide(e - (u - one), u));  // what 1 + e rounds away, by the first term of its series
}

/// erf x within 5e-7; a NaN stays one. Method: 1 - (a1 t + ... + a5 t^5) e^-x^2, t = 1 / (1 + p |x|), and near 0 its series.
/// Source: Abramowitz & Stegun 1964, 7.1.26 and 7.1.5.
MDL_ALWAYS_INLINE auto erf(Vector x) noexcept -> Vector {
    const Vector one = broadcast(1.0f);
    const IntVector sign = bits(x) & bits(broadcast(-0.0f));
    const Vector size = min(broadcast(10.0f), from_bits(bits(x) & IntVector(0x7fffffff)));
    const Vector square = size * size;
    const Vector t = divide(one, fma(size, broadcast(0.3275911f), one));
    Vector p = fma(t, broadcast(1.061405429f), broadcast(-1.453152027f));
    p = fma(t, p, broadcast(1.421413741f));
    p = fma(t, p, broadcast(-0.284496736f));
    p = fma(t, p, broadcast(0.254829592f));
    const Vector far = one - p * t * exp(zero() - square);
    Vector q = fma(square, broadcast(1 / 216.0f), broadcast(-1 / 42.0f));
    q = fma(square, q, broadcast(0.1f));
    q = fma(square, q, broadcast(-1 / 3.0f));
    const Vector near = broadcast(1.12837917f) * fma(q * square, size, size);
    const Vector result = where_greater(size, broadcast(0.4f), far, near);
    return from_bits(bits(result) | sign);
}

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#if defined(__GNUC__) && !defined(__clang__) && defined(__AVX512F__)
#pragma GCC diagnostic pop
#endif

#endif
