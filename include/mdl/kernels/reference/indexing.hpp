// mdl: row-major strides, axes and index counting for the reference kernels.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/tensor/shape.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// Elements between neighbours along each axis.
struct Strides {
    std::int64_t along[max_rank]{};

    constexpr auto operator[](int axis) const noexcept -> std::int64_t { return along[axis]; }
    constexpr auto operator[](int axis) noexcept -> std::int64_t& { return along[axis]; }
};

constexpr auto row_major_strides(const Shape& shape) noexcept -> Strides {
    Strides strides;
    std::int64_t step = 1;
    for (int axis = shape.rank - 1; axis >= 0; --axis) {
        strides[axis] = step;
        step *= shape[axis];
    }
    return strides;
}

/// Axis counted from the front, where negative ones count from the end.
constexpr auto front_axis(int axis, int rank) noexcept -> int { return axis < 0 ? axis + rank : axis; }

/// An index that is a float: negative ones count from the end, one outside of the axis is its nearest element, NaN the first.
constexpr auto nearest_element(float index, int size) noexcept -> std::int64_t {
    const float last = static_cast<float>(size - 1), front = index < 0 ? index + static_cast<float>(size) : index;
    return static_cast<std::int64_t>(front >= 0 && front <= last ? front : front > 0 ? last : 0);
}

/// Product of the sizes of axes first to last-1. Stands here rather than Shape::count because what is not inlined
/// must carry the name of its instruction set.
constexpr auto count_of(const Shape& shape, int first, int last) noexcept -> std::int64_t {
    std::int64_t product = 1;
    for (int axis = first; axis < last; ++axis) product *= shape[axis];
    return product;
}
constexpr auto count_of(const Shape& shape) noexcept -> std::int64_t { return count_of(shape, 0, shape.rank); }

/// Walks the first `rank` axes of a shape in row-major order.
class Odometer {
public:
    constexpr Odometer(const Shape& shape, int rank) noexcept : shape_(shape), rank_(rank) {}

    constexpr auto operator[](int axis) const noexcept -> int { return index_[axis]; }

    /// The element that the index points at, in a tensor with these strides.
    constexpr auto offset(const Strides& strides) const noexcept -> std::int64_t {
        std::int64_t sum = 0;
        for (int axis = 0; axis < rank_; ++axis) sum += index_[axis] * strides[axis];
        return sum;
    }

    /// Steps to the next index; false after the last.
    constexpr auto next() noexcept -> bool {
        for (int axis = rank_ - 1; axis >= 0; --axis) {
            if (++index_[axis] < shape_[axis]) return true;
            index_[axis] = 0;
        }
        return false;
    }

private:
    Shape shape_;
    int rank_;
    int index_[max_rank]{};
};

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
