// mdl: chooses a kernel, layouts and scratch for every node.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/engine/kernel.hpp>
#include <mdl/engine/tiny.hpp>
#include <mdl/graph/graph.hpp>
#include <mdl/graph/lay_out.hpp>
#include <mdl/graph/plan_memory.hpp>
#include <mdl/kernels/reference/recurrence.hpp>
#if MDL_SIMD
#include <mdl/engine/choose_blocks.hpp>
#else
#include <mdl/engine/choose_portable.hpp>
#endif

namespace mdl::engine {
inline namespace MDL_ISA {

namespace detail {

constexpr void set(graph::Node& node, Kernel kernel, graph::Layout in, graph::Layout out) noexcept {
    node.choice.kernel = static_cast<std::int16_t>(kernel);
    node.choice.in = in;
    node.choice.out = out;
}

/// Row-major plain loops: right for every operator and shape.
constexpr void choose_reference(graph::Node& node, const Shape& in) noexcept {
    set(node, Kernel::reference, graph::Layout::rows, graph::Layout::rows);
    const Op op = node.operation.op;
    node.choice.view = op == Op::reshape;
    if (node.choice.view) node.choice.kernel = static_cast<std::int16_t>(Kernel::nothing);
    node.choice.in_place = op == Op::activation || op == Op::prelu || op == Op::batch_norm || op == Op::scale || op == Op::layer_norm || op == Op::group_norm;
    node.choice.joins_in_place = op == Op::concat && node.operation.axis == 1 && node.shape[0] == 1;
    if (node.fusion.prologue_count > 0) node.choice.scratch_bytes = 4 * in.count();
    if (op == Op::recurrence) node.choice.scratch_bytes = 4 * kernels::reference::recurrence_scratch_floats(node.operation);
}

}  // namespace detail

/// Writes kernel, layouts, scratch and sharing into every node, walking in execution order so that a node knows how its inputs lie.
template <class O, int N, int E, int M>
constexpr auto choose(const graph::Graph<N, E, M>& fused) noexcept -> graph::Graph<N, E, M> {
    graph::Graph<N, E, M> g = fused;
    graph::Layout layouts[E > 0 ? E : 1]{};
    const bool tiny = is_tiny<O>(fused);  // once: it counts all nodes
    for (int i = 0; i < g.node_count; ++i) {
        graph::Node& node = g.nodes[i];
        if (node.operation.op == Op::input) {
            detail::set(node, Kernel::nothing, graph::Layout::rows, node.operation.image.is_plain() ? graph::Layout::rows : graph::Layout::image);
        } else if (node.operation.op == Op::constant) {
            detail::set(node, Kernel::nothing, graph::Layout::rows, graph::Layout::rows);
        } else {
            const auto inputs = g.inputs(i);
            for (std::size_t k = 0; k < inputs.size(); ++k) layouts[k] = g.nodes[inputs[k]].choice.out;
            const graph::Node& first = g.nodes[inputs[0]];
            detail::choose_reference(node, first.shape);
            choose_better<O>(g, node, std::span<const graph::Layout>(layouts, inputs.size()), tiny);
        }
        if (O::keep_tensors) node.choice.in_place = node.choice.joins_in_place = false;
    }
    return g;
}

/// The same for the conversions that lay_out inserted.
template <int N, int E, int O>
constexpr auto choose_conversions(graph::Graph<N, E, O> g) noexcept -> graph::Graph<N, E, O> {
    for (int i = 0; i < g.node_count; ++i) {
        graph::Node& node = g.nodes[i];
        if (node.operation.op != Op::to_blocks && node.operation.op != Op::to_rows) continue;
        const Kernel kernel = node.choice.in == graph::Layout::image ? Kernel::import_image : node.operation.op == Op::to_blocks ? Kernel::to_blocks : Kernel::to_rows;
        node.choice.kernel = static_cast<std::int16_t>(kernel);
    }
    return g;
}

}  // namespace MDL_ISA
}  // namespace mdl::engine
