// mdl: the graphs in Graphviz's language.
// SPDX-License-Identifier: MIT
#include <sstream>

#include "picture/draw.hpp"
#include "picture/text.hpp"

namespace mdl::tool {

namespace {

/// One cluster; `letter` begins its nodes' names, which have to differ from the other's.
template <class Node, class Facts>
void draw_cluster(std::ostream& out, char letter, const std::string& title, const std::vector<Node>& nodes, Facts facts) {
    out << "    subgraph cluster_" << letter << " {\n        label=\"" << dot_text(title) << "\"\n";
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        out << "        " << letter << i << " [label=\"" << dot_text(facts(static_cast<int>(i))) << '"' << (nodes[i].is_output ? " peripheries=2" : "") << "]\n";
        for (const int input : nodes[i].inputs) out << "        " << letter << input << " -> " << letter << i << '\n';
    }
    out << "    }\n";
}

}  // namespace

auto draw_dot(const Graphs& graphs) -> std::string {
    std::ostringstream out;
    out << "digraph network {\n    label=\"" << dot_text(graphs.network) << "\"\n    node [shape=box style=rounded fontname=\"sans-serif\" fontsize=10]\n"
        << "    fontname=\"sans-serif\"\n";
    draw_cluster(out, 'w', "as written", graphs.written, [&](int i) { return written_facts(graphs, i); });
    draw_cluster(out, 'r', "as run, for " + graphs.instruction_set(), graphs.run, [&](int i) { return run_facts(graphs, i); });
    out << "}\n";
    return out.str();
}

}  // namespace mdl::tool
