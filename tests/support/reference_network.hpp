// mdl: runs a network as it is written, node by node with the reference kernels: the truth for the engine's tests.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <mdl/engine/network.hpp>
#include <mdl/kernels/reference/image.hpp>
#include <mdl/weights/writer.hpp>

#include "support/reference_node.hpp"

namespace mdl::test {

using Floats = std::vector<float>;

/// Weights of a network, in the order of its file: seeded, of a size that keeps activations near one.
template <class Net>
auto random_weights(unsigned seed) -> std::vector<Floats> {
    std::mt19937 random(seed);
    std::vector<Floats> all;
    for (const graph::Node& node : engine::written<Net>.all())
        for (int w = 0; w < node.weight_count; ++w) {
            const graph::WeightSpec& spec = node.weights[w];
            const double fan = static_cast<double>(spec.shape.count(1, spec.shape.rank));
            double low = -1, high = 1;
            if (spec.role == graph::Role::weight && spec.shape.rank > 1) low = -std::sqrt(6 / fan), high = -low;
            if (spec.role == graph::Role::variance) low = 0.5, high = 2;
            if (spec.role == graph::Role::gamma || (spec.role == graph::Role::weight && spec.shape.rank == 1)) low = 0.5, high = 1.5;
            std::uniform_real_distribution<float> draw(static_cast<float>(low), static_cast<float>(high));
            Floats values(static_cast<std::size_t>(spec.shape.count()));
            for (float& value : values) value = draw(random);
            all.push_back(std::move(values));
        }
    return all;
}

/// Those weights as a file in memory.
template <class Net>
auto weights_file(const std::vector<Floats>& weights, std::uint64_t fingerprint_of = fingerprint<Net>) -> std::vector<std::byte> {
    weights::Writer writer(fingerprint_of, std::string(network_name<Net>()));
    std::size_t next = 0;
    for (const graph::Node& node : engine::written<Net>.all())
        for (int w = 0; w < node.weight_count; ++w) {
            if (!writer.add_tensor("tensor" + std::to_string(next), node.weights[w].shape, std::span<const float>(weights[next]))) return {};
            ++next;
        }
    auto bytes = writer.bytes();
    return bytes ? std::move(*bytes) : std::vector<std::byte>();
}

/// What every node of the written graph computes. `images`: the callers' memory of each input.
template <class Net>
auto run_reference(const std::vector<Floats>& weights, const std::vector<const void*>& images) -> std::vector<Floats> {
    static constexpr auto& g = engine::written<Net>;
    std::vector<Floats> values(static_cast<std::size_t>(g.node_count));
    std::size_t next_image = 0;
    for (int i = 0; i < g.node_count; ++i) {
        const graph::Node& node = g.nodes[i];
        const Operation& op = node.operation;
        Floats& out = values[static_cast<std::size_t>(i)];
        out.resize(static_cast<std::size_t>(node.shape.count()));
        std::vector<Shape> shapes;
        std::vector<const float*> x;
        for (const int input : g.inputs(i)) shapes.push_back(g.nodes[input].shape), x.push_back(values[static_cast<std::size_t>(input)].data());
        const auto weight = [&](int k) { return weights[static_cast<std::size_t>(node.first_weight + k)].data(); };
        float* const y = out.data();
        if (op.op == Op::input)
            kernels::reference::import_image(op.image, node.shape, images[next_image++], y);
        else if (op.op == Op::constant)
            std::copy_n(weight(0), out.size(), y);
        else
            run_reference_node(op, shapes, x, node.shape, weight, y);
    }
    std::vector<Floats> outputs;
    for (int o = 0; o < g.output_count; ++o) outputs.push_back(values[static_cast<std::size_t>(g.outputs[o])]);
    return outputs;
}

/// Largest difference, relative to the largest magnitude of `truth`; infinite for a NaN or another size.
inline auto relative_error(std::span<const float> truth, std::span<const float> given) -> double {
    if (truth.size() != given.size()) return INFINITY;
    double difference = 0, magnitude = 1e-30;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        if (!(std::abs(given[i]) < 1e30f)) return INFINITY;
        difference = std::max(difference, static_cast<double>(std::abs(truth[i] - given[i])));
        magnitude = std::max(magnitude, static_cast<double>(std::abs(truth[i])));
    }
    return difference / magnitude;
}

}  // namespace mdl::test
