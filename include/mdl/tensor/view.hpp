// mdl: a view of a row-major tensor in memory that belongs to another.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include <mdl/base/config.hpp>
#include <mdl/tensor/shape.hpp>

namespace mdl {

/// `shape.count()` values at `data`, the last axis contiguous. `TensorView<const float>` only reads.
template <class T>
struct TensorView {
    T* data = nullptr;
    Shape shape{};

    constexpr auto size() const noexcept -> std::size_t { return static_cast<std::size_t>(shape.count()); }
    constexpr auto span() const noexcept -> std::span<T> { return {data, size()}; }

    /// Where the element of these indices lies; one index an axis, the last axis fastest. Debug builds check every index.
    template <class... Indices>
        requires(std::is_integral_v<Indices> && ...)
    constexpr auto offset(Indices... indices) const noexcept -> std::int64_t {
        MDL_ASSERT(static_cast<int>(sizeof...(Indices)) == shape.rank);
        std::int64_t position = 0;
        [[maybe_unused]] int axis = 0;
        [[maybe_unused]] const auto step = [&](std::int64_t index) {
            MDL_ASSERT(index >= 0 && index < shape[axis]);
            position = position * shape[axis++] + index;
        };
        (step(static_cast<std::int64_t>(indices)), ...);
        return position;
    }
    template <class... Indices>
        requires(std::is_integral_v<Indices> && ...)
    constexpr auto at(Indices... indices) const noexcept -> T& {
        return data[offset(indices...)];
    }

    constexpr operator TensorView<const T>() const noexcept
        requires(!std::is_const_v<T>)
    {
        return {data, shape};
    }
};

}  // namespace mdl
