// mdl: what a network costs: multiply-accumulates and parameters.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/graph/graph.hpp>

namespace mdl::graph {

/// Multiply-accumulates of one node: convolution out * (in_channels / groups) * kernel_h * kernel_w, the same per input of a transposed
/// one, dense out * in, matrices m * k * n, recurrences gates * units * units a step, 0 for the rest (as the literature counts: bias,
/// pooling and activations are left out).
constexpr auto macs_of(const Node& node) noexcept -> std::int64_t {
    if (node.operation.op == Op::transposed_convolution) return node.operation.size * node.weights[0].shape.count();
    if (node.operation.op == Op::matmul) return node.operation.size * node.shape.count();
    if (node.operation.op == Op::recurrence) return node.shape.count(0, node.shape.rank - 1) * node.weights[0].shape.count();
    if (node.operation.op != Op::convolution && node.operation.op != Op::dense) return 0;
    const Shape& weight = node.weights[0].shape;
    return node.shape.count() * weight.count(1, weight.rank);
}

/// Learned numbers of one node; the running mean and variance of a batch norm are not learned (as PyTorch counts).
constexpr auto parameters_of(const Node& node) noexcept -> std::int64_t {
    std::int64_t sum = 0;
    for (int w = 0; w < node.weight_count; ++w)
        if (node.weights[w].role != Role::mean && node.weights[w].role != Role::variance && node.weights[w].role != Role::value)
            sum += node.weights[w].shape.count();
    return sum;
}

template <int N, int E, int O>
constexpr auto total_macs(const Graph<N, E, O>& g) noexcept -> std::int64_t {
    std::int64_t sum = 0;
    for (const Node& node : g.all()) sum += macs_of(node);
    return sum;
}

template <int N, int E, int O>
constexpr auto total_parameters(const Graph<N, E, O>& g) noexcept -> std::int64_t {
    std::int64_t sum = 0;
    for (const Node& node : g.all()) sum += parameters_of(node);
    return sum;
}

}  // namespace mdl::graph
