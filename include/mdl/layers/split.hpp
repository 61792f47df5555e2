// mdl: Split, a layer with several outputs, read in a Graph as "name:0", "name:1".
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <concepts>
#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/options.hpp>
#include <mdl/layers/rearrange.hpp>

namespace mdl {

/// Splits into N equal parts: `Split<Parts<2>>`.
template <int N>
struct Parts {
    static constexpr int count = N;
};

/// Splits into parts of the given sizes: `Split<Sizes<24, 40>>`.
template <int... N>
struct Sizes {
    static constexpr int count = sizeof...(N);
    static constexpr std::array<int, sizeof...(N)> sizes{N...};
};

namespace layers {

/// Part `size` of `groups` equal parts: becomes a plain slice once the input's shape is known.
constexpr auto equal_part_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const int axis = op.axis < 0 ? op.axis + in[0].rank : op.axis;
    if (axis < 0 || axis >= in[0].rank) return graph::failed(graph::Problem::axis_out_of_range, in[0], Shape{op.axis});
    if (op.groups < 1 || in[0][axis] % op.groups != 0) return graph::failed(graph::Problem::split_does_not_divide, in[0], Shape{op.groups});
    const int length = in[0][axis] / op.groups;
    op.begin = op.size * length;
    op.end = op.begin + length;
    op.axis = axis;
    op.groups = 1;
    op.size = 0;
    graph::Inference result;
    result.shape = in[0];
    result.shape[axis] = length;
    return result;
}

template <class T>
concept SplitLayer = requires {
    { T::part(0) } -> std::same_as<graph::Description>;
};

}  // namespace layers

/// Splits along the channels, or along `Axis<n>`. Each part that is read becomes a slice.
template <class How, class Along = Axis<1>>
struct Split {
    static constexpr int part_count = How::count;

    static constexpr auto part(int k) -> graph::Description {
        if constexpr (requires { How::sizes; }) {
            int begin = 0;
            for (int i = 0; i < k; ++i) begin += How::sizes[static_cast<std::size_t>(i)];
            return layers::slice_description(Along::value, begin, begin + How::sizes[static_cast<std::size_t>(k)]);
        } else {
            graph::Description description;
            description.operation.op = Op::slice;
            description.operation.axis = Along::value;
            description.operation.groups = How::count;
            description.operation.size = k;
            description.rule = &layers::equal_part_shape;
            return description;
        }
    }
};

}  // namespace mdl
