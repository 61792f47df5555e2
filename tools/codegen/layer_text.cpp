// mdl: the C++ spelling of every operation.
// SPDX-License-Identifier: MIT
#include "codegen/layer_text.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

#include "failure.hpp"

namespace mdl::tool {

namespace {

using Options = std::vector<std::string>;

/// A template stays one without options: "mdl::DepthwiseConv<>".
auto template_text(const std::string& name, const Options& options) -> std::string {
    std::string result = "mdl::" + name + "<";
    for (std::size_t i = 0; i < options.size(); ++i) result += (i == 0 ? "" : ", ") + options[i];
    return result + ">";
}

template <class... Numbers>
auto option(const std::string& name, Numbers... numbers) -> std::string {
    return template_text(name, {std::to_string(numbers)...});
}

auto real_option(const std::string& name, float value) -> std::string { return template_text(name, {real_text(value)}); }

auto sizes(const Shape& shape) -> Options {
    Options result;
    for (int axis = 0; axis < shape.rank; ++axis) result.push_back(std::to_string(shape[axis]));
    return result;
}

/// One number where rows and columns agree.
void add_pair(Options& options, const std::string& name, int rows, int columns, int otherwise) {
    if (rows == otherwise && columns == otherwise) return;
    options.push_back(rows == columns ? option(name, rows) : option(name, rows, columns));
}

void add_window(Options& options, const Window& w) {
    add_pair(options, "Kernel", w.kernel_h, w.kernel_w, 1);
    add_pair(options, "Stride", w.stride_h, w.stride_w, 1);
    add_pair(options, "Dilation", w.dilation_h, w.dilation_w, 1);
    if (w.padding == Padding::same_upper) options.push_back("mdl::Same");
    if (w.padding == Padding::same_lower) options.push_back("mdl::SameLower");
    if (w.padding != Padding::given || !w.is_padded()) return;
    const bool symmetric = w.pad_top == w.pad_bottom && w.pad_left == w.pad_right;
    if (symmetric) add_pair(options, "Pad", w.pad_top, w.pad_left, 0);
    else options.push_back(option("Pad", w.pad_top, w.pad_left, w.pad_bottom, w.pad_right));
}

auto convolution(const Operation& op) -> std::string {
    Options options;
    if (!op.depthwise) options.push_back(std::to_string(op.out_channels));
    add_window(options, op.window);
    if (op.depthwise && op.multiplier != 1) options.push_back(option("Multiplier", op.multiplier));
    if (!op.depthwise && op.groups != 1) options.push_back(option("Groups", op.groups));
    if (!op.bias) options.push_back("mdl::NoBias");
    return template_text(op.depthwise ? "DepthwiseConv" : "Conv", options);
}

auto pooling_name(Pooling pooling) -> std::string { return pooling == Pooling::max ? "mdl::Max" : "mdl::Average"; }

auto pool(const Operation& op) -> std::string {
    Options options{pooling_name(op.pooling)};
    add_window(options, op.window);
    if (op.window.ceil) options.push_back("mdl::Ceil");
    if (op.window.count_padding) options.push_back("mdl::CountPadding");
    return template_text("Pool", options);
}

auto input(const Operation& op) -> std::string {
    const Shape& shape = op.dims;
    const bool hwc = op.image.layout == PixelLayout::hwc;
    const bool image = shape.rank == 4 && shape[0] == 1 && (shape[1] == 1 || shape[1] == 3);
    if (!image && !hwc) return template_text("InputTensor", sizes(shape));
    return template_text("Input", {std::to_string(shape[2]), std::to_string(shape[3]), std::to_string(shape[1]), "mdl::F32",
                                   hwc ? "mdl::Hwc" : "mdl::Chw"});
}

auto activation(const Activation& f) -> std::string {
    switch (f.kind) {
        case ActivationKind::relu: return "mdl::Relu";
        case ActivationKind::clip:
            return f.a == 0 && f.b == 6 ? "mdl::Relu6" : template_text("Clip", {real_text(f.a), real_text(f.b)});
        case ActivationKind::leaky_relu: return f.a == 0.01f ? "mdl::LeakyRelu<>" : real_option("LeakyRelu", f.a);
        case ActivationKind::elu: return f.a == 1 ? "mdl::Elu<>" : real_option("Elu", f.a);
        case ActivationKind::sigmoid: return "mdl::Sigmoid";
        case ActivationKind::tanh: return "mdl::Tanh";
        case ActivationKind::hard_sigmoid: return template_text("HardSigmoid", {real_text(f.a), real_text(f.b)});
        case ActivationKind::hard_swish: return "mdl::HardSwish";
        case ActivationKind::silu: return "mdl::Silu";
        case ActivationKind::exp: return "mdl::Exp";
        case ActivationKind::none: break;
    }
    return "mdl::Identity";
}

auto binary_name(Binary binary) -> std::string {
    switch (binary) {
        case Binary::add: return "mdl::Add";
        case Binary::subtract: return "mdl::Subtract";
        case Binary::multiply: return "mdl::Mul";
        case Binary::divide: return "mdl::Div";
        case Binary::maximum: return "mdl::Maximum";
        case Binary::minimum: return "mdl::Minimum";
    }
    return {};
}

auto pad(const Operation& op) -> std::string {
    const Shape &before = op.dims, &after = op.dims_end;
    const bool on_map = before.rank == 4 && op.alpha == 0 && before[0] + before[1] + after[0] + after[1] == 0;
    if (on_map) return option("ZeroPad", before[2], before[3], after[2], after[3]);
    Options options{template_text("Before", sizes(before)), template_text("After", sizes(after))};
    if (op.alpha != 0) options.push_back(real_option("Value", op.alpha));
    return template_text("PadTensor", options);
}

auto lrn(const Operation& op) -> std::string {
    Options options{option("Size", op.size), real_option("Alpha", op.alpha), real_option("Beta", op.beta), real_option("K", op.k)};
    if (op.within_channel) options.push_back("mdl::WithinChannel");
    return template_text("Lrn", options);
}

auto reduce_mean(const Operation& op) -> std::string {
    Options options;
    if (op.dims.rank > 0) options.push_back(template_text("Axes", sizes(op.dims)));
    if (!op.keep_dims) options.push_back("mdl::DropDims");
    return template_text("ReduceMean", options);
}

}  // namespace

auto layer_text(const Operation& op) -> std::string {
    const std::string no_bias = op.bias ? "" : ", mdl::NoBias";
    switch (op.op) {
        case Op::input: return input(op);
        case Op::constant: return template_text("Constant", sizes(op.dims));
        case Op::identity: return "mdl::Identity";
        case Op::convolution: return convolution(op);
        case Op::dense: return "mdl::Dense<" + std::to_string(op.out_channels) + no_bias + ">";
        case Op::pool: return pool(op);
        case Op::global_pool: return "mdl::GlobalPool<" + pooling_name(op.pooling) + ">";
        case Op::batch_norm:
            return op.epsilon == 1e-5f ? "mdl::BatchNorm<>" : "mdl::BatchNorm<" + real_option("Epsilon", op.epsilon) + ">";
        case Op::scale: return op.bias ? "mdl::Scale<>" : "mdl::Scale<mdl::NoBias>";
        case Op::prelu: return "mdl::Prelu";
        case Op::lrn: return lrn(op);
        case Op::activation: return activation(op.activation);
        case Op::softmax: return op.axis == 1 ? "mdl::Softmax" : option("SoftmaxAxis", op.axis);
        case Op::log_softmax: return op.axis == 1 ? "mdl::LogSoftmax" : option("LogSoftmaxAxis", op.axis);
        case Op::binary: return binary_name(op.binary);
        case Op::concat: return "mdl::Concat";
        case Op::slice: return template_text("Slice", {option("Axis", op.axis), option("Begin", op.begin), option("End", op.end)});
        case Op::reshape:
            return op.dims.rank == 0 ? (op.axis == 1 ? "mdl::Flatten" : option("FlattenFrom", op.axis))
                                     : template_text("Reshape", sizes(op.dims));
        case Op::transpose: return template_text("Transpose", sizes(op.dims));
        case Op::channel_shuffle: return option("ChannelShuffle", op.groups);
        case Op::pad: return pad(op);
        case Op::reduce_mean: return reduce_mean(op);
        case Op::to_blocks:
        case Op::to_rows:
        case Op::channel_gather: break;
    }
    fail(Exit::bad_input, "an operation has no spelling in C++; report this as a mistake of mdl");
}

auto join_option(const Operation& op) -> std::string {
    return op.op == Op::concat && op.axis != 1 ? option("Axis", op.axis) : std::string();
}

auto real_text(float value) -> std::string {
    if (!std::isfinite(value)) fail(Exit::bad_input, "an attribute is not a finite number; correct the model");
    char buffer[40];
    for (int digits = 1; digits <= 9; ++digits) {
        std::snprintf(buffer, sizeof buffer, "%.*g", digits, static_cast<double>(value));
        if (std::strtof(buffer, nullptr) == value) break;
    }
    return buffer;
}

auto quoted(const std::string& text) -> std::string {
    std::string result;
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result;
}

}  // namespace mdl::tool
