// mdl: batch, layer and group norm, scale and local response normalisation.
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

constexpr auto layer_norm_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const int axis = front_axis(op.axis, in[0].rank);
    if (axis < 0) return graph::failed(graph::Problem::axis_out_of_range, in[0], Shape{op.axis});
    op.axis = axis;
    graph::Inference found;
    found.shape = in[0];
    Shape normalised;
    for (int i = axis; i < in[0].rank; ++i) normalised.push(in[0][i]);
    found.add_weight(graph::Role::gamma, normalised);
    if (op.bias) found.add_weight(graph::Role::beta, normalised);
    return checked(found);
}

constexpr auto layer_norm_description(int axis, float epsilon, bool bias) noexcept -> graph::Description {
    Operation op;
    op.op = Op::layer_norm;
    op.axis = axis;
    op.epsilon = epsilon;
    op.bias = bias;
    return {op, &layer_norm_shape, 1, 1};
}

constexpr auto group_norm_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (in[0].rank < 2) return graph::failed(graph::Problem::wrong_rank, in[0], Shape{2});
    if (op.groups == 0) op.groups = in[0][1];
    if (op.groups < 1) return graph::failed(graph::Problem::not_positive, in[0], Shape{op.groups});
    if (in[0][1] % op.groups != 0) return graph::failed(graph::Problem::groups_do_not_divide, in[0], Shape{op.groups});
    graph::Inference found;
    found.shape = in[0];
    for (const graph::Role role : {graph::Role::gamma, graph::Role::beta}) found.add_weight(role, Shape{in[0][1]});
    return checked(found);
}

constexpr auto group_norm_description(int groups, float epsilon) noexcept -> graph::Description {
    Operation op;
    op.op = Op::group_norm;
    op.groups = groups;
    op.epsilon = epsilon;
    op.bias = true;
    return {op, &group_norm_shape, 1, 1};
}

}  // namespace layers

/// y = (x - mean) / sqrt(variance + epsilon) gamma + beta, mean and variance over the last axis, or over Axis<n> and all behind it; one
/// gamma and beta for each of their elements. Options: Axis (-1), Epsilon (1e-5), NoBias.  Source: Ba et al. 2016; ONNX
/// LayerNormalization-17.
template <class... Options>
struct LayerNorm {
    static_assert(layers::Takes<OptionKind::axis, OptionKind::epsilon, OptionKind::no_bias>::check<Options...>());
    static constexpr graph::Description description = [] {
        graph::Description result = layers::layer_norm_description(-1, 1e-5f, true);
        result.operation = layers::with<Options...>(result.operation);
        return result;
    }();
};

/// The same over each of N groups of channels with all their pixels; one gamma and beta a channel. Option: Epsilon (1e-5).
/// Source: Wu & He 2018.
template <int N, class... Options>
struct GroupNorm {
    static_assert(N > 0, "mdl: GroupNorm takes the number of groups first; InstanceNorm has one for each channel");
    static_assert(layers::Takes<OptionKind::epsilon>::check<Options...>());
    static constexpr graph::Description description = [] {
        graph::Description result = layers::group_norm_description(N, 1e-5f);
        result.operation = layers::with<Options...>(result.operation);
        return result;
    }();
};

/// Each channel by itself. Option: Epsilon (1e-5).  Source: Ulyanov et al. 2016.
template <class... Options>
struct InstanceNorm {
    static_assert(layers::Takes<OptionKind::epsilon>::check<Options...>());
    static constexpr graph::Description description = [] {
        graph::Description result = layers::group_norm_description(0, 1e-5f);
        result.operation = layers::with<Options...>(result.operation);
        return result;
    }();
};

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
