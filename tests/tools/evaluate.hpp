// mdl: runs a converted network with the reference kernels, at run time: what the importer made, without a compiler.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <vector>

#include <mdl/kernels/reference/activation.hpp>
#include <mdl/kernels/reference/convolution.hpp>
#include <mdl/kernels/reference/dense.hpp>
#include <mdl/kernels/reference/elementwise.hpp>
#include <mdl/kernels/reference/image.hpp>
#include <mdl/kernels/reference/normalization.hpp>
#include <mdl/kernels/reference/pool.hpp>
#include <mdl/kernels/reference/rearrange.hpp>
#include <mdl/kernels/reference/reduce.hpp>
#include <mdl/kernels/reference/softmax.hpp>

#include "codegen/run_graph.hpp"
#include "network.hpp"

namespace mdl::tool::test {

using Values = std::vector<float>;

/// All tensors of an arranged network, layer by layer. `inputs` in the order of the network's inputs.
inline auto evaluate_all(const Network& network, const std::vector<Values>& inputs) -> std::vector<Values> {
    namespace reference = kernels::reference;
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
        const auto w = [&](std::size_t k) { return k < layer.weights.size() ? layer.weights[k]->data() : nullptr; };
        tensors[i].resize(static_cast<std::size_t>(node.shape.count()));
        float* const y = tensors[i].data();
        switch (op.op) {
            case Op::input: reference::import_image(op.image, node.shape, inputs.at(next_input++).data(), y); break;
            case Op::constant: tensors[i] = *layer.weights[0]; break;
            case Op::convolution: reference::convolution(op, shapes[0], node.shape, x[0], w(0), w(1), y); break;
            case Op::dense: reference::dense(op, shapes[0], node.shape, x[0], w(0), w(1), y); break;
            case Op::pool: reference::pool(op, shapes[0], node.shape, x[0], y); break;
            case Op::global_pool: reference::global_pool(op, shapes[0], node.shape, x[0], y); break;
            case Op::batch_norm: reference::batch_norm(op, node.shape, x[0], w(0), w(1), w(2), w(3), y); break;
            case Op::scale: reference::scale(node.shape, x[0], w(0), w(1), y); break;
            case Op::prelu: reference::prelu(node.shape, x[0], w(0), y); break;
            case Op::lrn: reference::lrn(op, node.shape, x[0], y); break;
            case Op::activation: reference::activation(op.activation, node.shape.count(), x[0], y); break;
            case Op::softmax: reference::softmax(op.axis, node.shape, x[0], y); break;
            case Op::log_softmax: reference::log_softmax(op.axis, node.shape, x[0], y); break;
            case Op::binary: {
                Values left(x[0], x[0] + shapes[0].count());
                Shape shape = shapes[0];
                for (std::size_t k = 1; k < x.size(); ++k) {
                    const Shape joint = infer(op, {shape, shapes[k]}).shape;
                    Values result(static_cast<std::size_t>(joint.count()));
                    reference::binary(op.binary, shape, shapes[k], joint, left.data(), x[k], result.data());
                    left = std::move(result);
                    shape = joint;
                }
                tensors[i] = left;
                break;
            }
            case Op::concat: reference::concat(op.axis, shapes, x.data(), node.shape, y); break;
            case Op::slice: reference::slice(op, shapes[0], node.shape, x[0], y); break;
            case Op::transpose: reference::transpose(op, shapes[0], node.shape, x[0], y); break;
            case Op::channel_shuffle: reference::channel_shuffle(op.groups, node.shape, x[0], y); break;
            case Op::pad: reference::pad(op, shapes[0], node.shape, x[0], y); break;
            case Op::reduce_mean: reference::reduce_mean(op, shapes[0], node.shape, x[0], y); break;
            default: tensors[i].assign(x[0], x[0] + shapes[0].count());
        }
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
