// mdl: turns a network type into a graph of plain values.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/graph/builder.hpp>
#include <mdl/graph/graph.hpp>

namespace mdl::graph {

/// How much room a network's graph needs.
struct Counts {
    int nodes = 0, edges = 0, outputs = 0, output_capacity = 1;
};

/// A network whose outermost layer is a Graph names its outputs.
template <class Net>
concept NamesOutputs = requires { Net::output_names; };

template <class Net>
constexpr auto count_nodes() -> Counts {
    Builder builder;
    append<Net>(builder, {});
    return {builder.node_count(), builder.edge_count(), NamesOutputs<Net> ? builder.output_count() : 1, builder.output_capacity()};
}

/// Reports the first node whose result nobody reads and that is no output.
template <int N, int E, int O>
constexpr void check_readers(Graph<N, E, O>& g) {
    bool read[N > 0 ? N : 1]{};
    for (int e = 0; e < g.edge_count; ++e)
        if (g.edges[e] >= 0) read[g.edges[e]] = true;
    for (int o = 0; o < g.output_count; ++o)
        if (g.outputs[o] >= 0) read[g.outputs[o]] = true;
    for (int i = 0; i < g.node_count; ++i)
        if (!read[i]) return g.report(Problem::unread_node, i);
}

/// The graph of network type Net, nodes in execution order, shapes not yet known.
template <class Net>
constexpr auto flatten() {
    constexpr Counts counts = count_nodes<Net>();
    Graph<counts.nodes, counts.edges, counts.output_capacity> g;
    Builder builder(g.nodes, g.edges, g.outputs);
    const int last = append<Net>(builder, {});
    g.node_count = counts.nodes;
    g.edge_count = counts.edges;
    g.output_count = counts.outputs;
    g.diagnosis = builder.diagnosis();
    if constexpr (!NamesOutputs<Net>) g.outputs[0] = last;
    if (!g.diagnosis) check_readers(g);
    return g;
}

}  // namespace mdl::graph
