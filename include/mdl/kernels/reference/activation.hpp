// mdl: reference activations, one value at a time.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// The activation of one value, in double; the formulas stand beside ActivationKind. One instantiation a kind: a program has the
/// code of those alone that its network names.
template <ActivationKind Kind>
auto activate(double a, double b, double x) noexcept -> double {
    constexpr double sqrt_half = 0.70710678118654752440, sqrt_2_over_pi = 0.79788456080286535588;
    const auto clamp = [](double value, double low, double high) {
        const double raised = value < low ? low : value;
        return raised > high ? high : raised;
    };
    const auto softplus = [](double value) { return std::fmax(value, 0) + std::log1p(std::exp(-std::fabs(value))); };
    switch (Kind) {
        case ActivationKind::none: return x;
        case ActivationKind::relu: return x < 0 ? 0.0 : x;
        case ActivationKind::clip: return clamp(x, a, b);
        case ActivationKind::leaky_relu: return x > 0 ? x : a * x;
        case ActivationKind::elu: return x > 0 ? x : a * std::expm1(x);
        case ActivationKind::sigmoid: return 1 / (1 + std::exp(-x));
        case ActivationKind::tanh: return std::tanh(x);
        case ActivationKind::hard_sigmoid: return clamp(a * x + b, 0, 1);
        case ActivationKind::hard_swish: return x * clamp(x / 6 + 0.5, 0, 1);
        case ActivationKind::silu: return x / (1 + std::exp(-x));
        case ActivationKind::exp: return std::exp(x);
        case ActivationKind::abs: return std::fabs(x);
        case ActivationKind::negate: return -x;
        case ActivationKind::sqrt: return std::sqrt(x);
        case ActivationKind::reciprocal: return 1 / x;
        case ActivationKind::log: return std::log(x);
        case ActivationKind::floor: return std::floor(x);
        case ActivationKind::ceil: return std::ceil(x);
        case ActivationKind::round: {
            const double down = std::floor(x), rest = x - down;
            const bool up = rest > 0.5 || (rest == 0.5 && std::fmod(down, 2) != 0);
            return up ? down + 1 : down;
        }
        case ActivationKind::sign: return x > 0 ? 1 : x < 0 ? -1 : x;
        case ActivationKind::erf: return std::erf(x);
        case ActivationKind::softplus: return softplus(x);
        case ActivationKind::softsign: return x / (1 + std::fabs(x));
        case ActivationKind::gelu: return 0.5 * x * (1 + std::erf(x * sqrt_half));
        case ActivationKind::gelu_tanh: return 0.5 * x * (1 + std::tanh(sqrt_2_over_pi * (x + 0.044715 * x * x * x)));
        case ActivationKind::mish: return x * std::tanh(softplus(x));
        case ActivationKind::selu: return b * (x > 0 ? x : a * std::expm1(x));
        case ActivationKind::celu: return x > 0 ? x : a * std::expm1(x / a);
        case ActivationKind::thresholded_relu: return x > a ? x : 0;
        case ActivationKind::shrink: return x < -a ? x + b : x > a ? x - b : 0;
        case ActivationKind::power: return std::pow(x, a);
        case ActivationKind::sin: return std::sin(x);
        case ActivationKind::cos: return std::cos(x);
        case ActivationKind::tan: return std::tan(x);
        case ActivationKind::asin: return std::asin(x);
        case ActivationKind::acos: return std::acos(x);
        case ActivationKind::atan: return std::atan(x);
        case ActivationKind::sinh: return std::sinh(x);
        case ActivationKind::cosh: return std::cosh(x);
        case ActivationKind::asinh: return std::asinh(x);
        case ActivationKind::acosh: return std::acosh(x);
        case ActivationKind::atanh: return std::atanh(x);
        case ActivationKind::is_nan: return std::isnan(x) ? 1 : 0;
        case ActivationKind::is_inf: return std::isinf(x) && (x > 0 ? a : b) != 0 ? 1 : 0;
        case ActivationKind::count: break;
    }
    return x;
}

/// y = activation(x) for each of `count` values; y may be x.
template <ActivationKind Kind>
void activation(float a, float b, std::int64_t count, const float* x, float* y) noexcept {
    for (std::int64_t i = 0; i < count; ++i)
        y[i] = static_cast<float>(activate<Kind>(static_cast<double>(a), static_cast<double>(b), static_cast<double>(x[i])));
}

/// The same for a kind known at run time only: in tests and tools, for it brings the code of all kinds.
inline void activation(const Activation& activation, std::int64_t count, const float* x, float* y) noexcept {
    using Function = void (*)(float, float, std::int64_t, const float*, float*) noexcept;
    static constexpr auto functions = []<std::size_t... K>(std::index_sequence<K...>) {
        return std::array<Function, sizeof...(K)>{&reference::activation<static_cast<ActivationKind>(K)>...};
    }(std::make_index_sequence<static_cast<std::size_t>(ActivationKind::count)>{});
    functions[static_cast<std::size_t>(activation.kind)](activation.a, activation.b, count, x, y);
}

/// y = x > 0 ? x : slope(c) * x; channels on axis 1; y may be x.  Source: ONNX PRelu-16.
inline void prelu(const Shape& shape, const float* x, const float* slope, float* y) noexcept {
    const std::int64_t plane = count_of(shape, 2, shape.rank);
    for (int n = 0; n < shape[0]; ++n)
        for (int c = 0; c < shape[1]; ++c)
            for (std::int64_t i = 0; i < plane; ++i, ++x, ++y) *y = *x > 0 ? *x : slope[c] * *x;
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
