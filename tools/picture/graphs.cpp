// mdl: joins weights file and plan, and finds which layers became which node.
// SPDX-License-Identifier: MIT
#include "picture/graphs.hpp"

#include <algorithm>

#include <mdl/weights/reader.hpp>

#include "failure.hpp"

namespace mdl::tool {

namespace {

/// Gives each layer to the node that does its work. The plan tells of a node the layer that it began as and the last one that was fused into
/// it; what else lies between those and the node's inputs belongs to it too.
void assign_layers(Graphs& graphs) {
    auto& written = graphs.written;
    std::vector<bool> is_end(written.size(), false);
    const auto layer = [&](int number) -> WrittenLayer& { return written[static_cast<std::size_t>(number)]; };
    for (const RunNode& node : graphs.run)
        for (const int end : {node.planned.source, node.planned.makes})
            if (end >= 0) is_end[static_cast<std::size_t>(end)] = true;
    for (std::size_t k = 0; k < graphs.run.size(); ++k) {
        const PlannedNode& planned = graphs.run[k].planned;
        if (planned.source < 0) continue;
        std::vector<int> open{planned.makes};
        if (planned.source != planned.makes) open.push_back(planned.source);
        while (!open.empty()) {
            WrittenLayer& claimed = layer(open.back());
            open.pop_back();
            claimed.node = static_cast<int>(k);
            for (const int input : claimed.inputs)
                if (layer(input).node < 0 && !is_end[static_cast<std::size_t>(input)]) open.push_back(input);
        }
    }
    for (std::size_t i = 0; i < written.size(); ++i) {
        WrittenLayer& one = written[i];
        // A second name of a tensor that has its node already.
        if (one.node < 0 && !one.inputs.empty()) one.node = layer(one.inputs[0]).node;
        if (one.node < 0) continue;
        RunNode& node = graphs.run[static_cast<std::size_t>(one.node)];
        node.layers.push_back(static_cast<int>(i));
        node.parameters += one.parameters;
    }
}

template <class T>
auto value(Result<T> result) -> T {
    if (!result) fail(Exit::bad_input, result.error().message());
    return std::move(*result);
}

}  // namespace

auto RunNode::how() const -> std::string {
    const std::string operation = planned.operation, kernel = planned.kernel;
    if (planned.runs) return kernel == "reference" ? kernel + ": " + operation : kernel;
    if (planned.view) return operation + ": a view";
    return operation == "concat" ? operation + ": in place" : operation;
}

auto Graphs::macs() const -> std::int64_t {
    std::int64_t sum = 0;
    for (const WrittenLayer& layer : written) sum += layer.macs;
    return sum;
}

auto Graphs::parameters() const -> std::int64_t {
    std::int64_t sum = 0;
    for (const WrittenLayer& layer : written) sum += layer.parameters;
    return sum;
}

auto Graphs::instruction_set() const -> std::string {
    std::string name = plan.isa;
    name.erase(0, name.find('_') + 1);
    std::ranges::replace(name, '_', ' ');
    return name;
}

auto join_graphs(std::span<const std::byte> weights_file, const NetworkPlan& plan) -> Graphs {
    const auto file = value(weights::File::open(weights_file));
    if (file.fingerprint() != plan.head.fingerprint)
        fail(Exit::bad_input, "net.hpp and the weights file are of different networks; convert the model again");
    const auto table = value(file.graph());
    Graphs graphs;
    graphs.network = file.network_name();
    graphs.plan = plan.head;
    for (int i = 0; i < table.node_count(); ++i) {
        const auto info = table.node(i);
        WrittenLayer& layer = graphs.written.emplace_back();
        layer.name = info.name;
        layer.operation = info.operation;
        layer.shape = info.shape;
        layer.macs = info.macs;
        layer.parameters = info.parameters;
        for (int k = 0; k < table.input_count(i); ++k) layer.inputs.push_back(table.input(i, k));
    }
    const auto written_count = static_cast<std::int32_t>(graphs.written.size());
    for (int o = 0; o < table.output_count(); ++o) graphs.written[static_cast<std::size_t>(table.output(o))].is_output = true;
    for (const PlannedNode& planned : plan.nodes) {
        if (planned.source >= written_count || planned.makes >= written_count)
            fail(Exit::bad_input, "the weights file lists fewer layers than its network has; convert the model again");
        RunNode node;
        node.planned = planned;
        node.shape.rank = planned.rank;
        std::copy_n(planned.dims, planned.rank, node.shape.dims);
        const int number = static_cast<int>(graphs.run.size());
        node.last_reader = number;
        for (int k = 0; k < planned.input_count; ++k) {
            const int input = plan.edges[static_cast<std::size_t>(planned.first_input + k)];
            node.inputs.push_back(input);
            graphs.run[static_cast<std::size_t>(input)].last_reader = number;
        }
        node.name = planned.source >= 0 ? graphs.written[static_cast<std::size_t>(planned.source)].name : graphs.at(node.inputs[0]).name;
        graphs.run.push_back(std::move(node));
    }
    // Who reads a map of channels, which has no memory of its own, reads what it maps.
    for (auto node = graphs.run.rbegin(); node != graphs.run.rend(); ++node)
        if (!node->planned.runs && !node->planned.view && node->planned.bytes == 0)
            for (const int input : node->inputs) {
                int& last = graphs.run[static_cast<std::size_t>(input)].last_reader;
                last = std::max(last, node->last_reader);
            }
    for (const std::int32_t output : plan.outputs) {
        RunNode& node = graphs.run[static_cast<std::size_t>(output)];
        node.is_output = true;
        node.last_reader = static_cast<int>(graphs.run.size()) - 1;
    }
    assign_layers(graphs);
    return graphs;
}

}  // namespace mdl::tool
