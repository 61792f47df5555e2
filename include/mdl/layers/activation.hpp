// mdl: activations, one number at a time.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/real.hpp>

namespace mdl {

namespace layers {

constexpr auto activation_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (op.activation.kind == ActivationKind::clip && !(op.activation.a <= op.activation.b)) return graph::failed(graph::Problem::clip_is_empty, in[0]);
    return shaped(in[0]);
}

constexpr auto activation_description(const Activation& activation) noexcept -> graph::Description {
    Operation op;
    op.op = Op::activation;
    op.activation = activation;
    return {op, &activation_shape, 1, 1};
}

constexpr auto prelu_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (in[0].rank < 2) return graph::failed(graph::Problem::wrong_rank, in[0], Shape{2});
    graph::Inference found;
    found.shape = in[0];
    found.add_weight(graph::Role::slope, Shape{op.size == 1 ? 1 : in[0][1]});
    return checked(found);
}

/// One slope a channel, or one for all.
constexpr auto prelu_description(bool shared = false) noexcept -> graph::Description {
    Operation op;
    op.op = Op::prelu;
    op.size = shared ? 1 : 0;
    return {op, &prelu_shape, 1, 1};
}

template <ActivationKind Kind, Real A = 0, Real B = 0>
struct ActivationLayer {
    static constexpr graph::Description description = activation_description({Kind, static_cast<float>(A), static_cast<float>(B)});
};

}  // namespace layers

/// max(x, 0)
struct Relu : layers::ActivationLayer<ActivationKind::relu> {};
/// min(max(x, Lo), Hi)
template <Real Lo, Real Hi>
struct Clip : layers::ActivationLayer<ActivationKind::clip, Lo, Hi> {};
/// min(max(x, 0), 6)
struct Relu6 : Clip<0, 6> {};
/// x > 0 ? x : A x
template <Real A = 0.01>
struct LeakyRelu : layers::ActivationLayer<ActivationKind::leaky_relu, A> {};
/// x > 0 ? x : A (exp(x) - 1).  Source: Clevert et al. 2015.
template <Real A = 1>
struct Elu : layers::ActivationLayer<ActivationKind::elu, A> {};
/// 1 / (1 + exp(-x))
struct Sigmoid : layers::ActivationLayer<ActivationKind::sigmoid> {};
struct Tanh : layers::ActivationLayer<ActivationKind::tanh> {};
/// min(max(A x + B, 0), 1).  Source: ONNX HardSigmoid-6; PyTorch's has A = 1/6.
template <Real A = 0.2, Real B = 0.5>
struct HardSigmoid : layers::ActivationLayer<ActivationKind::hard_sigmoid, A, B> {};
/// x min(max(x / 6 + 1/2, 0), 1).  Source: Howard et al. 2019, section 5.2.
struct HardSwish : layers::ActivationLayer<ActivationKind::hard_swish> {};
/// x / (1 + exp(-x)).  Source: Elfwing et al. 2017.
struct Silu : layers::ActivationLayer<ActivationKind::silu> {};
struct Exp : layers::ActivationLayer<ActivationKind::exp> {};
/// log(1 + exp(x))
struct Softplus : layers::ActivationLayer<ActivationKind::softplus> {};
/// x / (1 + |x|)
struct Softsign : layers::ActivationLayer<ActivationKind::softsign> {};
/// x / 2 (1 + erf(x / sqrt(2))).  Source: Hendrycks & Gimpel 2016.
struct Gelu : layers::ActivationLayer<ActivationKind::gelu> {};
/// x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).  Source: the same, section 2.
struct GeluTanh : layers::ActivationLayer<ActivationKind::gelu_tanh> {};
/// x tanh(log(1 + exp(x))).  Source: Misra 2019.
struct Mish : layers::ActivationLayer<ActivationKind::mish> {};
/// Gamma (x > 0 ? x : A (exp(x) - 1)).  Source: Klambauer et al. 2017.
template <Real A = 1.67326319217681884765625, Real Gamma = 1.05070102214813232421875>
struct Selu : layers::ActivationLayer<ActivationKind::selu, A, Gamma> {};
/// x > 0 ? x : A (exp(x / A) - 1), A > 0.  Source: Barron 2017.
template <Real A = 1>
struct Celu : layers::ActivationLayer<ActivationKind::celu, A> {};
/// x > A ? x : 0.  Source: ONNX ThresholdedRelu-10.
template <Real A = 1>
struct ThresholdedRelu : layers::ActivationLayer<ActivationKind::thresholded_relu, A> {};
/// x < -Lambda ? x + Bias : x > Lambda ? x - Bias : 0.  Source: ONNX Shrink-9.
template <Real Lambda = 0.5, Real Bias = 0>
struct Shrink : layers::ActivationLayer<ActivationKind::shrink, Lambda, Bias> {};
/// x^Exponent; no number for a negative x and an exponent that is no integer.
template <Real Exponent>
struct Power : layers::ActivationLayer<ActivationKind::power, Exponent> {};
struct Abs : layers::ActivationLayer<ActivationKind::abs> {};
/// -x
struct Negate : layers::ActivationLayer<ActivationKind::negate> {};
struct Sqrt : layers::ActivationLayer<ActivationKind::sqrt> {};
/// 1 / x
struct Reciprocal : layers::ActivationLayer<ActivationKind::reciprocal> {};
/// The natural logarithm.
struct Log : layers::ActivationLayer<ActivationKind::log> {};
struct Floor : layers::ActivationLayer<ActivationKind::floor> {};
struct Ceiling : layers::ActivationLayer<ActivationKind::ceil> {};
/// To the nearest integer, halves to the even one.
struct Round : layers::ActivationLayer<ActivationKind::round> {};
/// -1, 0 or 1
struct Sign : layers::ActivationLayer<ActivationKind::sign> {};
/// 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.
struct Erf : layers::ActivationLayer<ActivationKind::erf> {};
struct Sin : layers::ActivationLayer<ActivationKind::sin> {};
struct Cos : layers::ActivationLayer<ActivationKind::cos> {};
struct Tan : layers::ActivationLayer<ActivationKind::tan> {};
struct Asin : layers::ActivationLayer<ActivationKind::asin> {};
struct Acos : layers::ActivationLayer<ActivationKind::acos> {};
struct Atan : layers::ActivationLayer<ActivationKind::atan> {};
struct Sinh : layers::ActivationLayer<ActivationKind::sinh> {};
struct Cosh : layers::ActivationLayer<ActivationKind::cosh> {};
struct Asinh : layers::ActivationLayer<ActivationKind::asinh> {};
struct Acosh : layers::ActivationLayer<ActivationKind::acosh> {};
struct Atanh : layers::ActivationLayer<ActivationKind::atanh> {};
/// 1 where x is no number, else 0.
struct IsNan : layers::ActivationLayer<ActivationKind::is_nan> {};
/// 1 where x is infinite, else 0; Positive and Negative say which infinities count.
template <bool Positive = true, bool Negative = true>
struct IsInf : layers::ActivationLayer<ActivationKind::is_inf, Positive ? 1 : 0, Negative ? 1 : 0> {};

/// x > 0 ? x : slope(c) x, one learned slope a channel.  Source: He et al. 2015.
struct Prelu {
    static constexpr graph::Description description = layers::prelu_description();
};
/// The same with one learned slope for all channels.
struct SharedPrelu {
    static constexpr graph::Description description = layers::prelu_description(true);
};

}  // namespace mdl
