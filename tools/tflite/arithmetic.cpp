// mdl: translation of TensorFlow Lite's arithmetic on two and more tensors, with broadcasting.
// SPDX-License-Identifier: MIT
#include "tflite/step.hpp"

namespace mdl::tool::tflite_reader {

namespace {

void elementwise(Step& step, const std::string& op, tflite::Activation activation = tflite::Activation::NONE) {
    const auto all = step.together();
    step.result(all.layout, step.activated(step.add(op, all.inputs), activation), all.dims);
}

template <class Options>
void fused(Step& step, const std::string& op) {
    const auto* const options = step.find_options<Options>();
    elementwise(step, op, options == nullptr ? tflite::Activation::NONE : options->activation());
}

/// Of shapes it is computed while converting; integers of a network are floats here, and would keep their fractions.
void divide(Step& step) {
    if (step.holds_integers(0) && !(step.is_constant(0) && step.is_constant(1)))
        step.refuse("divides integers that the network computes, which mdl does not support; write it as FLOOR_DIV");
    fused<tflite::DivOptions>(step, "Div");
}

/// `op`, then something done to its result.
void elementwise_then(Step& step, const std::string& op, const std::string& then) {
    const auto all = step.together();
    step.result(all.layout, step.add(then, {step.add(op, all.inputs)}), all.dims);
}

void squared_difference(Step& step) {
    const auto all = step.together();
    const std::string difference = step.add("Sub", all.inputs);
    step.result(all.layout, step.add("Mul", {difference, difference}), all.dims);
}

/// SELECT's condition of one axis chooses whole slices; SELECT_V2's broadcasts.
void select(Step& step, bool broadcasts) {
    if (!broadcasts && step.rank(0) == 1 && step.rank(1) > 1 && step.dims(0)[0] != 1)
        step.refuse("chooses slices by a vector, which mdl does not support; write it as SELECT_V2 with a condition of all axes");
    elementwise(step, "Where");
}

}  // namespace

void add_arithmetic(TranslationTable& table) {
    using enum tflite::BuiltinOperator;
    table[ADD] = [](Step& step) { fused<tflite::AddOptions>(step, "Add"); };
    table[SUB] = [](Step& step) { fused<tflite::SubOptions>(step, "Sub"); };
    table[MUL] = [](Step& step) { fused<tflite::MulOptions>(step, "Mul"); };
    table[DIV] = divide;
    table[ADD_N] = [](Step& step) { elementwise(step, "Sum"); };
    table[MAXIMUM] = [](Step& step) { elementwise(step, "Max"); };
    table[MINIMUM] = [](Step& step) { elementwise(step, "Min"); };
    table[POW] = [](Step& step) { elementwise(step, "Pow"); };
    table[FLOOR_DIV] = [](Step& step) { elementwise_then(step, "Div", "Floor"); };
    table[SQUARED_DIFFERENCE] = squared_difference;
    table[EQUAL] = [](Step& step) { elementwise(step, "Equal"); };
    table[NOT_EQUAL] = [](Step& step) { elementwise_then(step, "Equal", "Not"); };
    table[LESS] = [](Step& step) { elementwise(step, "Less"); };
    table[LESS_EQUAL] = [](Step& step) { elementwise(step, "LessOrEqual"); };
    table[GREATER] = [](Step& step) { elementwise(step, "Greater"); };
    table[GREATER_EQUAL] = [](Step& step) { elementwise(step, "GreaterOrEqual"); };
    table[LOGICAL_AND] = [](Step& step) { elementwise(step, "And"); };
    table[LOGICAL_OR] = [](Step& step) { elementwise(step, "Or"); };
    table[SELECT] = [](Step& step) { select(step, false); };
    table[SELECT_V2] = [](Step& step) { select(step, true); };
}

}  // namespace mdl::tool::tflite_reader
