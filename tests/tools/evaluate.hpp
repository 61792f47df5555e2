// mdl: runs a converted network with the reference kernels, at run time: what the importer made, without a compiler.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include <mdl/kernels/reference/image.hpp>

#include "codegen/run_graph.hpp"
#include "network.hpp"
#include "support/reference_node.hpp"

namespace mdl::tool::test {

using Values = std::vector<float>;

/// All tensors of an arranged network, layer by layer. `inputs` in the order of the network's inputs.
inline auto evaluate_all(const Network& network, const std::vector<Values>& inputs) -> std::vector<Values> {
    const auto graph = build_graph(network);
    std::vector<Values> tensors(network.layers.size());
    std::size_t next_input = 0;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
        const graph::Node& node = graph->nodes[i];
        const Operation& op = node.operation;
        const Layer& layer = network.layers[i];
        std::vector<Shape> shapes;
        std::vector<const float*> x;
        for (const int input : layer.inputs) {
            shapes.push_back(network.shape(input));
            x.push_back(tensors[static_cast<std::size_t>(input)].data());
        }
        const auto w = [&](int k) {
            const auto place = static_cast<std::size_t>(k);
            return place < layer.weights.size() ? layer.weights[place]->data() : nullptr;
        };
        tensors[i].resize(static_cast<std::size_t>(node.shape.count()));
        float* const y = tensors[i].data();
        if (op.op == Op::input)
            kernels::reference::import_image(op.image, node.shape, inputs.at(next_input++).data(), y);
        else if (op.op == Op::constant)
            tensors[i] = *layer.weights[0];
        else
            mdl::test::run_reference_node(op, shapes, x, node.shape, w, y);
    }
    return tensors;
}

/// The outputs, in order.
inline auto evaluate(const Network& network, const std::vector<Values>& inputs) -> std::vector<Values> {
    const auto tensors = evaluate_all(network, inputs);
    std::vector<Values> outputs;
    for (const auto& output : network.outputs) outputs.push_back(tensors[static_cast<std::size_t>(output.layer)]);
    return outputs;
}

}  // namespace mdl::tool::test
