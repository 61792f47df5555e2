// mdl: what runs and where it lies in the arena, as plain numbers for pictures. An app that does not include this header pays nothing.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

#include <mdl/engine/describe.hpp>
#include <mdl/engine/plan_record.hpp>

namespace mdl {

namespace engine {

template <std::size_t N>
constexpr void copy_text(std::string_view text, char (&to)[N]) noexcept {
    for (std::size_t i = 0; i < text.size() && i + 1 < N; ++i) to[i] = text[i];
}

}  // namespace engine

#define MDL_QUOTED_TOKEN(token) #token
#define MDL_QUOTED(macro) MDL_QUOTED_TOKEN(macro)

inline namespace MDL_ISA {

/// The plan of a network for the target of this translation unit.
template <class Net, class O = Options<>>
inline constexpr auto plan = [] {
    constexpr const auto& g = engine::laid_out<Net, O>;
    constexpr const auto& memory = engine::memory<Net, O>;
    Plan<g.node_count, g.edge_count, g.output_count> result;
    PlanHead& head = result.head;
    engine::copy_text(plan_mark, head.mark);
    engine::copy_text(MDL_QUOTED(MDL_ISA), head.isa);
    head.fingerprint = fingerprint<Net>;
    head.arena_bytes = memory.bytes;
    head.lower_bound = memory.lower_bound;
    head.node_count = g.node_count, head.edge_count = g.edge_count, head.output_count = g.output_count;
    head.block_channels = engine::block_channels;
    for (int e = 0; e < g.edge_count; ++e) result.edges[e] = g.edges[e];
    for (int o = 0; o < g.output_count; ++o) result.outputs[o] = g.outputs[o];
    for (int i = 0; i < g.node_count; ++i) {
        const graph::Node& node = g.nodes[i];
        PlannedNode& planned = result.nodes[i];
        planned.macs = graph::macs_of(node);
        planned.offset = memory.tensor[i];
        planned.bytes = node.operation.op == Op::constant || node.choice.mapped ? 0 : graph::storage_bytes(node, engine::block_channels);
        planned.scratch_offset = memory.scratch[i];
        planned.scratch_bytes = node.choice.scratch_bytes;
        planned.source = node.source, planned.makes = node.makes;
        planned.first_input = node.first_input, planned.input_count = node.input_count;
        planned.rank = node.shape.rank;
        for (int axis = 0; axis < node.shape.rank; ++axis) planned.dims[axis] = node.shape[axis];
        planned.runs = engine::needs_code<Net, O>(i);
        planned.view = node.choice.view;
        planned.in_place = node.choice.in_place;
        planned.in_blocks = node.choice.out == graph::Layout::blocks;
        engine::copy_text(graph::name_of(node.operation), planned.operation);
        engine::copy_text(engine::name_of(static_cast<engine::Kernel>(node.choice.kernel)), planned.kernel);
    }
    return result;
}();

}  // namespace MDL_ISA

#undef MDL_QUOTED
#undef MDL_QUOTED_TOKEN

}  // namespace mdl
