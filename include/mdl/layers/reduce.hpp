// mdl: reductions over axes: means, sums, extremes, norms, and positions of extremes.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>

namespace mdl {

namespace layers {

constexpr auto reduce_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    bool reduced[max_rank]{};
    if (op.dims.rank == 0)
        for (int axis = 0; axis < in[0].rank; ++axis) op.dims.push(axis);
    for (int i = 0; i < op.dims.rank; ++i) {
        const int axis = front_axis(op.dims[i], in[0].rank);
        if (axis < 0 || reduced[axis]) return graph::failed(graph::Problem::axis_out_of_range, in[0], op.dims);
        op.dims[i] = axis;
        reduced[axis] = true;
    }
    if (is_position(op.reduction) && op.dims.rank != 1) return graph::failed(graph::Problem::one_axis, in[0], op.dims);
    Shape out;
    for (int axis = 0; axis < in[0].rank; ++axis) {
        if (!reduced[axis])
            out.push(in[0][axis]);
        else if (op.keep_dims)
            out.push(1);
    }
    return shaped(out);
}

constexpr auto reduce_description(Reduction reduction, const Shape& axes, bool keep_dims) noexcept -> graph::Description {
    Operation op;
    op.op = Op::reduce;
    op.reduction = reduction;
    op.dims = axes;
    op.keep_dims = keep_dims;
    return {op, &reduce_shape, 1, 1};
}

template <Reduction Kind, class... Options>
struct ReduceLayer {
    static_assert(Takes<OptionKind::axes, OptionKind::drop_dims>::check<Options...>());
    static constexpr graph::Description description = [] {
        graph::Description result = reduce_description(Kind, {}, true);
        result.operation = with<Options...>(result.operation);
        return result;
    }();
};

}  // namespace layers

// `ReduceMean<Axes<2, 3>>`: over these axes (without Axes over all of them), which stay with size 1 unless DropDims is given.
// Source: ONNX ReduceMean-18 and its relatives.

template <class... Options>
struct ReduceMean : layers::ReduceLayer<Reduction::mean, Options...> {};
template <class... Options>
struct ReduceSum : layers::ReduceLayer<Reduction::sum, Options...> {};
template <class... Options>
struct ReduceMax : layers::ReduceLayer<Reduction::max, Options...> {};
template <class... Options>
struct ReduceMin : layers::ReduceLayer<Reduction::min, Options...> {};
template <class... Options>
struct ReduceProd : layers::ReduceLayer<Reduction::product, Options...> {};
/// Sum of |x|.
template <class... Options>
struct ReduceL1 : layers::ReduceLayer<Reduction::l1, Options...> {};
/// Square root of the sum of x^2.
template <class... Options>
struct ReduceL2 : layers::ReduceLayer<Reduction::l2, Options...> {};
/// Sum of x^2.
template <class... Options>
struct ReduceSumSquare : layers::ReduceLayer<Reduction::sum_of_squares, Options...> {};
/// Logarithm of the sum.
template <class... Options>
struct ReduceLogSum : layers::ReduceLayer<Reduction::log_sum, Options...> {};
/// Logarithm of the sum of exp(x).
template <class... Options>
struct ReduceLogSumExp : layers::ReduceLayer<Reduction::log_sum_exp, Options...> {};

// `ArgMax<Axes<1>>`: where along the one axis the largest stands, counted from 0, as a float; of equals the first, or the last.
// Source: ONNX ArgMax-13.

template <class... Options>
struct ArgMax : layers::ReduceLayer<Reduction::arg_max, Options...> {};
template <class... Options>
struct ArgMaxLast : layers::ReduceLayer<Reduction::arg_max_last, Options...> {};
template <class... Options>
struct ArgMin : layers::ReduceLayer<Reduction::arg_min, Options...> {};
template <class... Options>
struct ArgMinLast : layers::ReduceLayer<Reduction::arg_min_last, Options...> {};

}  // namespace mdl
