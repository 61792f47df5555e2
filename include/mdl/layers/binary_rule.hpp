// mdl: the shape rule of elementwise operators with several operands.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>

namespace mdl::layers {

/// Shapes broadcast as in NumPy: aligned at the last axis, each size equal or 1.
constexpr auto broadcast_shape(Operation&, std::span<const Shape> in) -> graph::Inference {
    Shape out = in[0];
    for (std::size_t k = 1; k < in.size(); ++k) {
        const Shape& other = in[k];
        Shape joint;
        const int rank = out.rank > other.rank ? out.rank : other.rank;
        for (int axis = 0; axis < rank; ++axis) {
            const int a = axis - (rank - out.rank), b = axis - (rank - other.rank);
            const int x = a < 0 ? 1 : out[a], y = b < 0 ? 1 : other[b];
            if (x != y && x != 1 && y != 1) return graph::failed(graph::Problem::shapes_do_not_broadcast, out, other);
            joint.push(x == 1 ? y : x);
        }
        out = joint;
    }
    return shaped(out);
}

/// y = x1 op x2 (op x3 ...).  Source: ONNX Add-14, Max-13, ...
constexpr auto binary_description(Binary kind) noexcept -> graph::Description {
    Operation op;
    op.op = Op::binary;
    op.binary = kind;
    return {op, &broadcast_shape, 2, -1};
}

}  // namespace mdl::layers
