// mdl: prints the errors of exp, sin, cos, sigmoid and tanh over all floats, and their speed beside others', by number of terms.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <mdl/simd/math.hpp>
#include <mdl/simd/trigonometry.hpp>

namespace {

namespace simd = mdl::simd;

constexpr int block = 4096;  // floats at a time; 16 KB in and 16 KB out stay in the first cache
using Buffer = std::vector<float, Eigen::aligned_allocator<float>>;
using Run = void (*)(const float* x, float* y);

struct Candidate {
    std::string name;
    Run run = nullptr;
    double error = 0, nanoseconds = 0;
    float where = 0;
    std::int64_t broken = 0;  // results that are no number, or out of the function's range, or a number of a NaN
};

struct Function {
    const char* name;
    double (*exact)(double);
    float lowest, highest;            // where errors are counted; elsewhere only that the result is in the range
    float least, most;                // the function's range
    bool infinity_is_nan;             // of sin and cos
    float time_from, time_to;         // the arguments of the speed test
    std::vector<Candidate> candidates{};
};

template <class F>
void vectors(const float* x, float* y, F f) {
    for (int i = 0; i < block; i += simd::lanes) simd::store(y + i, f(simd::load(x + i)));
}
template <class F>
void scalars(const float* x, float* y, F f) {
    for (int i = 0; i < block; ++i) y[i] = f(x[i]);
}
template <class F>
void arrays(const float* x, float* y, F f) {
    using Array = Eigen::Array<float, block, 1>;
    Eigen::Map<Array, Eigen::Aligned32> to(y);
    to = f(Eigen::Map<const Array, Eigen::Aligned32>(x));
}

/// Four vectors at a time, as the kernels do.
void activation(const float* x, float* y) {
    for (int i = 0; i < block; i += 4 * simd::lanes) {
        simd::Vector v[4];
        for (int k = 0; k < 4; ++k) v[k] = simd::load(x + i + k * simd::lanes);
        simd::logistic<false, 4>(v);
        for (int k = 0; k < 4; ++k) simd::store(y + i + k * simd::lanes, v[k]);
    }
}

#define MATH_ERROR_OURS(function, n) \
    Candidate{"mdl, " #n " terms", [](const float* x, float* y) { vectors(x, y, [](auto v) { return simd::function<simd::Terms<n>>(v); }); }}
#define MATH_ERROR_STD(expression) \
    Candidate{"std", [](const float* x, float* y) { scalars(x, y, [](float v) { return expression; }); }}
#define MATH_ERROR_EIGEN(function) \
    Candidate{"Eigen", [](const float* x, float* y) { arrays(x, y, [](const auto& v) { return v.function(); }); }}
#define MATH_ERROR_XSIMD(function) \
    Candidate{"xsimd", [](const float* x, float* y) { vectors(x, y, [](auto v) { return xsimd::function(v); }); }}

auto functions() -> std::vector<Function> {
    constexpr float largest = 3.402823466e38f, angle = simd::largest_angle;
    return {
        {"exp", [](double x) { return std::exp(x); }, -87.3f, 88.3f, 0, largest, false, -10, 10,
         {MATH_ERROR_OURS(exp, 4), MATH_ERROR_OURS(exp, 5), MATH_ERROR_OURS(exp, 6), MATH_ERROR_OURS(exp, 7), MATH_ERROR_OURS(exp, 8),
          MATH_ERROR_STD(std::exp(v)), MATH_ERROR_EIGEN(exp), MATH_ERROR_XSIMD(exp)}},
        {"sin", [](double x) { return std::sin(x); }, -angle, angle, -1, 1, true, -10, 10,
         {MATH_ERROR_OURS(sin, 2), MATH_ERROR_OURS(sin, 3), MATH_ERROR_OURS(sin, 4), MATH_ERROR_OURS(sin, 5), MATH_ERROR_OURS(sin, 6),
          MATH_ERROR_STD(std::sin(v)), MATH_ERROR_EIGEN(sin), MATH_ERROR_XSIMD(sin)}},
        {"cos", [](double x) { return std::cos(x); }, -angle, angle, -1, 1, true, -10, 10,
         {MATH_ERROR_OURS(cos, 2), MATH_ERROR_OURS(cos, 3), MATH_ERROR_OURS(cos, 4), MATH_ERROR_OURS(cos, 5), MATH_ERROR_OURS(cos, 6),
          MATH_ERROR_STD(std::cos(v)), MATH_ERROR_EIGEN(cos), MATH_ERROR_XSIMD(cos)}},
        {"sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }, -87.3f, largest, 0, 1, false, -10, 10,
         {MATH_ERROR_OURS(sigmoid, 4), MATH_ERROR_OURS(sigmoid, 5), MATH_ERROR_OURS(sigmoid, 6), MATH_ERROR_OURS(sigmoid, 7),
          MATH_ERROR_OURS(sigmoid, 8), {"mdl, of activations", activation}, MATH_ERROR_STD(1 / (1 + std::exp(-v))), MATH_ERROR_EIGEN(logistic)}},
        {"tanh", [](double x) { return std::tanh(x); }, -largest, largest, -1, 1, false, -5, 5,
         {MATH_ERROR_OURS(tanh, 4), MATH_ERROR_OURS(tanh, 5), MATH_ERROR_OURS(tanh, 6), MATH_ERROR_OURS(tanh, 7), MATH_ERROR_OURS(tanh, 8),
          MATH_ERROR_STD(std::tanh(v)), MATH_ERROR_EIGEN(tanh), MATH_ERROR_XSIMD(tanh)}},
    };
}

/// 1 / the distance of the floats around y.
auto ulps(double y) -> double {
    const int exponent = static_cast<int>(std::bit_cast<std::uint64_t>(y) >> 52 & 0x7ff) - 1023;
    return std::bit_cast<double>(static_cast<std::uint64_t>(1023 - std::max(exponent - 23, -149)) << 52);
}

/// Every stride-th of the 2^32 floats.
void measure_errors(Function& f, std::uint64_t stride) {
    Buffer x(block), y(block);
    std::vector<double> exact(block);
    for (std::uint64_t bits = 0; bits < std::uint64_t{1} << 32;) {
        for (std::size_t i = 0; i < block; ++i, bits += stride) {
            x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(std::min(bits, std::uint64_t{0xffffffff})));
            exact[i] = x[i] >= f.lowest && x[i] <= f.highest ? f.exact(static_cast<double>(x[i])) : 0;
        }
        for (Candidate& c : f.candidates) {
            c.run(x.data(), y.data());
            for (std::size_t i = 0; i < block; ++i) {
                if (std::isnan(x[i]) || (f.infinity_is_nan && std::isinf(x[i]))) {
                    c.broken += !std::isnan(y[i]);
                    continue;
                }
                c.broken += !(y[i] >= f.least && y[i] <= f.most);
                if (!(x[i] >= f.lowest && x[i] <= f.highest)) continue;
                const double error = std::fabs(static_cast<double>(y[i]) - exact[i]) * ulps(exact[i]);
                if (error > c.error) c.error = error, c.where = x[i];
            }
        }
    }
}

/// Median over the rounds, all candidates in turn in each.
void measure_speed(Function& f, int rounds) {
    Buffer x(block), y(block);
    for (std::size_t i = 0; i < block; ++i)  // in no order that a branch could learn
        x[i] = f.time_from + (f.time_to - f.time_from) * static_cast<float>((i * 2654435761U >> 8) % block) / block;
    std::vector<std::vector<double>> times(f.candidates.size());
    for (int round = -1; round < rounds; ++round)  // the first one warms up
        for (std::size_t k = 0; k < f.candidates.size(); ++k) {
            constexpr int repeats = 500;
            const auto start = std::chrono::steady_clock::now();
            for (int i = 0; i < repeats; ++i) {
                f.candidates[k].run(x.data(), y.data());
                asm volatile("" ::: "memory");
            }
            const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - start;
            if (round >= 0) times[k].push_back(time.count() / repeats / block);
        }
    for (std::size_t k = 0; k < times.size(); ++k) {
        std::sort(times[k].begin(), times[k].end());
        f.candidates[k].nanoseconds = times[k][times[k].size() / 2];
    }
}

}  // namespace

int main(int count, char** arguments) {
    std::uint64_t stride = 1;
    int rounds = 9;
    std::string only;
    for (int i = 1; i < count; ++i) {
        const std::string option = arguments[i];
        if (option == "--stride" && i + 1 < count) {
            stride = std::max(std::strtoull(arguments[++i], nullptr, 10), 1ULL);
        } else if (option == "--rounds" && i + 1 < count) {
            rounds = std::max(std::atoi(arguments[++i]), 3);
        } else if (option == "--only" && i + 1 < count) {
            only = arguments[++i];
        } else {
            std::fprintf(stderr, "usage: math_error [--stride N] [--rounds N] [--only FUNCTION]\n");
            return 2;
        }
    }
    std::printf("%d lanes; errors over every %sof the 2^32 floats; times are medians of %d rounds in turn\n\n", simd::lanes,
                stride == 1 ? "one " : (std::to_string(stride) + "th ").c_str(), rounds);
    std::printf("| function | by | largest error, ulp | at | ns a value | broken |\n|---|---|---:|---:|---:|---:|\n");
    for (Function& f : functions()) {
        if (!only.empty() && only != f.name) continue;
        measure_speed(f, rounds);
        measure_errors(f, stride);
        for (const Candidate& c : f.candidates) {
            std::printf(c.error < 1e5 ? "| %s | %s | %.3f | %.9g | %.3f | " : "| %s | %s | %.3g | %.9g | %.3f | ", f.name, c.name.c_str(), c.error,
                        static_cast<double>(c.where), c.nanoseconds);
            // What others promise of infinities and overflow is not ours to count.
            c.name.starts_with("mdl") ? std::printf("%lld |\n", static_cast<long long>(c.broken)) : std::printf("|\n");
        }
        std::fflush(stdout);
    }
}
