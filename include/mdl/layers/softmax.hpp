// mdl: softmax and log-softmax.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>

namespace mdl {

namespace layers {

constexpr auto softmax_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const int axis = front_axis(op.axis, in[0].rank);
    if (axis < 0) return graph::failed(graph::Problem::axis_out_of_range, in[0], Shape{op.axis});
    op.axis = axis;
    return shaped(in[0]);
}

constexpr auto softmax_description(int axis, bool logarithm = false) noexcept -> graph::Description {
    Operation op;
    op.op = logarithm ? Op::log_softmax : Op::softmax;
    op.axis = axis;
    return {op, &softmax_shape, 1, 1};
}

}  // namespace layers

/// y(i) = exp(x(i)) / sum over j of exp(x(j)), along axis N.  Source: ONNX Softmax-13.
template <int N>
struct SoftmaxAxis {
    static constexpr graph::Description description = layers::softmax_description(N);
};
/// Along the channels.
struct Softmax : SoftmaxAxis<1> {};

/// y(i) = x(i) - log(sum over j of exp(x(j))), along axis N.
template <int N>
struct LogSoftmaxAxis {
    static constexpr graph::Description description = layers::softmax_description(N, true);
};
struct LogSoftmax : LogSoftmaxAxis<1> {};

}  // namespace mdl
