// mdl: one ONNX node while it is folded, and ways to walk through a tensor; shared by the files of the folding.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "onnx/attributes.hpp"
#include "onnx/tensor.hpp"

namespace mdl::tool::folding {

constexpr std::int64_t most_elements = std::int64_t{1} << 30;

/// Of a shape whose sizes other than 0 do not overflow either.
inline auto count_of(const Dims& dims) -> std::int64_t {
    std::int64_t count = 1;
    bool empty = false;
    for (const auto dim : dims) {
        if (dim < 0 || (dim > 0 && count > most_elements / dim))
            fail(Exit::bad_input, "makes a tensor of an impossible shape, ", to_text(dims));
        count *= dim > 0 ? dim : 1;
        empty |= dim == 0;
    }
    return empty ? 0 : count;
}

struct Fold {
    const onnx::NodeProto& node;
    Attributes& attributes;
    const std::vector<const Tensor*>& inputs;
    int opset;
    const std::filesystem::path& folder;
    std::int64_t most;  ///< elements that the result may have

    auto has(std::size_t k) const -> bool { return k < inputs.size() && inputs[k] != nullptr; }
    auto input(std::size_t k) const -> const Tensor& {
        if (!has(k)) fail(Exit::bad_input, "needs an input number ", k, "; the file is damaged");
        return *inputs[k];
    }
    auto integers(std::size_t k) const -> const std::vector<std::int64_t>& {
        if (input(k).is_float()) fail(Exit::bad_input, "needs integers as input number ", k, "; export the model again");
        return input(k).integers;
    }
    /// How many elements a result of this shape has, before room is made for them: a few bytes may ask for gigabytes.
    auto room(const Dims& dims) const -> std::size_t {
        const std::int64_t count = count_of(dims);
        if (count > most) fail(Exit::bad_input, "makes a constant of shape ", to_text(dims), ", too large for a phone; cut the network before it, or feed it as an input");
        return static_cast<std::size_t>(count);
    }
    /// Axes and the like: an attribute in older opsets, an input in newer ones.
    auto list(const char* name, std::size_t k) const -> std::optional<std::vector<std::int64_t>> {
        if (has(k)) return integers(k);
        return attributes.integers(name);
    }
};


inline auto to_integer(double value) -> std::int64_t {
    if (!(std::abs(value) < 9e18)) fail(Exit::bad_input, "makes an integer of ", value, "; the model is wrong");
    return static_cast<std::int64_t>(value);
}

inline auto strides_of(const Dims& dims) -> Dims {
    Dims strides(dims.size(), 1);
    for (std::size_t axis = dims.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * dims[axis];
    return strides;
}

/// Maps the row-major number of an element of `dims` to `start + sum coordinate * step`.
class Walk {
public:
    Walk(const Dims& dims, Dims steps, std::int64_t start = 0)
        : strides_(strides_of(dims)), steps_(std::move(steps)), start_(start) {}
    auto operator()(std::int64_t i) const -> std::int64_t {
        std::int64_t result = start_;
        for (std::size_t axis = 0; axis < strides_.size(); ++axis) {
            result += i / strides_[axis] * steps_[axis];
            i %= strides_[axis];
        }
        return result;
    }

private:
    Dims strides_, steps_;
    std::int64_t start_;
};

inline auto broadcast_walk(const Dims& from, const Dims& to) -> Walk {
    const Dims strides = strides_of(from);
    Dims steps(to.size(), 0);
    for (std::size_t axis = 0; axis < from.size(); ++axis)
        if (from[axis] != 1) steps[to.size() - from.size() + axis] = strides[axis];
    return {to, steps};
}

using Function = std::function<Tensor(const Fold&)>;
using FunctionTable = std::map<std::string, Function>;

/// Adds the operators that compute with the elements.
void add_arithmetic(FunctionTable& table);
/// Adds the operators that rearrange them.
void add_rearrangement(FunctionTable& table);
/// Adds the operators between integers and the reals that they stand for.
void add_quantised(FunctionTable& table);

}  // namespace mdl::tool::folding
