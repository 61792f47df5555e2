// mdl: tests of the Taylor series: at compile time, and as vectors against double precision by number of terms.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include <mdl/simd/taylor.hpp>
#include <mdl/simd/trigonometry.hpp>

using namespace mdl;
using simd::Terms;
namespace taylor = simd::taylor;

namespace {

constexpr auto near(double a, double b, double tolerance) -> bool { return a - b <= tolerance && b - a <= tolerance; }

// Two units in a double's last place of numbers near 1.
constexpr double tiny = 5e-16;
static_assert(taylor::inverse_factorial(7) == 1.0 / 5040);
static_assert(taylor::ln2_high == 0.693359375 && near(taylor::ln2_low, -2.12194440054690583e-4, 1e-19));
static_assert(taylor::exp(0.0) == 1 && taylor::exp(0.0f) == 1);
static_assert(near(taylor::exp(1.0), 2.718281828459045235, 2 * tiny));
static_assert(taylor::exp(1.0f) == 2.71828182845904523f);
static_assert(near(taylor::exp<Terms<3>>(0.1), 1.105, 1e-15), "1 + x + x^2 / 2");
static_assert(near(taylor::sin(1.0), 0.841470984807896507, tiny) && near(taylor::cos(1.0), 0.540302305868139717, tiny));
static_assert(near(taylor::sin(3e4), -0.802665441867374, 1e-13) && near(taylor::cos(3e4), -0.5964295335006922, 1e-13));
static_assert(near(taylor::tanh(0.5), 0.462117157260009758, tiny) && taylor::tanh(-40.0) == -1);
static_assert(near(taylor::sigmoid(2.0), 0.880797077977882444, tiny));
static_assert(taylor::sin(1e30) <= 1 && taylor::sin(1e30) >= -1);
static_assert(std::bit_cast<std::uint64_t>(taylor::sin(std::numeric_limits<double>::infinity())) << 1 > std::uint64_t{0x7ff} << 53, "a NaN");

}  // namespace

TEST_CASE("the series at compile time agree with the standard library in double precision") {
    for (int i = -2000; i <= 2000; ++i) {
        const double x = i * 0.0137;
        CHECK(near(taylor::exp(x) / std::exp(x), 1, 1e-15));
        CHECK(near(taylor::sin(x), std::sin(x), tiny));
        CHECK(near(taylor::cos(x), std::cos(x), tiny));
        CHECK(near(taylor::tanh(x), std::tanh(x), 1e-15));
        CHECK(near(taylor::sigmoid(x), 1 / (1 + std::exp(-x)), 1e-15));
    }
    CHECK(std::isnan(taylor::exp(std::numeric_limits<float>::quiet_NaN())));
    CHECK(std::isnan(taylor::cos(std::numeric_limits<float>::infinity())));
}

#if MDL_SIMD

namespace {

template <class F>
auto first_lane(F f, float x) -> float {
    float lanes[simd::lanes];
    simd::store(lanes, f(simd::broadcast(x)));
    return lanes[0];
}

/// What vectors see in a number.
auto seen(double x) -> double {
    return simd::flushes_subnormals && std::fabs(x) < static_cast<double>(std::numeric_limits<float>::min()) ? std::copysign(0.0, x) : x;
}

/// Largest error in units of the result's last place over every 40009th float of [from, to].
template <class F>
auto ulps(F f, double (*exact)(double), float from, float to) -> double {
    double largest = 0;
    for (std::uint64_t i = 0; i < std::uint64_t{1} << 32; i += 40009) {
        const float x = std::bit_cast<float>(static_cast<std::uint32_t>(i));
        if (!(x >= from && x <= to)) continue;
        const double truth = seen(exact(seen(static_cast<double>(x))));
        int exponent = 0;
        static_cast<void>(std::frexp(truth, &exponent));
        const double unit = std::ldexp(1.0, exponent - 24 < -149 ? -149 : exponent - 24);
        const double error = std::fabs(static_cast<double>(first_lane(f, x)) - truth) / unit;
        largest = error <= largest ? largest : error;  // a NaN counts
    }
    return largest;
}

constexpr float all = std::numeric_limits<float>::max();
const auto exact_exp = [](double x) { return std::exp(x); };
const auto exact_sin = [](double x) { return std::sin(x); };
const auto exact_cos = [](double x) { return std::cos(x); };
const auto exact_tanh = [](double x) { return std::tanh(x); };
const auto exact_sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };

template <class T>
auto exp_error() -> double {
    return ulps([](simd::Vector x) { return simd::exp<T>(x); }, exact_exp, -87.3f, 88.3f);
}
template <class T>
auto sin_error() -> double {
    return ulps([](simd::Vector x) { return simd::sin<T>(x); }, exact_sin, -simd::largest_angle, simd::largest_angle);
}
template <class T>
auto cos_error() -> double {
    return ulps([](simd::Vector x) { return simd::cos<T>(x); }, exact_cos, -simd::largest_angle, simd::largest_angle);
}
template <class T>
auto tanh_error() -> double {
    return ulps([](simd::Vector x) { return simd::tanh<T>(x); }, exact_tanh, -all, all);
}
template <class T>
auto sigmoid_error() -> double {
    return ulps([](simd::Vector x) { return simd::sigmoid<T>(x); }, exact_sigmoid, -87.3f, all);
}

const auto activation_sigmoid = [](simd::Vector x) {
    simd::logistic<false, 1>(&x);
    return x;
};
const auto activation_silu = [](simd::Vector x) {
    simd::logistic<true, 1>(&x);
    return x;
};
const auto vector_sin = [](simd::Vector x) { return simd::sin(x); };
const auto vector_cos = [](simd::Vector x) { return simd::cos(x); };
const auto vector_tanh = [](simd::Vector x) { return simd::tanh(x); };

}  // namespace

TEST_CASE("the default number of terms keeps every function within 2 ulp, 4 where division is an estimate") {
    constexpr double divided = simd::divides_exactly ? 2 : 4;
    CHECK(exp_error<simd::ExpTerms>() <= 2);
    CHECK(sin_error<simd::SinTerms>() <= 2);
    CHECK(cos_error<simd::SinTerms>() <= 2);
    CHECK(tanh_error<simd::ExpTerms>() <= divided);
    CHECK(sigmoid_error<simd::ExpTerms>() <= divided);
}

TEST_CASE("each term more makes the error smaller") {
    // The rest of the series is its first missing term: r^n / n! at |r| = ln2 / 2, in units of 2^-24, and some rounding.
    const double exp4 = exp_error<Terms<4>>(), exp5 = exp_error<Terms<5>>(), exp6 = exp_error<Terms<6>>(), exp7 = exp_error<Terms<7>>();
    CHECK(exp4 < 9800);
    CHECK(exp5 < 700);
    CHECK(exp6 < 45);
    CHECK(exp7 < 4);
    CHECK((exp4 > exp5 && exp5 > exp6 && exp6 > exp7 && exp7 > exp_error<Terms<8>>()));
    const double tanh5 = tanh_error<Terms<5>>(), tanh7 = tanh_error<Terms<7>>();
    CHECK(tanh7 < 8);
    CHECK((tanh5 > tanh7 && tanh7 > tanh_error<Terms<8>>()));
    const double sigmoid5 = sigmoid_error<Terms<5>>(), sigmoid7 = sigmoid_error<Terms<7>>();
    CHECK(sigmoid7 < 4);
    CHECK((sigmoid5 > sigmoid7 && sigmoid7 > sigmoid_error<Terms<8>>()));
    const double sin3 = sin_error<Terms<3>>(), sin4 = sin_error<Terms<4>>();
    CHECK(sin4 < 70);
    CHECK((sin3 > sin4 && sin4 > sin_error<Terms<5>>()));
    const double cos3 = cos_error<Terms<3>>(), cos4 = cos_error<Terms<4>>();
    CHECK(cos4 < 70);
    CHECK((cos3 > cos4 && cos4 > cos_error<Terms<5>>()));
}

TEST_CASE("the activations' sigmoid and SiLU state their errors") {
    double absolute = 0, relative = 0, far = 0;
    for (std::uint64_t i = 0; i < std::uint64_t{1} << 32; i += 40009) {
        const float x = std::bit_cast<float>(static_cast<std::uint32_t>(i));
        if (!std::isfinite(x)) continue;
        const double y = first_lane(activation_sigmoid, x), truth = exact_sigmoid(static_cast<double>(x)), error = std::fabs(y - truth);
        CHECK((y >= 0 && y <= 1));
        if (!(error <= absolute)) absolute = error;
        if (x > -10 && !(error / truth <= relative)) relative = error / truth;
        if (x > (simd::divides_exactly ? -87.3f : -86.0f) && !(error / truth <= far)) far = error / truth;
        const double product = static_cast<double>(x) * y;
        if (std::fabs(x) > 1e-30f && std::fabs(x) < 80) CHECK(near(first_lane(activation_silu, x) / product, 1, simd::divides_exactly ? 1.2e-7 : 4e-7));
    }
    const double divided = simd::divides_exactly ? 0 : 2.5e-7;  // two units in the last place
    CHECK(absolute < 1e-7 + divided);
    CHECK(relative < 6e-7 + divided);
    CHECK(far < 4e-6 + divided);
    constexpr float infinity = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(first_lane(activation_sigmoid, infinity) == 1);
    CHECK(first_lane(activation_sigmoid, -infinity) == 0);
    CHECK(first_lane(activation_silu, infinity) == infinity);
    CHECK(first_lane(activation_silu, -1e30f) == 0);
    for (const float x : {nan, -nan, std::bit_cast<float>(0x7f812345u), std::bit_cast<float>(0xffffffffu)}) {
        CHECK(std::isnan(first_lane(activation_sigmoid, x)));
        CHECK(std::isnan(first_lane(activation_silu, x)));
    }
}

TEST_CASE("any number of vectors gets the same sigmoid as one") {
    for (int count = 0; count < 14; ++count) {
        simd::Vector x[14];
        for (int i = 0; i < 14; ++i) x[i] = simd::broadcast(static_cast<float>(i) - 6.5f);
        simd::logistic<false>(x, count);
        for (int i = 0; i < 14; ++i) {
            const float argument = static_cast<float>(i) - 6.5f;
            CHECK(first_lane([&](simd::Vector) { return x[i]; }, 0) == (i < count ? first_lane(activation_sigmoid, argument) : argument));
        }
    }
}

TEST_CASE("sine and cosine stay in [-1, 1] for any number; of an infinity or a NaN they are NaN") {
    for (std::uint64_t i = 0; i < std::uint64_t{1} << 32; i += 400009) {
        const float x = std::bit_cast<float>(static_cast<std::uint32_t>(i));
        const float sine = first_lane(vector_sin, x), cosine = first_lane(vector_cos, x);
        const bool finite = std::isfinite(x);
        CHECK((finite ? sine >= -1 && sine <= 1 && cosine >= -1 && cosine <= 1 : std::isnan(sine) && std::isnan(cosine)));
    }
    for (const float x : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
        CHECK(std::isnan(first_lane(vector_sin, x)));
        CHECK(std::isnan(first_lane(vector_cos, x)));
    }
    for (const float x : {all, -all}) CHECK(std::fabs(first_lane(vector_sin, x)) <= 1);
    CHECK(first_lane(vector_cos, 0.0f) == 1.0f);
    CHECK(first_lane(vector_sin, 1e-45f) == static_cast<float>(seen(1e-45f)));
}

TEST_CASE("tanh keeps the sign of zero and the smallest numbers") {
    CHECK(std::signbit(first_lane(vector_tanh, -0.0f)));
    CHECK(!std::signbit(first_lane(vector_tanh, 0.0f)));
    CHECK(first_lane(vector_tanh, 1e-45f) == static_cast<float>(seen(1e-45f)));
}

#endif
