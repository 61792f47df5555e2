// mdl: checks that every shape rule makes.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>

#include <mdl/graph/node.hpp>

namespace mdl::layers {

/// Index arithmetic is 32 bits wide.
constexpr auto fits(const Shape& shape) noexcept -> bool {
    std::int64_t product = 1;
    for (int axis = 0; axis < shape.rank; ++axis) {
        product *= shape.dims[axis];
        if (product > std::numeric_limits<std::int32_t>::max()) return false;
    }
    return true;
}

constexpr auto is_positive(const Shape& shape) noexcept -> bool {
    for (int axis = 0; axis < shape.rank; ++axis)
        if (shape.dims[axis] < 1) return false;
    return true;
}

/// The last word of every shape rule: not_positive, too_large, or the inference as it is.
constexpr auto checked(const graph::Inference& found) noexcept -> graph::Inference {
    if (found.problem != graph::Problem::none) return found;
    if (!is_positive(found.shape)) return graph::failed(graph::Problem::not_positive, found.shape);
    if (!fits(found.shape)) return graph::failed(graph::Problem::too_large, found.shape);
    for (int w = 0; w < found.weight_count; ++w)
        if (!fits(found.weights[w].shape)) return graph::failed(graph::Problem::too_large, found.weights[w].shape);
    return found;
}

/// An inference of this shape, without weights.
constexpr auto shaped(const Shape& shape) noexcept -> graph::Inference {
    graph::Inference found;
    found.shape = shape;
    return checked(found);
}

/// The axis counted from the front, or -1 where it does not exist.
constexpr auto front_axis(int axis, int rank) noexcept -> int {
    const int front = axis < 0 ? axis + rank : axis;
    return front >= 0 && front < rank ? front : -1;
}

}  // namespace mdl::layers
