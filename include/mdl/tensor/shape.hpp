// mdl: the logical shape of a tensor.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>

#include <mdl/base/config.hpp>

namespace mdl {

inline constexpr int max_rank = 6;

/// Sizes of a tensor's axes in ONNX's order. A feature map has rank 4: batch, channels, rows, columns.
/// Structural, so that compile errors can show it.
struct Shape {
    int rank = 0;
    int dims[max_rank]{};

    constexpr Shape() noexcept = default;
    constexpr Shape(std::initializer_list<int> sizes) noexcept {
        for (const int size : sizes) push(size);
    }

    constexpr auto operator[](int axis) const noexcept -> int { return dims[axis]; }
    constexpr auto operator[](int axis) noexcept -> int& { return dims[axis]; }
    constexpr auto operator==(const Shape&) const noexcept -> bool = default;

    constexpr void push(int size) noexcept {
        MDL_ASSERT(rank < max_rank);
        dims[rank++] = size;
    }
    /// Number of elements; 1 for rank 0.
    constexpr auto count() const noexcept -> std::int64_t { return count(0, rank); }
    /// Product of the sizes of axes first to last-1.
    constexpr auto count(int first, int last) const noexcept -> std::int64_t {
        std::int64_t product = 1;
        for (int axis = first; axis < last; ++axis) product *= dims[axis];
        return product;
    }

    // Names of a feature map's axes (rank 4).
    constexpr auto batch() const noexcept -> int { return dims[0]; }
    constexpr auto channels() const noexcept -> int { return dims[1]; }
    constexpr auto height() const noexcept -> int { return dims[2]; }
    constexpr auto width() const noexcept -> int { return dims[3]; }
};

}  // namespace mdl
