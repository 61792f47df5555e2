// mdl: translation of what changes a tensor's shape or the sequence of its axes.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "onnx/constant_folding.hpp"
#include "tflite/step.hpp"

namespace mdl::tool::tflite_reader {

namespace {

/// The shape is an input, or an option in older files.
void reshape(Step& step) {
    Dims wanted;
    const auto* const options = step.find_options<tflite::ReshapeOptions>();
    if (step.has(1))
        wanted = step.integers(1, "shape");
    else if (options != nullptr && options->new_shape() != nullptr)
        wanted.assign(options->new_shape()->begin(), options->new_shape()->end());
    else
        step.refuse("names no shape; the file is damaged");
    if (wanted == Dims{0} && step.input(0).count() == 1) wanted.clear();  // how old files write a scalar
    step.result(reshaped_value(step.input(0), reshaped(step.dims(0), wanted, true)));
}

void squeeze(Step& step) {
    const auto* const options = step.find_options<tflite::SqueezeOptions>();
    const auto* const axes = options == nullptr ? nullptr : options->squeeze_dims();
    const bool all = axes == nullptr || axes->size() == 0;
    std::vector<bool> gone(step.rank(0), false);
    if (!all)
        for (const auto axis : *axes) gone[step.axis(axis, 0)] = true;
    Dims dims;
    for (std::size_t axis = 0; axis < gone.size(); ++axis) {
        const std::int64_t size = step.dims(0)[axis];
        if (gone[axis] && size != 1)
            step.refuse(text("squeezes axis ", axis, " of a tensor of shape ", to_text(step.dims(0)), ", which is not 1"));
        if (all ? size != 1 : !gone[axis]) dims.push_back(size);
    }
    step.result(reshaped_value(step.input(0), dims));
}

void expand_dims(Step& step) {
    Dims dims = step.dims(0);
    const std::size_t axis = normalised_axis(step.integer(1, "axis"), dims.size() + 1);
    dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(axis), 1);
    step.result(reshaped_value(step.input(0), dims));
}

/// The permutation between two layouts that means the transposition `order` in rows.
auto between(Layout from, Layout to, const std::vector<std::size_t>& order) -> Dims {
    Dims result;
    for (std::size_t place = 0; place < order.size(); ++place)
        result.push_back(axis_in(from, order[to == Layout::planes ? axis_at_place[place] : place]));
    return result;
}

/// A transposition between rows and planes that only undoes one is none: models from PyTorch are full of them.
void transpose(Step& step) {
    std::vector<std::size_t> order;
    for (const auto axis : step.integers(1, "permutation")) order.push_back(step.axis(axis, 0));
    std::vector<std::size_t> sorted = order;
    std::sort(sorted.begin(), sorted.end());
    Dims dims;
    for (std::size_t k = 0; k < order.size(); ++k) {
        if (order.size() != step.rank(0) || sorted[k] != k)
            step.refuse(text("has a permutation that does not fit a tensor of shape ", to_text(step.dims(0))));
        dims.push_back(step.dims(0)[order[k]]);
    }
    const bool map = step.input(0).is_map();
    for (const Layout from : {Layout::planes, Layout::rows}) {
        if (from == Layout::planes ? !map : step.input(0).rows.empty()) continue;
        for (const Layout to : {Layout::rows, Layout::planes}) {
            if (to == Layout::planes && order.size() != 4) continue;
            const Dims moved = between(from, to, order);
            if (std::is_sorted(moved.begin(), moved.end())) return step.result(to, step.in(from, 0), dims);
        }
    }
    const Layout from = map ? Layout::planes : Layout::rows;
    step.result(Layout::rows, step.add("Transpose", {step.in(from, 0)}, {{"perm", between(from, Layout::rows, order)}}), dims);
}

}  // namespace

void add_shapes(TranslationTable& table) {
    using enum tflite::BuiltinOperator;
    table[RESHAPE] = reshape;
    table[SQUEEZE] = squeeze;
    table[EXPAND_DIMS] = expand_dims;
    table[TRANSPOSE] = transpose;
}

}  // namespace mdl::tool::tflite_reader
