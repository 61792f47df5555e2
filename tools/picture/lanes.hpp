// mdl: lanes in which a graph's tensors run down a list of its nodes.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

namespace mdl::tool {

/// For nodes in order of execution, each with the nodes that it reads, the lane of each one's output. From its node to its last reader a
/// tensor has its lane for itself; a node goes on in the lane of the first input that ends at it, so that a chain is a straight line.
auto lanes(const std::vector<std::vector<int>>& inputs) -> std::vector<int>;

}  // namespace mdl::tool
