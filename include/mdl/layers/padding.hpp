// mdl: padding as a layer of its own.
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

constexpr auto pad_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    if (op.dims.rank != in[0].rank || op.dims_end.rank != in[0].rank) return graph::failed(graph::Problem::wrong_rank, in[0], op.dims);
    Shape out = in[0];
    for (int axis = 0; axis < out.rank; ++axis) {
        if (op.dims[axis] < 0 || op.dims_end[axis] < 0) return graph::failed(graph::Problem::negative_padding, op.dims, op.dims_end);
        const std::int64_t size = std::int64_t{out[axis]} + op.dims[axis] + op.dims_end[axis];
        if (size > std::numeric_limits<std::int32_t>::max()) return graph::failed(graph::Problem::too_large, op.dims, op.dims_end);
        const int shown = op.fill == Fill::reflect ? out[axis] - 1 : op.fill == Fill::wrap ? out[axis] : std::numeric_limits<int>::max();
        if (op.dims[axis] > shown || op.dims_end[axis] > shown) return graph::failed(graph::Problem::reflection_too_wide, in[0], op.dims);
        out[axis] = static_cast<int>(size);
    }
    return shaped(out);
}

constexpr auto pad_description(const Shape& before, const Shape& after, float value, Fill fill = Fill::constant) noexcept -> graph::Description {
    Operation op;
    op.op = Op::pad;
    op.fill = fill;
    op.dims = before, op.dims_end = after;
    op.alpha = value;
    return {op, &pad_shape, 1, 1};
}

}  // namespace layers

/// Zeros around rows and columns.
template <int Top, int Left, int Bottom, int Right>
struct ZeroPad {
    static constexpr graph::Description description = layers::pad_description(Shape{0, 0, Top, Left}, Shape{0, 0, Bottom, Right}, 0);
};
/// The nearest pixel, or the mirror image, around rows and columns.
template <int Top, int Left, int Bottom, int Right>
struct EdgePad {
    static constexpr graph::Description description = layers::pad_description(Shape{0, 0, Top, Left}, Shape{0, 0, Bottom, Right}, 0, Fill::edge);
};
template <int Top, int Left, int Bottom, int Right>
struct ReflectPad {
    static constexpr graph::Description description = layers::pad_description(Shape{0, 0, Top, Left}, Shape{0, 0, Bottom, Right}, 0, Fill::reflect);
};

/// `PadTensor<Before<0, 0, 1, 1>, After<0, 4, 1, 1>, Value<0.5>>`: a constant (0) before and after each axis; or Edge, Reflect, Wrap.
/// Source: ONNX Pad-19.
template <class... Options>
struct PadTensor {
    static_assert(layers::Takes<OptionKind::before, OptionKind::after, OptionKind::value, OptionKind::fill>::check<Options...>());
    static constexpr graph::Description description = [] {
        graph::Description result = layers::pad_description({}, {}, 0);
        result.operation = layers::with<Options...>(result.operation);
        return result;
    }();
};

}  // namespace mdl
