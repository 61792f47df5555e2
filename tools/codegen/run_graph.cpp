// mdl: building of the graph value.
// SPDX-License-Identifier: MIT
#include "codegen/run_graph.hpp"

#include <mdl/graph/builder.hpp>
#include <mdl/graph/diagnose.hpp>
#include <mdl/graph/infer_shapes.hpp>

#include "failure.hpp"

namespace mdl::tool {

auto build_graph(const Network& network) -> std::unique_ptr<RunGraph> {
    auto g = std::make_unique<RunGraph>();
    std::size_t edges = 0;
    for (const auto& layer : network.layers) edges += layer.inputs.size();
    if (network.layers.size() > std::size_t{RunGraph::node_capacity} || edges > std::size_t{RunGraph::edge_capacity} ||
        network.outputs.size() > std::size_t{RunGraph::output_capacity})
        fail(Exit::bad_input, "the network has ", network.layers.size(), " layers; mdl compiles at most ", RunGraph::node_capacity);
    graph::Builder builder(g->nodes, g->edges, g->outputs);
    for (const auto& layer : network.layers) {
        builder.set_name(layer.name);
        builder.add(describe(layer.operation), layer.inputs);
    }
    std::vector<int> outputs;
    for (const auto& output : network.outputs) outputs.push_back(output.layer);
    builder.set_outputs(outputs);
    g->node_count = builder.node_count();
    g->edge_count = builder.edge_count();
    g->output_count = builder.output_count();
    g->diagnosis = builder.diagnosis();
    graph::infer_shapes_in(*g);
    if (g->diagnosis) fail(Exit::bad_input, "layer ", g->diagnosis.layer, ": ", graph::sentence(g->diagnosis.problem));
    return g;
}

}  // namespace mdl::tool
