// mdl: reference activations, one value at a time.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// The activation of one value, in double; the formulas stand beside ActivationKind.
inline auto activate(const Activation& activation, double x) noexcept -> double {
    const double a = static_cast<double>(activation.a), b = static_cast<double>(activation.b);
    const auto clamp = [](double value, double low, double high) {
        const double raised = value < low ? low : value;
        return raised > high ? high : raised;
    };
    switch (activation.kind) {
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
    }
    return x;
}

/// y = activation(x) for each of `count` values; y may be x.
inline void activation(const Activation& activation, std::int64_t count, const float* x, float* y) noexcept {
    for (std::int64_t i = 0; i < count; ++i) y[i] = static_cast<float>(activate(activation, static_cast<double>(x[i])));
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
