// mdl: batch norm, scale and local response normalisation.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>

namespace mdl {

namespace layers {

constexpr auto batch_norm_shape(Operation&, std::span<const Shape> in) -> graph::Inference {
    if (in[0].rank < 2) return graph::failed(graph::Problem::wrong_rank, in[0], Shape{2});
    graph::Inference found;
    found.shape = in[0];
    for (const graph::Role role : {graph::Role::gamma, graph::Role::beta, graph::Role::mean, graph::Role::variance})
        found.add_weight(role, Shape{in[0][1]});
    return checked(found);
}

constexpr auto batch_norm_description(float epsilon) noexcept -> graph::Description {
    Operation op;
    op.op = Op::batch_norm;
    op.epsilon = epsilon;
    return {op, &batch_norm_shape, 1, 1};
}

constexpr auto scale_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (in[0].rank < 2) return graph::failed(graph::Problem::wrong_rank, in[0], Shape{2});
    graph::Inference found;
    found.shape = in[0];
    found.add_weight(graph::Role::weight, Shape{in[0][1]});
    if (op.bias) found.add_weight(graph::Role::bias, Shape{in[0][1]});
    return checked(found);
}

constexpr auto scale_description(bool bias) noexcept -> graph::Description {
    Operation op;
    op.op = Op::scale;
    op.bias = bias;
    return {op, &scale_shape, 1, 1};
}

constexpr auto lrn_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (in[0].rank != 4) return graph::failed(graph::Problem::wrong_rank, in[0], Shape{4});
    if (op.size < 1) return graph::failed(graph::Problem::not_positive, in[0], Shape{op.size});
    if (op.size % 2 == 0) return graph::failed(graph::Problem::lrn_size_even, in[0], Shape{op.size});
    return shaped(in[0]);
}

constexpr auto lrn_description(int size, float alpha, float beta, float k, bool within_channel) noexcept -> graph::Description {
    Operation op;
    op.op = Op::lrn;
    op.size = size, op.alpha = alpha, op.beta = beta, op.k = k;
    op.within_channel = within_channel;
    return {op, &lrn_shape, 1, 1};
}

}  // namespace layers

/// y = (x - mean(c)) / sqrt(variance(c) + epsilon) gamma(c) + beta(c), c along axis 1. Option: Epsilon (1e-5).
/// Source: Ioffe & Szegedy 2015.
template <class... Options>
struct BatchNorm {
    static_assert(layers::Takes<OptionKind::epsilon>::check<Options...>());
    static constexpr graph::Description description = [] {
        graph::Description result = layers::batch_norm_description(1e-5f);
        result.operation = layers::with<Options...>(result.operation);
        return result;
    }();
};

/// y = x weight(c) + bias(c), c along axis 1. Option: NoBias.  Source: Caffe's Scale layer.
template <class... Options>
struct Scale {
    static_assert(layers::Takes<OptionKind::no_bias>::check<Options...>());
    static constexpr graph::Description description = layers::scale_description(sizeof...(Options) == 0);
};

/// y(c) = x(c) / (k + alpha / size sum of x^2 over the size channels around c)^beta; WithinChannel: over size x size pixels around,
/// divided by size^2. Options: Size (5), Alpha (1e-4), Beta (0.75), K (1), WithinChannel.
/// Source: Krizhevsky et al. 2012, section 3.3; ONNX LRN-13; Caffe.
template <class... Options>
struct Lrn {
    static_assert(layers::Takes<OptionKind::size, OptionKind::alpha, OptionKind::beta, OptionKind::k, OptionKind::within_channel>::check<Options...>());
    static constexpr graph::Description description = [] {
        graph::Description result = layers::lrn_description(5, 1e-4f, 0.75f, 1, false);
        result.operation = layers::with<Options...>(result.operation);
        return result;
    }();
};

}  // namespace mdl
