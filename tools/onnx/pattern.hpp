// mdl: the words in which patterns are written: what a layer is, and what it becomes.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "network.hpp"

namespace mdl::tool {

inline auto is(const Layer& layer, Op op) -> bool { return layer.operation.op == op; }
inline auto is(const Layer& layer, ActivationKind kind) -> bool {
    return is(layer, Op::activation) && layer.operation.activation.kind == kind;
}
inline auto is(const Layer& layer, Binary binary) -> bool {
    return is(layer, Op::binary) && layer.operation.binary == binary && layer.inputs.size() == 2;
}
inline auto is_near(float a, float b) -> bool { return std::abs(a - b) < 1e-5f; }

/// The one value that all elements have.
inline auto uniform(const Floats& values) -> std::optional<float> {
    if (values->empty()) return std::nullopt;
    for (const float value : *values)
        if (value != values->front()) return std::nullopt;
    return values->front();
}

/// A Scale layer that computes factor * x + shift with one factor and shift for all channels.
inline auto is_scale(const Layer& layer, float factor, float shift) -> bool {
    if (!is(layer, Op::scale)) return false;
    const auto weight = uniform(layer.weights[0]);
    const auto bias = layer.operation.bias ? uniform(layer.weights[1]) : std::optional<float>(0.0f);
    return weight && bias && is_near(*weight, factor) && is_near(*bias, shift);
}

/// Turns a layer into another operation on `input`, which must give the same shape.
inline void become(Network& network, int layer, const Operation& operation, int input, std::vector<Floats> weights = {}) {
    Layer& changed = network.at(layer);
    changed.operation = operation;
    changed.inputs = {input};
    changed.weights = std::move(weights);
    changed.inference = infer(operation, {network.shape(input)});
}

inline void become(Network& network, int layer, Activation activation, int input) {
    Operation operation;
    operation.op = Op::activation;
    operation.activation = activation;
    become(network, layer, operation, input);
}

}  // namespace mdl::tool
