// mdl: a network as plain values: nodes in execution order, edges, outputs.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/graph/problem.hpp>

namespace mdl::graph {

/// A network with room for N nodes, E edges and O outputs. Nodes are in topological order once flattened.
/// A pass is a constexpr function over such values; the converter runs the same passes at run time.
template <int N, int E, int O>
struct Graph {
    static constexpr int node_capacity = N, edge_capacity = E, output_capacity = O;

    Node nodes[N > 0 ? N : 1]{};
    int edges[E > 0 ? E : 1]{};
    int outputs[O > 0 ? O : 1]{};
    int node_count = 0, edge_count = 0, output_count = 0;
    Diagnosis diagnosis{};

    constexpr auto inputs(const Node& node) const noexcept -> std::span<const int> {
        return {edges + node.first_input, static_cast<std::size_t>(node.input_count)};
    }
    constexpr auto inputs(int node) const noexcept -> std::span<const int> { return inputs(nodes[node]); }
    constexpr auto input(int node, int k = 0) const noexcept -> int { return edges[nodes[node].first_input + k]; }
    /// The node whose memory a view, or a view of views, shows; any other is its own.
    constexpr auto shown(int node) const noexcept -> int {
        while (nodes[node].choice.view) node = input(node);
        return node;
    }
    constexpr auto all() const noexcept -> std::span<const Node> { return {nodes, static_cast<std::size_t>(node_count)}; }
    constexpr void report(Problem problem, int layer, const Shape& first = {}, const Shape& second = {}) noexcept {
        if (diagnosis) return;
        diagnosis = {problem, layer, first, second};
        if (layer >= 0 && layer < node_count) diagnosis.set_name(nodes[layer].name);
    }
};

}  // namespace mdl::graph
