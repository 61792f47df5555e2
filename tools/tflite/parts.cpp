// mdl: translation of operators that join tensors, repeat them, and pick parts by number.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "onnx/constant_folding.hpp"
#include "tflite/step.hpp"

namespace mdl::tool::tflite_reader {

namespace {

void concatenation(Step& step) {
    const auto& options = step.options<tflite::ConcatenationOptions>();
    const std::size_t axis = step.axis(options.axis(), 0);
    Dims dims = step.dims(0);
    bool maps = false;
    for (std::size_t k = 0; k < step.input_count(); ++k) {
        Dims other = step.dims(k);
        if (other.size() != dims.size())
            step.refuse(text("joins tensors of shapes ", to_text(dims), " and ", to_text(other), ", which do not fit"));
        if (k > 0) dims[axis] += other[axis];
        maps |= step.input(k).is_map();
    }
    const Layout layout = maps ? Layout::planes : Layout::rows;
    std::vector<std::string> parts;
    for (std::size_t k = 0; k < step.input_count(); ++k) parts.push_back(step.in(layout, k));
    step.result(layout,
                step.activated(step.add("Concat", step.alike(std::move(parts)), {{"axis", axis_in(layout, axis)}}), options.activation()),
                dims);
}

/// Elements [begin, end) along an axis of input k, which keeps its axes.
auto part(Step& step, std::size_t k, std::size_t axis, std::int64_t begin, std::int64_t end) -> Value {
    const Layout layout = step.layout(k);
    Value value;
    value.name = step.name();
    value.dims = step.dims(k);
    value.dims[axis] = end - begin;
    std::string x = step.in(layout, k);
    if (value.dims != step.dims(k)) x = step.add("Slice", {x, step.list({begin}), step.list({end}), step.list({axis_in(layout, axis)})});
    (layout == Layout::planes ? value.planes : value.rows) = x;
    return value;
}

void cut(Step& step, std::size_t k, std::size_t axis, const Dims& sizes) {
    if (sizes.size() != step.output_count())
        step.refuse(text("cuts ", sizes.size(), " parts and has ", step.output_count(), " outputs; the file is damaged"));
    std::int64_t begin = 0;
    for (std::size_t o = 0; o < sizes.size(); ++o) {
        if (sizes[o] < 1 || sizes[o] > step.dims(k)[axis] - begin)
            step.refuse(text("cuts parts that do not fit axis ", axis, " of a tensor of shape ", to_text(step.dims(k))));
        step.result(part(step, k, axis, begin, begin + sizes[o]), o);
        begin += sizes[o];
    }
}

/// Inputs: the axis, the tensor.
void split(Step& step) {
    const std::size_t axis = step.axis(step.integer(0, "axis"), 1);
    const auto parts = static_cast<std::int64_t>(step.output_count()), size = step.dims(1)[axis];
    if (size % parts != 0)
        step.refuse(text("cuts axis ", axis, " of a tensor of shape ", to_text(step.dims(1)), " into ", parts,
                         " equal parts; the file is damaged"));
    cut(step, 1, axis, Dims(step.output_count(), size / parts));
}

/// Inputs: the tensor, the sizes, the axis.
void split_by_sizes(Step& step) {
    const std::size_t axis = step.axis(step.integer(2, "axis"), 0);
    Dims sizes = step.integers(1, "sizes");
    std::int64_t rest = step.dims(0)[axis];
    for (const auto size : sizes) rest -= std::clamp<std::int64_t>(size, 0, rest);
    for (auto& size : sizes)
        if (size == -1) size = rest;
    cut(step, 0, axis, sizes);
}

/// Stacks tensors along a new axis.
void pack(Step& step) {
    const auto& options = step.options<tflite::PackOptions>();
    Dims one = step.dims(0);
    const std::size_t axis = normalised_axis(options.axis(), one.size() + 1);
    one.insert(one.begin() + static_cast<std::ptrdiff_t>(axis), 1);
    std::vector<std::string> parts;
    for (std::size_t k = 0; k < step.input_count(); ++k) {
        if (step.dims(k) != step.dims(0))
            step.refuse(text("stacks tensors of shapes ", to_text(step.dims(0)), " and ", to_text(step.dims(k)), ", which do not fit"));
        parts.push_back(as_shape(step.writer(), step.input(k), one));
    }
    Dims dims = one;
    dims[axis] = static_cast<std::int64_t>(parts.size());
    step.result(Layout::rows, step.add("Concat", step.alike(std::move(parts)), {{"axis", static_cast<std::int64_t>(axis)}}), dims);
}

void unpack(Step& step) {
    const auto& options = step.options<tflite::UnpackOptions>();
    const std::size_t axis = step.axis(options.axis(), 0);
    Dims dims = step.dims(0);
    if (dims[axis] != static_cast<std::int64_t>(step.output_count()))
        step.refuse(text("has ", step.output_count(), " outputs for ", dims[axis], " parts; the file is damaged"));
    dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(axis));
    for (std::size_t k = 0; k < step.output_count(); ++k) {
        const auto begin = static_cast<std::int64_t>(k);
        step.result(reshaped_value(part(step, 0, axis, begin, begin + 1), dims), k);
    }
}

void gather(Step& step) {
    const auto& options = step.options<tflite::GatherOptions>();
    if (options.batch_dims() != 0)
        step.refuse("picks in each batch by other indices (batch_dims), which mdl does not support; write it as a product with a mask");
    const std::size_t axis = step.axis(options.axis(), 0);
    const Layout layout = step.rank(1) == 1 ? step.layout(0) : Layout::rows;
    Dims dims = step.dims(0);
    const auto at = dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(axis));
    dims.insert(at, step.dims(1).begin(), step.dims(1).end());
    step.result(layout, step.add("Gather", {step.in(layout, 0), step.in_rows(1)}, {{"axis", axis_in(layout, axis)}}), dims);
}

void tile(Step& step) {
    const Layout layout = step.layout(0);
    const Dims& repeats = step.integers(1, "repeats");
    Dims dims = step.dims(0);
    if (repeats.size() != dims.size()) step.refuse("has another number of repeats than its input has axes; the file is damaged");
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
        if (repeats[axis] < 1 || repeats[axis] > most_folded || dims[axis] > most_folded)
            step.refuse(text("repeats an axis ", repeats[axis], " times"));
        dims[axis] *= repeats[axis];
    }
    step.result(layout, step.add("Tile", {step.in(layout, 0), step.list(list_in(layout, repeats))}), dims);
}

void broadcast_to(Step& step) {
    const Dims dims = broadcast_dims(step.dims(0), step.integers(1, "shape"));
    step.check_affordable(dims);
    const Layout layout = dims.size() == 4 ? step.layout(0) : Layout::rows;
    step.result(layout, step.add("Expand", {step.in(layout, 0), step.list(list_in(layout, dims))}), dims);
}

}  // namespace

void add_parts(TranslationTable& table) {
    using enum tflite::BuiltinOperator;
    table[CONCATENATION] = concatenation;
    table[SPLIT] = split;
    table[SPLIT_V] = split_by_sizes;
    table[PACK] = pack;
    table[UNPACK] = unpack;
    table[GATHER] = gather;
    table[TILE] = tile;
    table[BROADCAST_TO] = broadcast_to;
}

}  // namespace mdl::tool::tflite_reader
