// mdl: the pass that gives every node its output shape and its weights.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/graph.hpp>

namespace mdl::graph {

/// Calls each node's shape rule in execution order, in place; stops at the first problem.
template <int N, int E, int O>
constexpr void infer_shapes_in(Graph<N, E, O>& g) {
    Shape inputs[E > 0 ? E : 1];
    int next_weight = 0;
    for (int i = 0; i < g.node_count && !g.diagnosis; ++i) {
        Node& node = g.nodes[i];
        for (int k = 0; k < node.input_count; ++k) inputs[k] = g.nodes[g.input(i, k)].shape;
        const Inference found = node.rule(node.operation, std::span<const Shape>(inputs, static_cast<std::size_t>(node.input_count)));
        if (found.problem != Problem::none) return g.report(found.problem, i, found.first, found.second);
        // No longer needed; left in, it would make every program that holds the graph hold the rules' code too, as symbols that
        // units of different instruction sets share.
        node.rule = nullptr;
        node.shape = found.shape;
        node.weight_count = found.weight_count;
        node.first_weight = next_weight;
        next_weight += found.weight_count;
        for (int w = 0; w < found.weight_count; ++w) node.weights[w] = found.weights[w];
    }
}

template <int N, int E, int O>
constexpr auto infer_shapes(Graph<N, E, O> g) -> Graph<N, E, O> {
    infer_shapes_in(g);
    // No later pass calls a rule. Their addresses would keep the rules in the program, outside of the instruction set's namespace.
    for (int i = 0; i < g.node_count; ++i) g.nodes[i].rule = nullptr;
    return g;
}

/// Number of tensors that the weights file of an inferred graph holds.
template <int N, int E, int O>
constexpr auto weight_tensor_count(const Graph<N, E, O>& g) -> int {
    return g.node_count == 0 ? 0 : g.nodes[g.node_count - 1].first_weight + g.nodes[g.node_count - 1].weight_count;
}

}  // namespace mdl::graph
