// mdl: a network before and after its compilation, as pictures show it.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "compile/plan.hpp"

namespace mdl::tool {

/// A layer of the network as it was written.
struct WrittenLayer {
    std::string name{}, operation{};
    Shape shape{};
    std::int64_t macs = 0, parameters = 0;
    std::vector<int> inputs{};
    int node = -1;  ///< of what runs: the one that does the layer's work
    bool is_output = false;
};

/// A node of what runs.
struct RunNode {
    PlannedNode planned{};
    std::string name{};
    Shape shape{};
    std::vector<int> inputs{};
    std::vector<int> layers{};  ///< whose work it does, in their order; none: it changes a layout
    std::int64_t parameters = 0;
    int last_reader = 0;        ///< until which its output lives: the last node of all for an output of the network
    bool is_output = false;

    /// The kernel that computes it, or why there is none.
    auto how() const -> std::string;
};

struct Graphs {
    std::string network{};
    std::vector<WrittenLayer> written{};
    std::vector<RunNode> run{};
    PlanHead plan{};

    auto at(int node) const -> const RunNode& { return run[static_cast<std::size_t>(node)]; }
    auto macs() const -> std::int64_t;
    auto parameters() const -> std::int64_t;
    /// "x86 avx2 fma".
    auto instruction_set() const -> std::string;
};

/// Joins what the bytes of a weights file say of the layers with what the compiler planned. Throws Failure where they are of different
/// networks.
auto join_graphs(std::span<const std::byte> weights_file, const NetworkPlan& plan) -> Graphs;

}  // namespace mdl::tool
