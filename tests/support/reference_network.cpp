// mdl: a written network by the reference kernels. Apart from the templates, which would compile it once a network.
// SPDX-License-Identifier: MIT
#include "support/reference_network.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

#include <mdl/kernels/reference/image.hpp>
#include <mdl/weights/writer.hpp>

#include "support/reference_node.hpp"

namespace mdl::test {

auto random_weights(std::span<const graph::Node> nodes, unsigned seed) -> std::vector<Floats> {
    std::mt19937 random(seed);
    std::vector<Floats> all;
    for (const graph::Node& node : nodes)
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

auto weights_file(std::span<const graph::Node> nodes, const std::vector<Floats>& weights, std::uint64_t fingerprint, std::string network) -> std::vector<std::byte> {
    weights::Writer writer(fingerprint, std::move(network));
    std::size_t next = 0;
    for (const graph::Node& node : nodes)
        for (int w = 0; w < node.weight_count; ++w) {
            if (!writer.add_tensor("tensor" + std::to_string(next), node.weights[w].shape, std::span<const float>(weights[next]))) return {};
            ++next;
        }
    auto bytes = writer.bytes();
    return bytes ? std::move(*bytes) : std::vector<std::byte>();
}

auto run_reference(const WrittenGraph& graph, const std::vector<Floats>& weights, const std::vector<const void*>& images) -> std::vector<Floats> {
    std::vector<Floats> values(graph.nodes.size());
    std::size_t next_image = 0;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const graph::Node& node = graph.nodes[i];
        const Operation& op = node.operation;
        Floats& out = values[i];
        out.resize(static_cast<std::size_t>(node.shape.count()));
        std::vector<Shape> shapes;
        std::vector<const float*> x;
        for (const int input : graph.edges.subspan(static_cast<std::size_t>(node.first_input), static_cast<std::size_t>(node.input_count))) {
            shapes.push_back(graph.nodes[static_cast<std::size_t>(input)].shape);
            x.push_back(values[static_cast<std::size_t>(input)].data());
        }
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
    for (const int output : graph.outputs) outputs.push_back(values[static_cast<std::size_t>(output)]);
    return outputs;
}

}  // namespace mdl::test
