// mdl: the C++ spelling of every operation.
// SPDX-License-Identifier: MIT
#include "codegen/layer_text.hpp"

#include <mdl/layers/rearrange.hpp>

#include "codegen/spelling.hpp"
#include "failure.hpp"

namespace mdl::tool {

namespace {

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

auto pad(const Operation& op) -> std::string {
    const Shape &before = op.dims, &after = op.dims_end;
    const bool on_map = before.rank == 4 && op.alpha == 0 && before[0] + before[1] + after[0] + after[1] == 0 && op.fill != Fill::wrap;
    const std::string fill = op.fill == Fill::edge ? "Edge" : op.fill == Fill::reflect ? "Reflect" : op.fill == Fill::wrap ? "Wrap" : "Zero";
    if (on_map) return option(fill + "Pad", before[2], before[3], after[2], after[3]);
    Options options{template_text("Before", sizes(before)), template_text("After", sizes(after))};
    if (op.alpha != 0) options.push_back(real_option("Value", op.alpha));
    if (op.fill != Fill::constant) options.push_back("mdl::" + fill);
    return template_text("PadTensor", options);
}

auto lrn(const Operation& op) -> std::string {
    Options options{option("Size", op.size), real_option("Alpha", op.alpha), real_option("Beta", op.beta), real_option("K", op.k)};
    if (op.within_channel) options.push_back("mdl::WithinChannel");
    return template_text("Lrn", options);
}

auto reduce(const Operation& op) -> std::string {
    Options options;
    if (op.dims.rank > 0) options.push_back(template_text("Axes", sizes(op.dims)));
    if (!op.keep_dims) options.push_back("mdl::DropDims");
    return template_text(reduction_name(op.reduction), options);
}

auto slice(const Operation& op) -> std::string {
    Options options{option("Axis", op.axis), option("Begin", op.begin)};
    if (op.end != layers::to_the_end) options.push_back(option("End", op.end));
    if (op.step != 1) options.push_back(option("Step", op.step));
    return template_text("Slice", options);
}

/// How an image is read while it is resized.
auto resize(const Operation& op) -> std::string {
    const Resampling& how = op.resampling;
    Options options{interpolation_name(how.interpolation)};
    if (op.dims.rank == 2) options.push_back(op.dims[0] == op.dims[1] ? option("OutputSize", op.dims[0]) : option("OutputSize", op.dims[0], op.dims[1]));
    if (op.alpha > 0)
        options.push_back(op.alpha == op.beta ? real_option("Factor", op.alpha) : template_text("Factor", {real_text(op.alpha), real_text(op.beta)}));
    switch (how.coordinates) {
        case Coordinates::half_pixel: break;
        case Coordinates::pytorch_half_pixel: options.push_back("mdl::PytorchHalfPixel"); break;
        case Coordinates::align_corners: options.push_back("mdl::AlignCorners"); break;
        case Coordinates::asymmetric: options.push_back("mdl::Asymmetric"); break;
        case Coordinates::half_pixel_nearest: options.push_back("mdl::HalfPixelNearest"); break;
    }
    if (how.interpolation == Interpolation::nearest) switch (how.rounding) {
            case Rounding::prefer_floor: break;
            case Rounding::prefer_ceil: options.push_back("mdl::HalvesUp"); break;
            case Rounding::floor: options.push_back("mdl::LowerNeighbour"); break;
            case Rounding::ceil: options.push_back("mdl::UpperNeighbour"); break;
        }
    if (how.exclude_outside) options.push_back("mdl::ExcludeOutside");
    if (op.k != -0.75f) options.push_back(real_option("CubicCoefficient", op.k));
    return template_text("Resize", options);
}

auto transposed_convolution(const Operation& op) -> std::string {
    Options options{std::to_string(op.out_channels)};
    add_window(options, op.window);
    if (op.groups != 1) options.push_back(option("Groups", op.groups));
    if (op.dims.rank == 2) add_pair(options, "OutputPadding", op.dims[0], op.dims[1], 0);
    if (!op.bias) options.push_back("mdl::NoBias");
    return template_text("ConvTranspose", options);
}

auto norm(const Operation& op) -> std::string {
    Options options;
    if (op.op == Op::group_norm && op.groups > 0) options.push_back(std::to_string(op.groups));
    if (op.op == Op::layer_norm && op.axis != -1) options.push_back(option("Axis", op.axis));
    if (op.epsilon != 1e-5f) options.push_back(real_option("Epsilon", op.epsilon));
    if (!op.bias) options.push_back("mdl::NoBias");
    return template_text(op.op == Op::layer_norm ? "LayerNorm" : op.groups > 0 ? "GroupNorm" : "InstanceNorm", options);
}

/// Operators along one axis, of which the channels are the default.
auto along_axis(const std::string& name, Options options, int axis) -> std::string {
    if (axis != 1) options.push_back(option("Axis", axis));
    return template_text(name, options);
}

auto top_k(const Operation& op) -> std::string {
    Options options{std::to_string(op.size)};
    if (op.reduction == Reduction::arg_min) options.push_back("mdl::Smallest");
    return along_axis("TopK", options, op.axis);
}

auto max_positions(const Operation& op) -> std::string {
    Options options;
    add_window(options, op.window);
    if (op.window.ceil) options.push_back("mdl::Ceil");
    return template_text("MaxPositions", options);
}

auto grid_sample(const Operation& op) -> std::string {
    Options options{interpolation_name(op.resampling.interpolation)};
    if (op.resampling.coordinates == Coordinates::align_corners) options.push_back("mdl::AlignCorners");
    if (op.fill != Fill::constant) options.push_back(op.fill == Fill::edge ? "mdl::Edge" : "mdl::Reflect");
    if (op.k != -0.75f) options.push_back(real_option("CubicCoefficient", op.k));
    return template_text("GridSample", options);
}

auto roi_align(const Operation& op) -> std::string {
    Options options{op.dims[0] == op.dims[1] ? option("OutputSize", op.dims[0]) : option("OutputSize", op.dims[0], op.dims[1])};
    if (op.size > 0) options.push_back(option("Size", op.size));
    if (op.alpha != 1) options.push_back(real_option("Factor", op.alpha));
    if (op.resampling.coordinates == Coordinates::asymmetric) options.push_back("mdl::Asymmetric");
    return template_text("RoiAlign", options);
}

auto recurrence(const Operation& op) -> std::string {
    const char* const cells[]{"mdl::Rnn", "mdl::Gru", "mdl::GruResetAfter", "mdl::Lstm", "mdl::LstmPeephole"};
    Options options{cells[static_cast<int>(op.cell)], std::to_string(op.size)};
    if (op.step < 0) options.push_back("mdl::Backwards");
    if (op.multiplier == 2) options.push_back("mdl::WithCells");
    const ActivationKind usual = op.cell == Cell::rnn ? ActivationKind::tanh : ActivationKind::sigmoid;
    if (op.activation.kind != usual) options.push_back(template_text("Gates", {activation_text(op.activation)}));
    if (!op.bias) options.push_back("mdl::NoBias");
    return template_text("Recurrence", options);
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
        case Op::activation: return activation_text(op.activation);
        case Op::softmax: return op.axis == 1 ? "mdl::Softmax" : option("SoftmaxAxis", op.axis);
        case Op::log_softmax: return op.axis == 1 ? "mdl::LogSoftmax" : option("LogSoftmaxAxis", op.axis);
        case Op::binary: return binary_name(op.binary);
        case Op::concat: return "mdl::Concat";
        case Op::slice: return slice(op);
        case Op::reshape:
            return op.dims.rank == 0 ? (op.axis == 1 ? "mdl::Flatten" : option("FlattenFrom", op.axis))
                                     : template_text("Reshape", sizes(op.dims));
        case Op::transpose: return template_text("Transpose", sizes(op.dims));
        case Op::channel_shuffle: return option("ChannelShuffle", op.groups);
        case Op::pad: return pad(op);
        case Op::reduce: return reduce(op);
        case Op::tile: return template_text("Tile", sizes(op.dims));
        case Op::gather: return "mdl::Gather";
        case Op::select: return "mdl::Where";
        case Op::depth_to_space: return op.channels_outer ? option("PixelShuffle", op.size) : option("DepthToSpace", op.size);
        case Op::space_to_depth: return option("SpaceToDepth", op.size);
        case Op::resize: return resize(op);
        case Op::transposed_convolution: return transposed_convolution(op);
        case Op::matmul: return "mdl::MatMul";
        case Op::layer_norm:
        case Op::group_norm: return norm(op);
        case Op::top_k: return top_k(op);
        case Op::gather_elements: return along_axis("GatherElements", {}, op.axis);
        case Op::scatter_elements: return along_axis(scatter_name(op.scattering), {}, op.axis);
        case Op::max_positions: return max_positions(op);
        case Op::grid_sample: return grid_sample(op);
        case Op::roi_align: return roi_align(op);
        case Op::recurrence: return recurrence(op);
        case Op::to_blocks:
        case Op::to_rows:
        case Op::channel_gather: break;
    }
    fail(Exit::bad_input, "an operation has no spelling in C++; report this as a mistake of mdl");
}

auto is_join(const Operation& op) -> bool {
    return op.op == Op::binary || op.op == Op::concat || op.op == Op::gather || op.op == Op::select || op.op == Op::matmul;
}

auto join_option(const Operation& op) -> std::string {
    return (op.op == Op::concat || op.op == Op::gather) && op.axis != 1 ? option("Axis", op.axis) : std::string();
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
