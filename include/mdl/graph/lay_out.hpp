// mdl: the pass that makes neighbours agree on the layout of the tensor between them.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/graph/graph.hpp>

namespace mdl::graph {

/// Does this tensor's memory read the same in both layouts? (One pixel a channel: the blocks lie in a row. Not the caller's
/// memory, which ends with the last channel and not with the last block.)
constexpr auto layouts_coincide(const Node& node) noexcept -> bool {
    if (node.operation.op == Op::input || node.choice.out == Layout::image) return false;
    return node.shape.rank == 2 || (node.shape.rank == 4 && node.shape.height() * node.shape.width() == 1);
}

namespace detail {

/// The layout in which node reads its input number k: the residual is added to what is written, so it lies as that does.
constexpr auto read_layout(const Node& node, int k) noexcept -> Layout {
    return node.fusion.residual && k == node.input_count - 1 ? node.choice.out : node.choice.in;
}

/// Conversions of one tensor: what each layout's version is called in the new graph, -1 where there is none yet.
struct Versions {
    int number[3]{-1, -1, -1};
};

/// Walks over every reading of a tensor in a layout that its maker did not write; calls convert(tensor, from, to) once for each
/// version to be made, in execution order, and visit(node) for each node.
template <int N, int E, int O, class Convert, class Visit>
constexpr void walk_conversions(const Graph<N, E, O>& g, Versions* versions, Convert convert, Visit visit) {
    const auto need_rows = [&](int tensor) {
        int& rows = versions[tensor].number[static_cast<int>(Layout::rows)];
        if (rows < 0) rows = convert(tensor, Layout::image, Layout::rows);
    };
    const auto need = [&](int tensor, Layout wanted) {
        const Node& made = g.nodes[tensor];
        const auto slot = static_cast<int>(wanted);
        if (made.choice.out == wanted || layouts_coincide(made) || versions[tensor].number[slot] >= 0) return;
        Layout from = made.choice.out;
        if (from == Layout::image && wanted == Layout::blocks) {
            need_rows(tensor);
            from = Layout::rows;
        }
        versions[tensor].number[slot] = convert(tensor, from, wanted);
    };
    for (int i = 0; i < g.node_count; ++i) {
        for (int k = 0; k < g.nodes[i].input_count; ++k) need(g.input(i, k), read_layout(g.nodes[i], k));
        visit(i);
    }
    for (int o = 0; o < g.output_count; ++o) need(g.outputs[o], Layout::rows);
}

}  // namespace detail

/// How many conversions lay_out will insert.
template <int N, int E, int O>
constexpr auto count_conversions(const Graph<N, E, O>& chosen) noexcept -> int {
    detail::Versions versions[N > 0 ? N : 1];
    int count = 0;
    detail::walk_conversions(chosen, versions, [&](int, Layout, Layout) { return count++; }, [](int) {});
    return count;
}

/// Inserts conversions wherever a node reads a tensor in another layout than its maker wrote; one for each tensor and layout,
/// shared by its readers. Outputs leave row-major. Needs node.choice of every node. M is node_count + count_conversions.
template <int M, int N, int E, int O>
constexpr auto lay_out(const Graph<N, E, O>& chosen) noexcept -> Graph<M, E + M, O> {
    Graph<M, E + M, O> out;
    int moved[N > 0 ? N : 1]{};
    detail::Versions versions[N > 0 ? N : 1];
    const auto version = [&](int tensor, Layout wanted) {
        const int converted = versions[tensor].number[static_cast<int>(wanted)];
        return converted >= 0 ? converted : moved[tensor];
    };
    const auto convert = [&](int tensor, Layout from, Layout to) {
        const Node& made = chosen.nodes[tensor];
        Node& node = out.nodes[out.node_count];
        node.name = made.name;
        node.operation.op = to == Layout::blocks ? Op::to_blocks : Op::to_rows;
        node.operation.image = made.operation.image;
        node.shape = made.shape;
        node.choice.in = from;
        node.choice.out = to;
        node.first_input = out.edge_count;
        node.input_count = 1;
        out.edges[out.edge_count++] = version(tensor, from);
        return out.node_count++;
    };
    const auto visit = [&](int i) {
        moved[i] = out.node_count;
        Node& node = out.nodes[out.node_count++];
        node = chosen.nodes[i];
        node.first_input = out.edge_count;
        for (int k = 0; k < node.input_count; ++k) out.edges[out.edge_count++] = version(chosen.input(i, k), detail::read_layout(node, k));
    };
    detail::walk_conversions(chosen, versions, convert, visit);
    out.output_count = chosen.output_count;
    for (int o = 0; o < chosen.output_count; ++o) out.outputs[o] = version(chosen.outputs[o], Layout::rows);
    return out;
}

}  // namespace mdl::graph
