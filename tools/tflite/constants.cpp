// mdl: translation of operators that make constants: of shapes, fillings and ranges.
// SPDX-License-Identifier: MIT
#include <cmath>

#include "tflite/step.hpp"

namespace mdl::tool::tflite_reader {

namespace {

void define(Step& step, Tensor value) {
    Dims dims = value.dims;
    step.result(Layout::rows, step.writer().constant(std::move(value), step.name()), std::move(dims));
}

void fill_with(Step& step, const Dims& dims, const Tensor& value) {
    step.check_affordable(dims);
    std::size_t count = 1;
    for (const auto dim : dims) count *= static_cast<std::size_t>(dim);
    if (value.is_float())
        define(step, Tensor::of_floats(dims, std::vector<float>(count, value.floats->front())));
    else
        define(step, Tensor::of_integers(dims, std::vector<std::int64_t>(count, value.integers.front())));
}

void shape(Step& step) { define(step, Tensor::of_integers({static_cast<std::int64_t>(step.rank(0))}, step.dims(0))); }

void rank(Step& step) { define(step, Tensor::of_integers({}, {static_cast<std::int64_t>(step.rank(0))})); }

/// Inputs: the shape, the value.
void fill(Step& step) {
    const Tensor& value = step.constant(1, "value");
    if (value.count() != 1) step.refuse("fills with more than one value; the file is damaged");
    fill_with(step, step.integers(0, "shape"), value);
}

void zeros_like(Step& step) {
    const bool integers = step.is_constant(0) && !step.constant(0, "input").is_float();
    fill_with(step, step.dims(0), integers ? Tensor::of_integers({}, {0}) : Tensor::of_floats({}, {0.0f}));
}

/// Inputs: start, limit, step.
void range(Step& step) {
    for (const std::size_t k : {0u, 1u, 2u})
        if (step.constant(k, "bound").count() != 1) step.refuse("needs one start, limit and step; the file is damaged");
    const double count =
        std::ceil((step.constant(1, "limit").real(0) - step.constant(0, "start").real(0)) / step.constant(2, "step").real(0));
    if (!(std::abs(count) <= static_cast<double>(most_folded))) step.refuse("makes a range without end; the model is wrong");
    step.result(Layout::rows, step.add("Range", {step.in_rows(0), step.in_rows(1), step.in_rows(2)}),
                {std::max<std::int64_t>(0, static_cast<std::int64_t>(count))});
}

}  // namespace

void add_constants(TranslationTable& table) {
    using enum tflite::BuiltinOperator;
    table[SHAPE] = shape;
    table[RANK] = rank;
    table[FILL] = fill;
    table[ZEROS_LIKE] = zeros_like;
    table[RANGE] = range;
}

}  // namespace mdl::tool::tflite_reader
