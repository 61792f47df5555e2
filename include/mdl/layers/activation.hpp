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

/// x > 0 ? x : slope(c) x, one learned slope a channel.  Source: He et al. 2015.
struct Prelu {
    static constexpr graph::Description description = layers::prelu_description();
};
/// The same with one learned slope for all channels.
struct SharedPrelu {
    static constexpr graph::Description description = layers::prelu_description(true);
};

}  // namespace mdl
