// mdl: how a plan is written down: plain numbers that lie alike on every target.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include <mdl/tensor/shape.hpp>

namespace mdl {

/// One node of what runs. A tool reads plans out of files that are compiled for another CPU.
struct PlannedNode {
    std::int64_t macs = 0;
    std::int64_t offset = 0, bytes = 0;                  ///< of the output in the arena; 0 bytes: it lies in the weights, or in its inputs
    std::int64_t scratch_offset = 0, scratch_bytes = 0;  ///< that the node works in
    std::int32_t source = -1, makes = -1;                ///< see graph::Node
    std::int32_t first_input = 0, input_count = 0;       ///< range in Plan::edges
    std::int32_t rank = 0, dims[max_rank]{};
    bool runs = false;  ///< a step of the run; else nothing is to be done
    bool view = false, in_place = false, in_blocks = false;
    char operation[32]{}, kernel[24]{};
};
static_assert(sizeof(PlannedNode) == 144);

inline constexpr std::string_view plan_mark = "mdl plan, no. 1";

struct PlanHead {
    char mark[16]{};  ///< plan_mark, by which the plan is found in a compiled file
    std::uint64_t fingerprint = 0;
    std::int64_t arena_bytes = 0, lower_bound = 0;  ///< see graph::MemoryPlan
    std::int32_t node_count = 0, edge_count = 0, output_count = 0;
    std::int32_t block_channels = 0;
    char isa[64]{};  ///< the instruction set that the plan is made for
};
static_assert(sizeof(PlanHead) == 120);

/// N nodes in order of execution; `edges` are the nodes that they read.
template <int N, int E, int O>
struct Plan {
    PlanHead head{};
    PlannedNode nodes[N]{};
    std::int32_t edges[E]{}, outputs[O]{};
};

}  // namespace mdl
