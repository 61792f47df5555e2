// mdl: runs a network as it is written, node by node with the reference kernels: the truth for the engine's tests.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <mdl/engine/network.hpp>
#include <mdl/graph/node.hpp>

namespace mdl::test {

using Floats = std::vector<float>;

/// A network as it is written, of whatever capacity.
struct WrittenGraph {
    std::span<const graph::Node> nodes;
    std::span<const int> edges, outputs;
};

auto random_weights(std::span<const graph::Node> nodes, unsigned seed) -> std::vector<Floats>;
auto weights_file(std::span<const graph::Node> nodes, const std::vector<Floats>& weights, std::uint64_t fingerprint, std::string network) -> std::vector<std::byte>;
auto run_reference(const WrittenGraph& graph, const std::vector<Floats>& weights, const std::vector<const void*>& images) -> std::vector<Floats>;

/// Weights of a network, in the order of its file: seeded, of a size that keeps activations near one.
template <class Net>
auto random_weights(unsigned seed) -> std::vector<Floats> {
    return random_weights(engine::written<Net>.all(), seed);
}

/// Those weights as a file in memory.
template <class Net>
auto weights_file(const std::vector<Floats>& weights, std::uint64_t fingerprint_of = fingerprint<Net>) -> std::vector<std::byte> {
    return weights_file(engine::written<Net>.all(), weights, fingerprint_of, std::string(network_name<Net>()));
}

/// What every node of the written graph computes. `images`: the callers' memory of each input.
template <class Net>
auto run_reference(const std::vector<Floats>& weights, const std::vector<const void*>& images) -> std::vector<Floats> {
    const auto& g = engine::written<Net>;
    return run_reference({g.all(), {g.edges, static_cast<std::size_t>(g.edge_count)}, {g.outputs, static_cast<std::size_t>(g.output_count)}}, weights, images);
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
