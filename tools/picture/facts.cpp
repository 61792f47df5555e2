// mdl: layers and nodes in words.
// SPDX-License-Identifier: MIT
#include "network.hpp"
#include "picture/draw.hpp"
#include "table/table.hpp"

namespace mdl::tool {

namespace {

auto costs(std::int64_t macs, std::int64_t parameters) -> std::string {
    std::string text;
    if (macs > 0) text += "\n" + grouped(macs) + " MACs";
    if (parameters > 0) text += (macs > 0 ? ", " : "\n") + grouped(parameters) + " parameters";
    return text;
}

/// "3 conv1, 4 bn1, 5 relu1".
auto list_layers(const Graphs& graphs, const RunNode& node) -> std::string {
    std::string list;
    for (const int layer : node.layers) list += (list.empty() ? "" : ", ") + std::to_string(layer) + " " + graphs.written[static_cast<std::size_t>(layer)].name;
    return list;
}

}  // namespace

auto written_facts(const Graphs& graphs, int layer) -> std::string {
    const WrittenLayer& one = graphs.written[static_cast<std::size_t>(layer)];
    return std::to_string(layer) + " " + one.name + "\n" + one.operation + "\n" + to_text(one.shape) + costs(one.macs, one.parameters);
}

auto run_facts(const Graphs& graphs, int node) -> std::string {
    const RunNode& one = graphs.at(node);
    std::string text = std::to_string(node) + " " + one.name + "\n" + one.how() + "\n" + to_text(one.shape);
    if (one.planned.in_blocks) text += " in blocks of " + std::to_string(graphs.plan.block_channels) + " channels";
    text += costs(one.planned.macs, one.parameters);
    if (one.layers.size() > 1) text += "\nlayers " + list_layers(graphs, one);
    return text;
}

}  // namespace mdl::tool
