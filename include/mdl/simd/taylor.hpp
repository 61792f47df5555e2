// mdl: the Taylor series of exp, sin and cos: coefficients, range reduction, and the functions at compile time.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/base/config.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace mdl {
inline namespace MDL_ISA {
namespace simd {

/// How many terms of its series a function sums: exp<Terms<5>>(x) takes 1 + r + r^2/2! + r^3/3! + r^4/4!.
template <int N>
struct Terms {
    static_assert(N >= 2 && N <= 16, "mdl: a Taylor series is cut after 2 to 16 terms");
    static constexpr int count = N;
};

// The least number of terms whose rest is below half a unit in the last place of a float (of a double):
// exp, |r| <= ln2 / 2: r^8 / 8! = 5e-9 (r^14 / 14! = 4e-18).  cos, |r| <= pi / 4: r^10 / 10! = 2.5e-8 (r^18 / 18! = 2e-18).
using ExpTerms = Terms<8>;
using SinTerms = Terms<5>;
using DoubleExpTerms = Terms<14>;
using DoubleSinTerms = Terms<9>;

namespace taylor {

/// 1 / k!
constexpr auto inverse_factorial(int k) noexcept -> double {
    double product = 1;
    for (int i = 2; i <= k; ++i) product *= i;
    return 1 / product;
}

/// The coefficients of a series behind its leading term: +-1 / first!, +-1 / (first + step)!, ...; where they alternate, minus comes first.
struct Rest {
    int first = 2, step = 1;
    bool alternates = false;
    constexpr auto operator[](int i) const noexcept -> double {
        return (alternates && i % 2 == 0 ? -1 : 1) * inverse_factorial(first + i * step);
    }
};
inline constexpr Rest exp_rest{2, 1, false};  // e^r = 1 + r + r^2 (1/2! + r/3! + r^2/4! + ...)
inline constexpr Rest sin_rest{3, 2, true};   // sin r = r + r z (-1/3! + z/5! - ...), z = r^2
inline constexpr Rest cos_rest{2, 2, true};   // cos r = 1 + z (-1/2! + z/4! - ...)

/// The first `count` significant bits of x, the others zero.
constexpr auto leading_bits(double x, int count) noexcept -> double {
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(x) & (~std::uint64_t{0} << (53 - count)));
}

// A reduction x - n c stays exact when c is a sum of parts so short that n times a part is exact (Cody & Waite 1980).
inline constexpr double ln2 = 0x1.62e42fefa39efp-1;            // ln 2, its first 53 bits
inline constexpr double ln2_tail = 0x1.abc9e3b39803fp-56;      // and the next 53
inline constexpr double half_pi = 0x1.921fb54442d18p+0;        // pi / 2, its first 53 bits
inline constexpr double half_pi_tail = 0x1.1a62633145c07p-54;  // and the next 53

/// ln 2 rounded to 9 bits, 355/512: its product with any n of a float's or double's exponent is exact. The rest is the second part.
inline constexpr double ln2_high = leading_bits(ln2 + 0x1p-10, 9);
inline constexpr double ln2_low = ln2 - ln2_high + ln2_tail;

/// pi / 2 in parts of `width` bits each, the last one of as many as its type has.
template <int Parts, int Width>
struct HalfPi {
    double part[Parts]{};
    constexpr HalfPi() noexcept {
        double left = half_pi;
        for (int i = 0; i < Parts - 1; left -= part[i], ++i) part[i] = leading_bits(left, Width);
        part[Parts - 1] = left + half_pi_tail;
    }
};

/// The series of 2^f = e^(f ln2): 1, ln2, ln2^2 / 2!, ...
struct PowerOfTwo {
    constexpr auto operator[](int k) const noexcept -> double {
        double product = inverse_factorial(k);
        for (int i = 0; i < k; ++i) product *= ln2;
        return product;
    }
};
inline constexpr PowerOfTwo power_of_two{};

inline constexpr float lowest_exp = -87.3f, highest_exp = 88.3f;  // between them e^x is a normal float
inline constexpr double largest_angle = 1e5;                      // the largest |x| of which the twins of sin and cos are accurate

// The vector functions' twins for constant expressions and tests: the same reductions and series in double precision, a float's
// result rounded once. A NaN stays one.
template <class T>
concept FloatOrDouble = std::same_as<T, float> || std::same_as<T, double>;

namespace detail {

/// The series asked for, or the default of its type.
template <class Series, class T, class ForFloat, class ForDouble>
using Chosen =
    std::conditional_t<!std::is_void_v<Series>, Series, std::conditional_t<std::same_as<T, float>, ForFloat, ForDouble>>;

/// rest[0] + rest[1] x + ... of `count` coefficients.
constexpr auto horner(Rest rest, int count, double x) noexcept -> double {
    double p = 0;
    for (int i = count - 1; i >= 0; --i) p = p * x + rest[i];
    return p;
}
constexpr auto clamp(double x, double lo, double hi) noexcept -> double { return x < lo ? lo : x > hi ? hi : x; }

/// The integer nearest to x, and its lowest bits: adding 1.5 * 2^52 rounds to it and leaves it in the low bits of the sum.
struct Nearest {
    double n;
    std::uint64_t low_bits;
    constexpr explicit Nearest(double x) noexcept : n(x + 0x1.8p52 - 0x1.8p52), low_bits(std::bit_cast<std::uint64_t>(x + 0x1.8p52)) {}
};

/// x = n ln2 + r: 2^n and e^r - 1.
struct ReducedExp {
    double power, grown;
    constexpr ReducedExp(double x, int terms) noexcept : power(0), grown(0) {
        const Nearest nearest(x / ln2);
        const double r = x - nearest.n * ln2_high - nearest.n * ln2_low;
        power = std::bit_cast<double>((nearest.low_bits + 1023) << 52);
        grown = r + r * r * horner(exp_rest, terms - 2, r);
    }
};

/// sin(x + quarters pi/2)
constexpr auto sin(double x, unsigned quarters, int terms) noexcept -> double {
    if (!(x >= -std::numeric_limits<double>::max() && x <= std::numeric_limits<double>::max())) return std::numeric_limits<double>::quiet_NaN();
    x = clamp(x, -1e15, 1e15);
    const Nearest nearest(x / half_pi);
    // Two parts of 33 and 20 bits, and the tail.
    constexpr double high = leading_bits(half_pi, 33), middle = half_pi - high;
    const double r = clamp(x - nearest.n * high - nearest.n * middle - nearest.n * half_pi_tail, -0.8, 0.8);
    const double z = r * r;
    const std::uint64_t quadrant = nearest.low_bits + quarters;
    const double size = quadrant % 2 == 0 ? r + r * z * horner(sin_rest, terms - 1, z) : 1 + z * horner(cos_rest, terms - 1, z);
    return quadrant & 2 ? -size : size;
}

}  // namespace detail

/// e^x; x is clamped to [-87.3, 88.3], a double to [-708, 709].
template <class Series = void, FloatOrDouble T>
constexpr auto exp(T x) noexcept -> T {
    if (x != x) return x;
    constexpr bool is_float = std::same_as<T, float>;
    using Used = detail::Chosen<Series, T, ExpTerms, DoubleExpTerms>;
    const detail::ReducedExp e(detail::clamp(x, is_float ? lowest_exp : -708, is_float ? highest_exp : 709), Used::count);
    return static_cast<T>(e.power * e.grown + e.power);
}

/// sin x, cos x. Beyond largest_angle a number in [-1, 1] that means nothing; of an infinity a NaN.
template <class Series = void, FloatOrDouble T>
constexpr auto sin(T x) noexcept -> T {
    if (x == 0) return x;
    return static_cast<T>(detail::sin(x, 0, detail::Chosen<Series, T, SinTerms, DoubleSinTerms>::count));
}
template <class Series = void, FloatOrDouble T>
constexpr auto cos(T x) noexcept -> T {
    return static_cast<T>(detail::sin(x, 1, detail::Chosen<Series, T, SinTerms, DoubleSinTerms>::count));
}

/// 1 / (1 + e^-x)
template <class Series = void, FloatOrDouble T>
constexpr auto sigmoid(T x) noexcept -> T {
    using Used = detail::Chosen<Series, T, ExpTerms, DoubleExpTerms>;
    return static_cast<T>(1 / (1 + exp<Used>(-static_cast<double>(x))));
}

/// tanh x = -g / (g + 2), g = e^-2|x| - 1
template <class Series = void, FloatOrDouble T>
constexpr auto tanh(T x) noexcept -> T {
    if (x != x || x == 0) return x;
    const double size = detail::clamp(x < 0 ? -x : x, 0, 20);
    const detail::ReducedExp e(-2 * size, detail::Chosen<Series, T, ExpTerms, DoubleExpTerms>::count);
    const double grown = e.power * e.grown + (e.power - 1);
    const double y = -grown / (grown + 2);
    return static_cast<T>(x < 0 ? -y : y);
}

}  // namespace taylor
}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl
