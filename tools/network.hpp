// mdl: a network as the converter holds it: layers in execution order, with their weights.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <mdl/graph/graph.hpp>
#include <mdl/graph/node.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl::tool {

using Floats = std::shared_ptr<const std::vector<float>>;

/// One operator. Its output is the tensor of the same number.
struct Layer {
    Operation operation{};  ///< as the user would write it, before shape inference completes it
    std::vector<int> inputs{};
    std::string name{};     ///< the ONNX node's, or its output's where the node has none
    std::string tensor{};   ///< of the model, which the layer computes; empty for a part of an operator
    std::vector<Floats> weights{};  ///< in the order of `inference.weights`
    graph::Inference inference{};   ///< shape and weights, found by the layer's own rule
};

struct NamedTensor {
    std::string name{};
    int layer = -1;
};

struct Network {
    std::string name = "Net";
    std::vector<Layer> layers{};
    std::vector<NamedTensor> inputs{}, outputs{};
    std::vector<std::string> unread_inputs{};  ///< of the model: declared, but nothing that makes an output reads them

    auto shape(int layer) const -> const Shape& { return layers[static_cast<std::size_t>(layer)].inference.shape; }
    auto at(int layer) const -> const Layer& { return layers[static_cast<std::size_t>(layer)]; }
    auto at(int layer) -> Layer& { return layers[static_cast<std::size_t>(layer)]; }
    /// How many layers and outputs read each layer.
    auto reader_counts() const -> std::vector<int>;
};

/// The description that the layer headers give an operation: the operation with its shape rule.
auto describe(const Operation& operation) -> graph::Description;

/// Runs the layer's shape rule on shapes. Throws Failure with the sentence of the problem and both shapes.
auto infer(const Operation& operation, const std::vector<Shape>& inputs) -> graph::Inference;

/// Appends a layer after checking it against its shape rule and the sizes of its weights; returns its number. Throws Failure.
auto append(Network& network, Layer layer) -> int;

/// Keeps the layers in `order` (old numbers, topological), renumbers everything that refers to them.
void reorder(Network& network, const std::vector<int>& order);

/// Removes layers that no output needs.
void drop_unread(Network& network);

/// "1x3x224x224".
auto to_text(const Shape& shape) -> std::string;

}  // namespace mdl::tool
