// mdl: a tensor of the reference interpreter: doubles, whatever ONNX's element type.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "failure.hpp"
#include "onnx/tensor.hpp"

namespace mdl::tool::interpreter {

struct Array {
    Dims dims{};
    bool is_integer = false;  ///< of an integer or truth type: division cuts
    int element = 0;          ///< ONNX's element type where the file says it: the range of a quantised tensor
    std::vector<double> values{};

    Array() = default;
    /// Zeros.
    explicit Array(Dims shape, bool integer = false) : dims(std::move(shape)), is_integer(integer) {
        constexpr std::int64_t most = std::int64_t{1} << 31;
        std::int64_t count = 1;
        bool empty = false;
        for (const auto dim : dims) {
            if (dim < 0 || (dim > 0 && count > most / dim)) fail(Exit::bad_input, "makes a tensor of an impossible shape, ", to_text(dims));
            count *= dim > 0 ? dim : 1;
            empty |= dim == 0;
        }
        values.resize(empty ? 0 : static_cast<std::size_t>(count));
    }
    explicit Array(const Tensor& tensor) : dims(tensor.dims), is_integer(!tensor.is_float()) {
        if (tensor.is_float()) values.assign(tensor.floats->begin(), tensor.floats->end());
        else values.assign(tensor.integers.begin(), tensor.integers.end());
    }

    auto rank() const -> int { return static_cast<int>(dims.size()); }
    auto count() const -> std::int64_t { return static_cast<std::int64_t>(values.size()); }
    auto operator[](std::int64_t i) -> double& { return values[static_cast<std::size_t>(i)]; }
    auto operator[](std::int64_t i) const -> double { return values[static_cast<std::size_t>(i)]; }
    auto size(int axis) const -> std::int64_t { return dims[static_cast<std::size_t>(axis)]; }
    /// The product of the sizes of axes [first, last).
    auto count(int first, int last) const -> std::int64_t {
        std::int64_t product = 1;
        for (int axis = first; axis < last; ++axis) product *= size(axis);
        return product;
    }
};

/// Coordinates of a tensor's elements, one after the other in row-major order.
class Coordinates {
public:
    explicit Coordinates(const Dims& dims) : dims_(dims), at_(dims.size(), 0) {}
    auto operator[](int axis) const -> std::int64_t { return at_[static_cast<std::size_t>(axis)]; }
    auto all() const -> const Dims& { return at_; }
    void next() {
        for (std::size_t axis = at_.size(); axis-- > 0;) {
            if (++at_[axis] < dims_[axis]) return;
            at_[axis] = 0;
        }
    }
    /// Row-major number of the same coordinates in `dims`, whose axes of size 1 are broadcast; `dims` may have fewer axes.
    auto in(const Dims& dims) const -> std::int64_t {
        std::int64_t number = 0;
        const std::size_t missing = at_.size() - dims.size();
        for (std::size_t axis = 0; axis < dims.size(); ++axis) number = number * dims[axis] + (dims[axis] == 1 ? 0 : at_[missing + axis]);
        return number;
    }

private:
    const Dims& dims_;
    Dims at_;
};

}  // namespace mdl::tool::interpreter
