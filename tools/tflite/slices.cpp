// mdl: translation of slices by begin, end and stride.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>

#include "tflite/step.hpp"

namespace mdl::tool::tflite_reader {

namespace {

/// What is cut out along each axis, as ONNX counts: from begin up to end, which backwards may lie in front of the first element.
struct Cuts {
    Dims begins{}, ends{}, axes{}, strides{};

    void add(std::int64_t begin, std::int64_t end, std::size_t axis, std::int64_t stride) {
        begins.push_back(begin);
        ends.push_back(end);
        axes.push_back(static_cast<std::int64_t>(axis));
        strides.push_back(stride);
    }
};

/// Adds the slice; `dims` is its shape.
auto add_slice(Step& step, const Cuts& cuts, const Dims& dims) -> Value {
    const Layout layout = step.layout(0);
    Value value;
    value.name = step.name();
    value.dims = dims;
    Dims axes;
    for (const auto axis : cuts.axes) axes.push_back(axis_in(layout, static_cast<std::size_t>(axis)));
    (layout == Layout::planes ? value.planes : value.rows) =
        cuts.axes.empty() ? step.in(layout, 0)
                          : step.add("Slice", {step.in(layout, 0), step.list(cuts.begins), step.list(cuts.ends), step.list(axes),
                                               step.list(cuts.strides)});
    return value;
}

/// Inputs: the tensor, begins, sizes; a size of -1 takes the rest.
void slice(Step& step) {
    const auto &begins = step.integers(1, "begins"), &sizes = step.integers(2, "sizes");
    Dims dims = step.dims(0);
    if (begins.size() != dims.size() || sizes.size() != dims.size())
        step.refuse("has begins and sizes that do not fit its input; the file is damaged");
    Cuts cuts;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
        const bool inside = begins[axis] >= 0 && begins[axis] < dims[axis];
        const std::int64_t size = inside && sizes[axis] == -1 ? dims[axis] - begins[axis] : sizes[axis];
        if (!inside || size < 1 || size > dims[axis] - begins[axis])
            step.refuse(text("cuts ", size, " elements from ", begins[axis], " on out of axis ", axis, " of a tensor of shape ",
                             to_text(step.dims(0))));
        if (size != dims[axis]) cuts.add(begins[axis], begins[axis] + size, axis, 1);
        dims[axis] = size;
    }
    step.result(add_slice(step, cuts, dims));
}

/// The number of elements of x[begin:end:stride], both inside of the axis or just outside.
auto count_between(std::int64_t begin, std::int64_t end, std::int64_t stride) -> std::int64_t {
    if (stride > 0) return std::max<std::int64_t>(0, (end - begin + stride - 1) / stride);
    return std::max<std::int64_t>(0, (begin - end - stride - 1) / -stride);
}

/// Inputs: the tensor, begins, ends, strides. Bits of the masks: leave out begin or end, an ellipsis, a new axis, an index.
void strided_slice(Step& step) {
    const auto& options = step.options<tflite::StridedSliceOptions>();
    const auto &begins = step.integers(1, "begins"), &ends = step.integers(2, "ends"), &strides = step.integers(3, "strides");
    const Dims from = step.dims(0);
    const std::size_t entries = begins.size();
    if (ends.size() != entries || strides.size() != entries || entries > 32)
        step.refuse("has begins, ends and strides that do not fit together; the file is damaged");
    const auto bit = [](int mask, std::size_t k) { return (static_cast<unsigned>(mask) >> k & 1U) != 0; };
    std::size_t new_axes = 0;
    for (std::size_t k = 0; k < entries; ++k) new_axes += bit(options.new_axis_mask(), k) && !bit(options.ellipsis_mask(), k) ? 1 : 0;
    Cuts cuts;
    Dims whole = from, dims;
    std::size_t axis = 0;
    for (std::size_t k = 0; k < entries; ++k) {
        if (bit(options.ellipsis_mask(), k)) {
            const std::size_t named = entries - new_axes - 1;  // by the other entries
            for (std::size_t skipped = from.size() - std::min(from.size(), named); skipped > 0 && axis < from.size(); --skipped)
                dims.push_back(from[axis++]);
            continue;
        }
        if (bit(options.new_axis_mask(), k)) {
            dims.push_back(1);
            continue;
        }
        if (axis == from.size()) step.refuse(text("names more axes than a tensor of shape ", to_text(from), " has; the file is damaged"));
        const std::int64_t size = from[axis], stride = strides[k];
        if (stride == 0 || stride < -most_folded || stride > most_folded) step.refuse(text("has the stride ", stride));
        const auto clamped = [&](std::int64_t at) {
            if (at < 0) at += size;
            return stride > 0 ? std::clamp<std::int64_t>(at, 0, size) : std::clamp<std::int64_t>(at, -1, size - 1);
        };
        std::int64_t begin = bit(options.begin_mask(), k) ? (stride > 0 ? 0 : size - 1) : clamped(begins[k]);
        const std::int64_t reach = std::int64_t{1} << 40;  // beyond any axis, and far from overflow
        const std::int64_t relative = (options.offset() ? std::clamp(begins[k], -reach, reach) : 0) + std::clamp(ends[k], -reach, reach);
        std::int64_t end = bit(options.end_mask(), k) ? (stride > 0 ? size : -1) : clamped(relative);
        std::int64_t count = count_between(begin, end, stride);
        if (bit(options.shrink_axis_mask(), k)) {
            begin = begins[k] < 0 ? begins[k] + size : begins[k];
            if (begin < 0 || begin >= size) step.refuse(text("picks element ", begins[k], " of an axis of ", size));
            end = begin + 1;
            count = 1;
        } else {
            dims.push_back(count);
        }
        if (count == 0 && !step.is_constant(0))
            step.refuse(text("cuts an empty part out of axis ", axis, " of a tensor of shape ", to_text(from)));
        if (count == 0) begin = end = 0;  // backwards from in front of the first element, ONNX would begin at the last
        whole[axis] = count;
        // In front of the first element: ONNX would count -1 from the end.
        if (count != size || stride < 0)
            cuts.add(begin, end < 0 ? std::numeric_limits<std::int64_t>::min() / 2 : end, axis,
                     bit(options.shrink_axis_mask(), k) ? 1 : stride);
        ++axis;
    }
    while (axis < from.size()) dims.push_back(from[axis++]);
    step.result(reshaped_value(add_slice(step, cuts, whole), dims));
}

void reverse(Step& step) {
    Cuts cuts;
    for (const auto axis : step.integers(1, "axes")) cuts.add(-1, std::numeric_limits<std::int64_t>::min() / 2, step.axis(axis, 0), -1);
    step.result(add_slice(step, cuts, step.dims(0)));
}

}  // namespace

void add_slices(TranslationTable& table) {
    using enum tflite::BuiltinOperator;
    table[SLICE] = slice;
    table[STRIDED_SLICE] = strided_slice;
    table[REVERSE_V2] = reverse;
}

}  // namespace mdl::tool::tflite_reader
