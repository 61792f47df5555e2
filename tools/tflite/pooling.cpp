// mdl: translation of TensorFlow Lite's pooling and of normalisations over channels.
// SPDX-License-Identifier: MIT
#include "tflite/step.hpp"
#include "tflite/windows.hpp"

namespace mdl::tool::tflite_reader {

namespace {

/// A window's mean leaves out the padding, as ONNX's does by itself.
auto add_pool(Step& step, const tflite::Pool2DOptions& options, const std::string& op, const std::string& x) -> std::string {
    return step.add(op, {x},
                    {{"auto_pad", auto_pad(options.padding())},
                     {"kernel_shape", Dims{options.filter_height(), options.filter_width()}},
                     {"strides", Dims{options.stride_h(), options.stride_w()}}});
}

void finish(Step& step, const tflite::Pool2DOptions& options, const std::string& y) {
    const Dims& in = step.dims(0);
    const auto rows = slide(step, options.padding(), in[1], options.filter_height(), options.stride_h(), 1);
    const auto columns = slide(step, options.padding(), in[2], options.filter_width(), options.stride_w(), 1);
    step.result(Layout::planes, step.activated(y, options.activation()), {in[0], rows, columns, in[3]});
}

void pool(Step& step, const std::string& op) {
    const auto& options = step.options<tflite::Pool2DOptions>();
    finish(step, options, add_pool(step, options, op, step.in_planes(0)));
}

/// The root of the mean of squares.
void root_mean_square_pool(Step& step) {
    const auto& options = step.options<tflite::Pool2DOptions>();
    const std::string x = step.in_planes(0);
    finish(step, options, step.add("Sqrt", {add_pool(step, options, "AveragePool", step.add("Mul", {x, x}))}));
}

/// x / (bias + alpha * sum of squares over 2 * radius + 1 channels)^beta; ONNX's alpha is that of the mean.
void response_normalisation(Step& step) {
    const auto& options = step.options<tflite::LocalResponseNormalizationOptions>();
    if (options.radius() < 0 || options.radius() > 1 << 15) step.refuse(text("has the radius ", options.radius()));
    const std::int64_t size = 2 * options.radius() + 1;
    const std::string x = step.in_planes(0);
    step.result(
        Layout::planes,
        step.add(
            "LRN", {x},
            {{"size", size}, {"bias", options.bias()}, {"alpha", options.alpha() * static_cast<float>(size)}, {"beta", options.beta()}}),
        step.dims(0));
}

/// x / max(length of x along the last axis, 1e-6).
void normalisation(Step& step) {
    const Layout layout = step.layout(0);
    const std::string x = step.in(layout, 0), axis = step.list({axis_in(layout, step.axis(-1, 0))});
    const std::string length = step.add("Max", {step.add("ReduceL2", {x, axis}, {{"keepdims", std::int64_t{1}}}), step.number(1e-6f)});
    step.result(layout, step.add("Div", {x, length}), step.dims(0));
}

}  // namespace

void add_pooling(TranslationTable& table) {
    using enum tflite::BuiltinOperator;
    table[AVERAGE_POOL_2D] = [](Step& step) { pool(step, "AveragePool"); };
    table[MAX_POOL_2D] = [](Step& step) { pool(step, "MaxPool"); };
    table[L2_POOL_2D] = root_mean_square_pool;
    table[LOCAL_RESPONSE_NORMALIZATION] = response_normalisation;
    table[L2_NORMALIZATION] = normalisation;
}

}  // namespace mdl::tool::tflite_reader
