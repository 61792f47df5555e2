// mdl: translation of TensorFlow Lite's convolutions.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "tflite/step.hpp"
#include "tflite/windows.hpp"

namespace mdl::tool::tflite_reader {

namespace {

constexpr std::size_t filter_axes = 4;

/// Input k with its axes in another sequence.
auto permuted(Step& step, std::size_t k, const Dims& order) -> std::string {
    if (step.rank(k) != filter_axes)
        step.refuse(text("has weights of shape ", to_text(step.dims(k)), ", which are not those of a convolution"));
    return step.add("Transpose", {step.in_rows(k)}, {{"perm", order}});
}

template <class Options>
void convolve(Step& step, const Options& options, const std::string& weights, std::int64_t out_channels, std::int64_t groups) {
    const Dims &in = step.dims(0), &filter = step.dims(1);
    const std::int64_t kernel_h = filter[1], kernel_w = filter[2];
    const auto rows = slide(step, options.padding(), in[1], kernel_h, options.stride_h(), options.dilation_h());
    const auto columns = slide(step, options.padding(), in[2], kernel_w, options.stride_w(), options.dilation_w());
    std::vector<std::string> inputs{step.in_planes(0), weights};
    if (step.has(2)) inputs.push_back(step.in_rows(2));
    const std::string y = step.add("Conv", inputs,
                                   {{"auto_pad", auto_pad(options.padding())},
                                    {"kernel_shape", Dims{kernel_h, kernel_w}},
                                    {"strides", Dims{options.stride_h(), options.stride_w()}},
                                    {"dilations", Dims{options.dilation_h(), options.dilation_w()}},
                                    {"group", groups}});
    step.result(Layout::planes, step.activated(y, options.activation()), {in[0], rows, columns, out_channels});
}

/// Weights [out, rows, columns, in]; fewer `in` than the map has channels are groups.
void convolution(Step& step) {
    static_cast<void>(step.in_planes(0));
    const std::string weights = permuted(step, 1, {0, 3, 1, 2});
    const std::int64_t channels = step.dims(0)[3], in = step.dims(1)[3], out = step.dims(1)[0];
    if (in < 1 || channels % in != 0 || out % (channels / in) != 0)
        step.refuse(text("has weights of shape ", to_text(step.dims(1)), ", which do not fit the ", channels, " channels of its input"));
    convolve(step, step.options<tflite::Conv2DOptions>(), weights, out, channels / in);
}

/// Weights [1, rows, columns, in * multiplier].
void depthwise_convolution(Step& step) {
    static_cast<void>(step.in_planes(0));
    const std::string weights = permuted(step, 1, {3, 0, 1, 2});
    const std::int64_t channels = step.dims(0)[3], out = step.dims(1)[3];
    if (step.dims(1)[0] != 1 || out % channels != 0)
        step.refuse(text("has weights of shape ", to_text(step.dims(1)), ", which do not fit the ", channels, " channels of its input"));
    convolve(step, step.options<tflite::DepthwiseConv2DOptions>(), weights, out, channels);
}

/// One axis of the transposed convolution: what is cut at its ends, or added behind it, so that the wanted size comes out.
struct Cut {
    std::int64_t begin = 0, end = 0, added = 0;
};

auto cut_to(Step& step, std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride, tflite::Padding padding) -> Cut {
    const std::int64_t forward = slide(step, padding, out, kernel, stride, 1);
    if (forward != in)
        step.refuse(
            text("makes ", out, " pixels of ", in, ", which no convolution of stride ", stride, " turns back; the file is damaged"));
    Cut cut;
    cut.begin = std::max<std::int64_t>((in - 1) * stride + kernel - out, 0) / 2;
    const std::int64_t end = (in - 1) * stride + kernel - out - cut.begin;
    (end < 0 ? cut.added : cut.end) = std::abs(end);
    return cut;
}

/// Inputs: the shape of the result, weights [out, rows, columns, in], the feature map, a bias.
void transposed_convolution(Step& step) {
    const auto& options = step.options<tflite::TransposeConvOptions>();
    const Dims wanted = step.integers(0, "output shape");
    const std::string x = step.in_planes(2), weights = permuted(step, 1, {3, 0, 1, 2});
    const Dims &in = step.dims(2), &filter = step.dims(1);
    for (const auto size : wanted)
        if (size < 1 || size > std::int64_t{1} << 30) step.refuse(text("has the output shape ", to_text(wanted), "; the file is damaged"));
    if (wanted.size() != 4 || wanted[0] != in[0] || wanted[3] != filter[0] || filter[3] != in[3])
        step.refuse(text("has weights of shape ", to_text(filter), " and the output shape ", to_text(wanted),
                         ", which do not fit its input of shape ", to_text(in)));
    const Cut rows = cut_to(step, in[1], wanted[1], filter[1], options.stride_h(), options.padding());
    const Cut columns = cut_to(step, in[2], wanted[2], filter[2], options.stride_w(), options.padding());
    std::vector<std::string> inputs{x, weights};
    if (step.has(3)) inputs.push_back(step.in_rows(3));
    const std::string y = step.add("ConvTranspose", inputs,
                                   {{"kernel_shape", Dims{filter[1], filter[2]}},
                                    {"strides", Dims{options.stride_h(), options.stride_w()}},
                                    {"pads", Dims{rows.begin, columns.begin, rows.end, columns.end}},
                                    {"output_padding", Dims{rows.added, columns.added}}});
    step.result(Layout::planes, step.activated(y, options.activation()), wanted);
}

}  // namespace

void add_convolutions(TranslationTable& table) {
    using enum tflite::BuiltinOperator;
    table[CONV_2D] = convolution;
    table[DEPTHWISE_CONV_2D] = depthwise_convolution;
    table[TRANSPOSE_CONV] = transposed_convolution;
}

}  // namespace mdl::tool::tflite_reader
