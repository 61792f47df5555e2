// mdl: translation of TensorFlow Lite's functions of one tensor: activations, roots, softmax, changes of type.
// SPDX-License-Identifier: MIT
#include <string>

#include "tflite/step.hpp"

namespace mdl::tool::tflite_reader {

namespace {

/// The ONNX operator, applied to input 0 in the layout that it has.
void unary(Step& step, const std::string& op, const std::vector<Attribute>& attributes = {}) {
    const Layout layout = step.layout(0);
    step.result(layout, step.add(op, {step.in(layout, 0)}, attributes), step.dims(0));
}

void clip(Step& step, float low, float high) {
    const Layout layout = step.layout(0);
    step.result(layout, step.add("Clip", {step.in(layout, 0), step.number(low), step.number(high)}), step.dims(0));
}

void prelu(Step& step) {
    const auto all = step.together();
    step.result(all.layout, step.add("PRelu", all.inputs), all.dims);
}

void softmax(Step& step) {
    const Layout layout = step.layout(0);
    const float beta = step.options<tflite::SoftmaxOptions>().beta();
    std::string x = step.in(layout, 0);
    if (beta != 1) x = step.add("Mul", {x, step.number(beta)});
    step.result(layout, step.add("Softmax", {x}, {{"axis", axis_in(layout, step.axis(-1, 0))}}), step.dims(0));
}

void log_softmax(Step& step) { unary(step, "LogSoftmax", {{"axis", axis_in(step.layout(0), step.axis(-1, 0))}}); }

void square(Step& step) {
    const Layout layout = step.layout(0);
    const std::string x = step.in(layout, 0);
    step.result(layout, step.add("Mul", {x, x}), step.dims(0));
}

void reciprocal_root(Step& step) {
    const Layout layout = step.layout(0);
    step.result(layout, step.add("Reciprocal", {step.add("Sqrt", {step.in(layout, 0)})}), step.dims(0));
}

/// Integers that a network computes are floats here: only reals that become integers lose something, what stands behind the point.
void cast(Step& step) {
    const auto to = step.output_type(0);
    const bool truth = to == tflite::TensorType::BOOL;
    if (step.is_constant(0))
        return unary(step, "Cast",
                     {{"to", std::int64_t{truth            ? onnx::TensorProto::BOOL
                                          : is_integer(to) ? onnx::TensorProto::INT64
                                                           : onnx::TensorProto::FLOAT}}});
    if (truth && step.type(0) != to) step.refuse("casts numbers to truth values; write it as NOT_EQUAL with 0");
    if (!truth && !is_integer(to)) return unary(step, "Cast", {{"to", std::int64_t{onnx::TensorProto::FLOAT}}});
    if (truth || is_integer(step.type(0))) return step.result(step.input(0));
    const Layout layout = step.layout(0);
    const std::string x = step.in(layout, 0);
    step.result(layout, step.add("Mul", {step.add("Sign", {x}), step.add("Floor", {step.add("Abs", {x})})}), step.dims(0));
}

/// Stored integers are the reals that they stand for already.
void keep(Step& step) { step.result(step.input(0)); }

}  // namespace

void add_activations(TranslationTable& table) {
    using enum tflite::BuiltinOperator;
    table[ABS] = [](Step& step) { unary(step, "Abs"); };
    table[CEIL] = [](Step& step) { unary(step, "Ceil"); };
    table[COS] = [](Step& step) { unary(step, "Cos"); };
    table[ELU] = [](Step& step) { unary(step, "Elu"); };
    table[EXP] = [](Step& step) { unary(step, "Exp"); };
    table[FLOOR] = [](Step& step) { unary(step, "Floor"); };
    table[HARD_SWISH] = [](Step& step) { unary(step, "HardSwish"); };
    table[LOG] = [](Step& step) { unary(step, "Log"); };
    table[LOGICAL_NOT] = [](Step& step) { unary(step, "Not"); };
    table[LOGISTIC] = [](Step& step) { unary(step, "Sigmoid"); };
    table[NEG] = [](Step& step) { unary(step, "Neg"); };
    table[RELU] = [](Step& step) { unary(step, "Relu"); };
    table[ROUND] = [](Step& step) { unary(step, "Round"); };
    table[SIGN] = [](Step& step) { unary(step, "Sign"); };
    table[SIN] = [](Step& step) { unary(step, "Sin"); };
    table[SQRT] = [](Step& step) { unary(step, "Sqrt"); };
    table[TANH] = [](Step& step) { unary(step, "Tanh"); };
    table[GELU] = [](Step& step) {
        const auto* const options = step.find_options<tflite::GeluOptions>();
        unary(step, "Gelu", {{"approximate", std::string(options != nullptr && options->approximate() ? "tanh" : "none")}});
    };
    table[LEAKY_RELU] = [](Step& step) { unary(step, "LeakyRelu", {{"alpha", step.options<tflite::LeakyReluOptions>().alpha()}}); };
    table[RELU6] = [](Step& step) { clip(step, 0, 6); };
    table[RELU_N1_TO_1] = [](Step& step) { clip(step, -1, 1); };
    table[RELU_0_TO_1] = [](Step& step) { clip(step, 0, 1); };
    table[PRELU] = prelu;
    table[SOFTMAX] = softmax;
    table[LOG_SOFTMAX] = log_softmax;
    table[SQUARE] = square;
    table[RSQRT] = reciprocal_root;
    table[CAST] = cast;
    table[DEQUANTIZE] = keep;
    table[QUANTIZE] = keep;
}

}  // namespace mdl::tool::tflite_reader
