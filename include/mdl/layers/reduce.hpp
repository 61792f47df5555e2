// mdl: means over axes.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>

namespace mdl {

namespace layers {

constexpr auto reduce_mean_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    bool reduced[max_rank]{};
    if (op.dims.rank == 0)
        for (int axis = 0; axis < in[0].rank; ++axis) op.dims.push(axis);
    for (int i = 0; i < op.dims.rank; ++i) {
        const int axis = front_axis(op.dims[i], in[0].rank);
        if (axis < 0 || reduced[axis]) return graph::failed(graph::Problem::axis_out_of_range, in[0], op.dims);
        op.dims[i] = axis;
        reduced[axis] = true;
    }
    Shape out;
    for (int axis = 0; axis < in[0].rank; ++axis) {
        if (!reduced[axis])
            out.push(in[0][axis]);
        else if (op.keep_dims)
            out.push(1);
    }
    return shaped(out);
}

constexpr auto reduce_mean_description(const Shape& axes, bool keep_dims) noexcept -> graph::Description {
    Operation op;
    op.op = Op::reduce_mean;
    op.dims = axes;
    op.keep_dims = keep_dims;
    return {op, &reduce_mean_shape, 1, 1};
}

}  // namespace layers

/// `ReduceMean<Axes<2, 3>>`: the mean over axes (without Axes over all of them), which stay with size 1 unless DropDims is given.
/// Source: ONNX ReduceMean-18.
template <class... Options>
struct ReduceMean {
    static_assert(layers::Takes<OptionKind::axes, OptionKind::drop_dims>::check<Options...>());
    static constexpr graph::Description description = [] {
        graph::Description result = layers::reduce_mean_description({}, true);
        result.operation = layers::with<Options...>(result.operation);
        return result;
    }();
};

}  // namespace mdl
