// mdl: pictures of a network's graphs.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "picture/graphs.hpp"

namespace mdl::tool {

/// Graphviz text: the graph as written and as run, a cluster each.
auto draw_dot(const Graphs& graphs) -> std::string;

/// One SVG in which time runs downwards: the layers as written, what runs beside them, and the arena from left to right beside that.
auto draw_svg(const Graphs& graphs) -> std::string;

/// What is known of a layer or a node, a line each.
auto written_facts(const Graphs& graphs, int layer) -> std::string;
auto run_facts(const Graphs& graphs, int node) -> std::string;

}  // namespace mdl::tool
