// mdl: the network as the library's own graph value, built at run time.
// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <mdl/graph/graph.hpp>

#include "network.hpp"

namespace mdl::tool {

/// Room for any network that a compiler could still take.
using RunGraph = graph::Graph<8192, 32768, 256>;

/// The graph that the arranged network's written type flattens to, with shapes and weights inferred by the library's own
/// pass. Throws Failure.
auto build_graph(const Network& network) -> std::unique_ptr<RunGraph>;

}  // namespace mdl::tool
