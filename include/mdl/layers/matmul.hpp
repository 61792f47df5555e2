// mdl: the product of two computed matrices.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/composite.hpp>
#include <mdl/layers/limits.hpp>

namespace mdl {

namespace layers {

constexpr auto matmul_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const Shape &a = in[0], &b = in[1];
    if (a.rank < 2 || b.rank < 2) return graph::failed(graph::Problem::wrong_rank, a, b);
    if (a[a.rank - 1] != b[b.rank - 2]) return graph::failed(graph::Problem::inner_sizes_differ, a, b);
    op.size = a[a.rank - 1];
    Shape out;
    const int rank = a.rank > b.rank ? a.rank : b.rank;
    for (int axis = 0; axis < rank - 2; ++axis) {
        const int i = axis - (rank - a.rank), j = axis - (rank - b.rank);
        const int x = i < 0 ? 1 : a[i], y = j < 0 ? 1 : b[j];
        if (x != y && x != 1 && y != 1) return graph::failed(graph::Problem::shapes_do_not_broadcast, a, b);
        out.push(x == 1 ? y : x);
    }
    out.push(a[a.rank - 2]);
    out.push(b[b.rank - 1]);
    return shaped(out);
}

constexpr auto matmul_description() noexcept -> graph::Description {
    Operation op;
    op.op = Op::matmul;
    return {op, &matmul_shape, 2, 2};
}

}  // namespace layers

/// y(..., i, j) = sum over k of a(..., i, k) b(..., k, j), leading axes broadcast as in NumPy. Two branches, or, without any, the node's
/// own two inputs: `Node<"y", MatMul<>, From<"a", "b">>`.  Source: ONNX MatMul-13.
template <class... Branches>
struct MatMul {
    static constexpr auto flatten(graph::Builder& builder, std::span<const int> inputs) -> int {
        return layers::join<Branches...>(builder, inputs, layers::matmul_description());
    }
};

}  // namespace mdl
