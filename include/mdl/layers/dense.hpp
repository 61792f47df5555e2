// mdl: the fully connected layer.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>

namespace mdl {

namespace layers {

constexpr auto dense_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const Shape& x = in[0];
    if (x.rank < 2) return graph::failed(graph::Problem::wrong_rank, x, Shape{2});
    if (op.out_channels < 1) return graph::failed(graph::Problem::not_positive, x, Shape{op.out_channels});
    graph::Inference found;
    found.shape = Shape{x[0], op.out_channels};
    found.add_weight(graph::Role::weight, Shape{op.out_channels, static_cast<int>(x.count(1, x.rank))});
    if (op.bias) found.add_weight(graph::Role::bias, Shape{op.out_channels});
    return checked(found);
}

constexpr auto dense_description(int out, bool bias) noexcept -> graph::Description {
    Operation op;
    op.op = Op::dense;
    op.out_channels = out;
    op.bias = bias;
    return {op, &dense_shape, 1, 1};
}

}  // namespace layers

/// y(o) = bias(o) + sum over i of w(o,i) x(i). [n, ...] -> [n, Out]: everything behind the batch is one vector, in ONNX's order.
/// Option: NoBias.  Source: ONNX Gemm-13 with transB.
template <int Out, class... Options>
struct Dense {
    static_assert(layers::Takes<OptionKind::no_bias>::check<Options...>());
    static constexpr graph::Description description = layers::dense_description(Out, sizeof...(Options) == 0);
};

}  // namespace mdl
