// mdl: layers that move values without changing them: slice, concat, reshape, flatten, transpose, channel shuffle.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>

namespace mdl {

namespace layers {

constexpr auto concat_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const int axis = front_axis(op.axis, in[0].rank);
    if (axis < 0) return graph::failed(graph::Problem::axis_out_of_range, in[0], Shape{op.axis});
    op.axis = axis;
    Shape out = in[0];
    std::int64_t size = 0;
    for (const Shape& part : in) {
        if (part.rank != out.rank) return graph::failed(graph::Problem::concat_shapes_differ, in[0], part);
        for (int i = 0; i < out.rank; ++i)
            if (i != axis && part[i] != out[i]) return graph::failed(graph::Problem::concat_shapes_differ, in[0], part);
        size += part[axis];
    }
    if (size > std::numeric_limits<std::int32_t>::max()) return graph::failed(graph::Problem::too_large, in[0]);
    out[axis] = static_cast<int>(size);
    return shaped(out);
}

/// Joins tensors along an axis.  Source: ONNX Concat-13.
constexpr auto concat_description(int axis) noexcept -> graph::Description {
    Operation op;
    op.op = Op::concat;
    op.axis = axis;
    return {op, &concat_shape, 1, -1};
}

/// `end` of a slice that names none.
inline constexpr int to_the_end = std::numeric_limits<int>::max();

constexpr auto slice_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const int axis = front_axis(op.axis, in[0].rank);
    if (axis < 0) return graph::failed(graph::Problem::axis_out_of_range, in[0], Shape{op.axis});
    const int size = in[0][axis];
    op.axis = axis;
    if (op.step == 0) return graph::failed(graph::Problem::step_is_zero, in[0], Shape{op.axis, op.begin, op.end});
    if (op.begin < 0) op.begin += size;
    if (op.end < 0) op.end += size;
    if (op.end == to_the_end && op.step > 0) op.end = size;
    // Backwards: down to, and without, `end`; without an end down to index 0.
    const int behind = op.step > 0 ? op.end : op.end == to_the_end ? -1 : op.end;
    const bool forward = op.begin >= 0 && behind <= size && op.begin < behind, backward = op.begin < size && behind >= -1 && op.begin > behind;
    if (!(op.step > 0 ? forward : backward)) return graph::failed(graph::Problem::slice_out_of_range, in[0], Shape{op.axis, op.begin, op.end});
    Shape out = in[0];
    out[axis] = static_cast<int>(1 + (std::int64_t{behind} - op.begin + (op.step > 0 ? -1 : 1)) / op.step);
    return shaped(out);
}

/// Indices begin, begin + step, ... of one axis, before `end`.
constexpr auto slice_description(int axis, int begin, int end, int step = 1) noexcept -> graph::Description {
    Operation op;
    op.op = Op::slice;
    op.axis = axis, op.begin = begin, op.end = end, op.step = step;
    return {op, &slice_shape, 1, 1};
}

/// Source: ONNX Reshape-14: 0 keeps the input's size, one -1 takes what is left.
constexpr auto reshape_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    Shape out = op.dims;
    int open = -1;
    std::int64_t known = 1;
    const std::int64_t count = in[0].count();
    for (int axis = 0; axis < out.rank; ++axis) {
        if (out[axis] == 0 && axis < in[0].rank) out[axis] = in[0][axis];
        if (out[axis] == -1) {
            if (open >= 0) return graph::failed(graph::Problem::two_inferred_sizes, in[0], op.dims);
            open = axis;
        } else if (out[axis] < 1) {
            return graph::failed(graph::Problem::not_positive, in[0], op.dims);
        } else {
            known *= out[axis];
            if (known > count) return graph::failed(graph::Problem::reshape_changes_count, in[0], op.dims);
        }
    }
    if (open >= 0) out[open] = static_cast<int>(count / known);
    if (out.count() != count) return graph::failed(graph::Problem::reshape_changes_count, in[0], op.dims);
    op.dims = out;
    return shaped(out);
}

constexpr auto reshape_description(const Shape& dims) noexcept -> graph::Description {
    Operation op;
    op.op = Op::reshape;
    op.dims = dims;
    return {op, &reshape_shape, 1, 1};
}

/// Becomes a reshape to two axes.  Source: ONNX Flatten-13.
constexpr auto flatten_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (op.dims.rank > 0) return reshape_shape(op, in);  // already resolved
    const int axis = op.axis < 0 ? op.axis + in[0].rank : op.axis;
    if (axis < 0 || axis > in[0].rank) return graph::failed(graph::Problem::axis_out_of_range, in[0], Shape{op.axis});
    op.axis = 0;
    op.dims = Shape{static_cast<int>(in[0].count(0, axis)), static_cast<int>(in[0].count(axis, in[0].rank))};
    return shaped(op.dims);
}

constexpr auto flatten_description(int axis) noexcept -> graph::Description {
    Operation op;
    op.op = Op::reshape;
    op.axis = axis;
    return {op, &flatten_shape, 1, 1};
}

constexpr auto transpose_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    bool named[max_rank]{};
    if (op.dims.rank != in[0].rank) return graph::failed(graph::Problem::not_a_permutation, in[0], op.dims);
    Shape out = in[0];
    for (int i = 0; i < in[0].rank; ++i) {
        const int from = op.dims[i];
        if (from < 0 || from >= in[0].rank || named[from]) return graph::failed(graph::Problem::not_a_permutation, in[0], op.dims);
        named[from] = true;
        out[i] = in[0][from];
    }
    return shaped(out);
}

constexpr auto transpose_description(const Shape& permutation) noexcept -> graph::Description {
    Operation op;
    op.op = Op::transpose;
    op.dims = permutation;
    return {op, &transpose_shape, 1, 1};
}

constexpr auto channel_shuffle_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (in[0].rank != 4) return graph::failed(graph::Problem::wrong_rank, in[0], Shape{4});
    if (op.groups < 1) return graph::failed(graph::Problem::not_positive, in[0], Shape{op.groups});
    if (in[0].channels() % op.groups != 0) return graph::failed(graph::Problem::groups_do_not_divide, in[0], Shape{op.groups});
    return shaped(in[0]);
}

constexpr auto channel_shuffle_description(int groups) noexcept -> graph::Description {
    Operation op;
    op.op = Op::channel_shuffle;
    op.groups = groups;
    return {op, &channel_shuffle_shape, 1, 1};
}

}  // namespace layers

/// `Slice<Axis<1>, Begin<0>, End<58>, Step<2>>`: indices begin, begin + step (1), ... before end, of an axis (1); without Begin from
/// its first, without End to its last; negative ones count from the end. A negative step walks backwards: `Slice<Begin<-1>, Step<-1>>`
/// turns an axis round.  Source: ONNX Slice-13.
template <class... Options>
struct Slice {
    static_assert(layers::Takes<OptionKind::axis, OptionKind::begin, OptionKind::end, OptionKind::step>::check<Options...>());
    static constexpr graph::Description description = [] {
        graph::Description result = layers::slice_description(1, 0, layers::to_the_end);
        result.operation = layers::with<Options...>(result.operation);
        return result;
    }();
};

/// The same elements under another shape, batch included: 0 keeps the input's size, one -1 takes what is left.
template <int... Dims>
struct Reshape {
    static_assert(sizeof...(Dims) <= max_rank, "mdl: a tensor has more axes than mdl::max_rank; merge axes with a reshape");
    static constexpr graph::Description description = layers::reshape_description(Shape{Dims...});
};

/// [a, b, c, ...] -> [product of the axes before N, product of the rest].
template <int N>
struct FlattenFrom {
    static constexpr graph::Description description = layers::flatten_description(N);
};
struct Flatten : FlattenFrom<1> {};

/// Axis i of the output is axis Permutation[i] of the input.
template <int... Permutation>
struct Transpose {
    static_assert(sizeof...(Permutation) <= max_rank, "mdl: a tensor has more axes than mdl::max_rank; merge axes with a reshape");
    static constexpr graph::Description description = layers::transpose_description(Shape{Permutation...});
};

/// Channel g * n + i becomes channel i * groups + g, n = channels / groups.  Source: Zhang et al. 2017 (ShuffleNet), section 3.1.
template <int N>
struct ChannelShuffle {
    static constexpr graph::Description description = layers::channel_shuffle_description(N);
};

}  // namespace mdl
