// mdl: the contents of a weights file.
// SPDX-License-Identifier: MIT
#include "codegen/weights_file.hpp"

#include <cctype>
#include <string_view>

#include <mdl/graph/fingerprint.hpp>
#include <mdl/graph/macs.hpp>

#include "codegen/layer_text.hpp"
#include "codegen/names.hpp"
#include "failure.hpp"

namespace mdl::tool {

namespace {

auto role_name(graph::Role role) -> std::string_view {
    switch (role) {
        case graph::Role::weight: return "weight";
        case graph::Role::bias: return "bias";
        case graph::Role::gamma: return "gamma";
        case graph::Role::beta: return "beta";
        case graph::Role::mean: return "mean";
        case graph::Role::variance: return "variance";
        case graph::Role::slope: return "slope";
        case graph::Role::value: return "value";
    }
    return "weight";
}

auto printable(std::string text, std::size_t most) -> std::string {
    for (char& c : text)
        if (std::iscntrl(static_cast<unsigned char>(c)) != 0) c = '_';
    return text.size() > most ? text.substr(0, most) : text;
}

/// "Conv<64, Kernel<3>>".
auto operation_text(const Operation& operation) -> std::string {
    std::string text = layer_text(operation);
    for (std::size_t at = text.find("mdl::"); at != std::string::npos; at = text.find("mdl::", at)) text.erase(at, 5);
    return text;
}

void check(const Result<void>& result) {
    if (!result) fail(Exit::bad_input, result.error().message());
}

}  // namespace

auto weights_writer(const Network& network, const RunGraph& g, const FileExtras& extras) -> weights::Writer {
    weights::Writer writer(graph::fingerprint(g), printable(extras.network_name, 200));
    weights::GraphTableWriter table;
    const auto names = node_names(network);
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const Layer& layer = network.layers[i];
        const graph::Node& node = g.nodes[i];
        for (int w = 0; w < node.weight_count; ++w) {
            const auto& spec = node.weights[w];
            // The number keeps names apart that are cut.
            const std::string stem = names[i].size() > 180 ? names[i].substr(0, 160) + "_" + std::to_string(i) : names[i];
            check(writer.add_tensor(text(stem, ".", role_name(spec.role)), spec.shape,
                                    std::span<const float>(*layer.weights[static_cast<std::size_t>(w)])));
        }
        const std::string name = printable(layer.name, 1000), operation = operation_text(layer.operation);
        weights::NodeInfo info;
        info.name = name;
        info.operation = operation;
        info.shape = node.shape;
        info.macs = graph::macs_of(node);
        info.parameters = graph::parameters_of(node);
        info.first_weight = node.first_weight;
        info.weight_count = node.weight_count;
        check(table.add(info, layer.inputs));
    }
    for (const auto& output : network.outputs) check(table.add_output(output.layer));
    check(writer.set_graph(table));
    if (!extras.preprocessing.is_empty()) check(writer.set_preprocessing(extras.preprocessing));
    if (!extras.labels.empty()) check(writer.set_labels(extras.labels));
    return writer;
}

}  // namespace mdl::tool
