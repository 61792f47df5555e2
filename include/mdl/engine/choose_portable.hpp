// mdl: kernels where xsimd has no vector type: Eigen for convolution and dense layers, plain loops for the rest.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/engine/kernel.hpp>
#include <mdl/graph/graph.hpp>
#include <mdl/kernels/portable/convolution.hpp>
#include <mdl/kernels/portable/dense.hpp>

namespace mdl::engine {
inline namespace MDL_ISA {

inline constexpr int block_channels = 1;

template <class Policies, int N, int E, int O>
constexpr void choose_better(const graph::Graph<N, E, O>& g, graph::Node& node, std::span<const graph::Layout>, bool) noexcept {
    const Shape& in = g.nodes[g.inputs(node)[0]].shape;
    if (node.fusion.prologue_count > 0) return;
    if (node.operation.op == Op::convolution) {
        node.choice.kernel = static_cast<std::int16_t>(Kernel::portable_convolution);
        node.choice.scratch_bytes = static_cast<std::int64_t>(kernels::portable::convolution_scratch_bytes(node.operation, in, node.shape));
    }
    if (node.operation.op == Op::dense) node.choice.kernel = static_cast<std::int16_t>(Kernel::portable_dense);
}

}  // namespace MDL_ISA
}  // namespace mdl::engine
