// mdl: translation of TensorFlow Lite's reductions over axes, and of the positions of extremes.
// SPDX-License-Identifier: MIT
#include "tflite/step.hpp"

namespace mdl::tool::tflite_reader {

namespace {

/// A result that keeps the reduced axes as 1 and, unless `keep`, loses them: only then may elements have to move.
void finish(Step& step, Layout layout, const std::string& y, const std::vector<bool>& reduced, bool keep) {
    Value whole;
    whole.name = step.name();
    Dims left;
    for (std::size_t axis = 0; axis < reduced.size(); ++axis) {
        whole.dims.push_back(reduced[axis] ? 1 : step.dims(0)[axis]);
        if (!reduced[axis]) left.push_back(whole.dims.back());
    }
    (layout == Layout::planes ? whole.planes : whole.rows) = y;
    step.result(keep ? whole : reshaped_value(whole, left));
}

void reduce(Step& step, const std::string& op) {
    const auto* const options = step.find_options<tflite::ReducerOptions>();
    const Layout layout = step.layout(0);
    std::vector<bool> reduced(step.rank(0), false);
    for (const auto axis : step.integers(1, "axes")) reduced[step.axis(axis, 0)] = true;
    Dims axes;
    for (std::size_t place = 0; place < reduced.size(); ++place)
        if (reduced[layout == Layout::planes ? axis_at_place[place] : place]) axes.push_back(static_cast<std::int64_t>(place));
    if (axes.empty()) return step.result(step.input(0));
    finish(step, layout, step.add(op, {step.in(layout, 0), step.list(axes)}, {{"keepdims", std::int64_t{1}}}), reduced,
           options != nullptr && options->keep_dims());
}

void find_extreme(Step& step, const std::string& op) {
    const Layout layout = step.layout(0);
    const std::size_t axis = step.axis(step.integer(1, "axis"), 0);
    std::vector<bool> reduced(step.rank(0), false);
    reduced[axis] = true;
    finish(step, layout, step.add(op, {step.in(layout, 0)}, {{"axis", axis_in(layout, axis)}, {"keepdims", std::int64_t{1}}}), reduced,
           false);
}

}  // namespace

void add_reductions(TranslationTable& table) {
    using enum tflite::BuiltinOperator;
    table[MEAN] = [](Step& step) { reduce(step, "ReduceMean"); };
    table[SUM] = [](Step& step) { reduce(step, "ReduceSum"); };
    table[REDUCE_MAX] = [](Step& step) { reduce(step, "ReduceMax"); };
    table[REDUCE_MIN] = [](Step& step) { reduce(step, "ReduceMin"); };
    table[REDUCE_PROD] = [](Step& step) { reduce(step, "ReduceProd"); };
    table[ARG_MAX] = [](Step& step) { find_extreme(step, "ArgMax"); };
    table[ARG_MIN] = [](Step& step) { find_extreme(step, "ArgMin"); };
}

}  // namespace mdl::tool::tflite_reader
