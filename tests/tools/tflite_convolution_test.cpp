// mdl: convolutions of TensorFlow Lite compute what their definition says, padding included.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tools/tflite_builder.hpp"

namespace tflite = mdl::tflite;
using mdl::tool::test::is_near;
using mdl::tool::test::Map;
using mdl::tool::test::pattern;
using mdl::tool::test::TfliteBuilder;
using mdl::tool::test::Values;
using tflite::Activation;
using tflite::Padding;
using Op = tflite::BuiltinOperator;

namespace {

/// How a window walks along one axis: TensorFlow's own formulas.
struct Axis {
    int out = 0, before = 0;

    Axis(Padding padding, int in, int kernel, int stride, int dilation) {
        const int extent = (kernel - 1) * dilation + 1;
        out = padding == Padding::SAME ? (in + stride - 1) / stride : (in - extent + stride) / stride;
        if (padding == Padding::SAME) before = std::max((out - 1) * stride + extent - in, 0) / 2;
    }
};

struct Window {
    Padding padding = Padding::SAME;
    int kernel_h = 3, kernel_w = 3, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
};

/// Weights [out, rows, columns, in of its group].
auto convolve(const Map& x, const Values& weights, const Values& bias, const Window& w, int out_channels, int groups) -> Map {
    const Axis rows(w.padding, x.rows, w.kernel_h, w.stride_h, w.dilation_h),
        columns(w.padding, x.columns, w.kernel_w, w.stride_w, w.dilation_w);
    const int in = x.channels / groups;
    Map y(rows.out, columns.out, out_channels);
    for (int oy = 0; oy < y.rows; ++oy)
        for (int ox = 0; ox < y.columns; ++ox)
            for (int o = 0; o < out_channels; ++o) {
                double sum = static_cast<double>(bias[static_cast<std::size_t>(o)]);
                for (int ky = 0; ky < w.kernel_h; ++ky)
                    for (int kx = 0; kx < w.kernel_w; ++kx)
                        for (int i = 0; i < in; ++i) {
                            const int iy = oy * w.stride_h - rows.before + ky * w.dilation_h,
                                      ix = ox * w.stride_w - columns.before + kx * w.dilation_w;
                            if (iy < 0 || iy >= x.rows || ix < 0 || ix >= x.columns) continue;
                            const auto at = static_cast<std::size_t>(((o * w.kernel_h + ky) * w.kernel_w + kx) * in + i);
                            sum +=
                                static_cast<double>(x.at(iy, ix, o / (out_channels / groups) * in + i)) * static_cast<double>(weights[at]);
                        }
                y.at(oy, ox, o) = static_cast<float>(sum);
            }
    return y;
}

auto convolved(const Map& x, const Window& w, int out_channels, int groups) -> bool {
    const int in = x.channels / groups;
    const Values weights = pattern(static_cast<std::size_t>(out_channels * w.kernel_h * w.kernel_w * in), 3),
                 bias = pattern(static_cast<std::size_t>(out_channels), 4);
    TfliteBuilder model;
    const int input = model.input("x", x.dims());
    const int y = model.node(
        Op::CONV_2D, {input, model.floats({out_channels, w.kernel_h, w.kernel_w, in}, weights), model.floats({out_channels}, bias)},
        tflite::CreateConv2DOptions(model.fbb, w.padding, w.stride_w, w.stride_h, Activation::NONE, w.dilation_w, w.dilation_h));
    return is_near(model.run(y, x.values), convolve(x, weights, bias, w, out_channels, groups).values);
}

}  // namespace

TEST_CASE("a convolution pads SAME as TensorFlow does: the odd pixel at the end, at odd and even sizes and any stride") {
    for (const int rows : {5, 6, 7, 8})
        for (const int columns : {5, 6, 9})
            for (const int stride : {1, 2, 3})
                for (const int kernel : {1, 2, 3, 4, 5}) {
                    INFO(rows << "x" << columns << " stride " << stride << " kernel " << kernel);
                    CHECK(convolved(Map(rows, columns, 2), {Padding::SAME, kernel, kernel, stride, stride, 1, 1}, 3, 1));
                    CHECK(convolved(Map(rows, columns, 2), {Padding::VALID, kernel, kernel, stride, stride, 1, 1}, 3, 1));
                }
}

TEST_CASE("a convolution's kernel, stride and dilation differ by axis") {
    CHECK(convolved(Map(9, 8, 3), {Padding::SAME, 3, 2, 2, 1, 1, 1}, 5, 1));
    CHECK(convolved(Map(9, 8, 3), {Padding::VALID, 2, 3, 1, 2, 1, 1}, 5, 1));
    CHECK(convolved(Map(11, 9, 3), {Padding::SAME, 3, 3, 1, 1, 2, 3}, 4, 1));
    CHECK(convolved(Map(11, 9, 3), {Padding::VALID, 3, 3, 1, 1, 3, 2}, 4, 1));
}

TEST_CASE("weights with fewer channels than the map are a convolution in groups") { CHECK(convolved(Map(6, 5, 6), {}, 9, 3)); }

TEST_CASE("a depthwise convolution has as many outputs a channel as its weights say") {
    for (const int multiplier : {1, 2, 3})
        for (const int rows : {6, 7}) {
            const Map x(rows, 5, 3);
            const int out = 3 * multiplier;
            const Window w{Padding::SAME, 3, 3, 2, 2, 1, 1};
            const Values weights = pattern(static_cast<std::size_t>(9 * out), 5), bias = pattern(static_cast<std::size_t>(out), 6);
            Values by_output;  // TensorFlow's [1, rows, columns, out] in the sequence of a convolution in groups
            for (int o = 0; o < out; ++o)
                for (int k = 0; k < 9; ++k) by_output.push_back(weights[static_cast<std::size_t>(k * out + o)]);
            TfliteBuilder model;
            const int input = model.input("x", x.dims());
            const int y = model.node(Op::DEPTHWISE_CONV_2D, {input, model.floats({1, 3, 3, out}, weights), model.floats({out}, bias)},
                                     tflite::CreateDepthwiseConv2DOptions(model.fbb, w.padding, 2, 2, multiplier));
            CHECK(is_near(model.run(y, x.values), convolve(x, by_output, bias, w, out, 3).values));
        }
}

TEST_CASE("a transposed convolution makes the map of which a convolution would make its input") {
    for (const Padding padding : {Padding::SAME, Padding::VALID})
        for (const int kernel : {1, 2, 3, 4})
            for (const int stride : {1, 2, 3})
                for (const int out_rows : {7, 8, 9}) {
                    const int out_columns = 6, channels = 2, out = 3;
                    if (padding == Padding::VALID && kernel > out_columns) continue;
                    const Axis rows(padding, out_rows, kernel, stride, 1), columns(padding, out_columns, kernel, stride, 1);
                    const Map x(rows.out, columns.out, channels);
                    const Values weights = pattern(static_cast<std::size_t>(out * kernel * kernel * channels), 7), bias = pattern(3, 8);
                    Map expected(out_rows, out_columns, out);
                    for (int y = 0; y < out_rows; ++y)
                        for (int z = 0; z < out_columns; ++z)
                            for (int o = 0; o < out; ++o) expected.at(y, z, o) = bias[static_cast<std::size_t>(o)];
                    for (int y = 0; y < x.rows; ++y)
                        for (int z = 0; z < x.columns; ++z)
                            for (int ky = 0; ky < kernel; ++ky)
                                for (int kx = 0; kx < kernel; ++kx)
                                    for (int o = 0; o < out; ++o)
                                        for (int i = 0; i < channels; ++i) {
                                            const int oy = y * stride - rows.before + ky, ox = z * stride - columns.before + kx;
                                            if (oy < 0 || oy >= out_rows || ox < 0 || ox >= out_columns) continue;
                                            expected.at(oy, ox, o) +=
                                                x.at(y, z, i) *
                                                weights[static_cast<std::size_t>(((o * kernel + ky) * kernel + kx) * channels + i)];
                                        }
                    TfliteBuilder model;
                    const int input = model.input("x", x.dims());
                    const int y = model.node(Op::TRANSPOSE_CONV,
                                             {model.integers({1, out_rows, out_columns, out}),
                                              model.floats({out, kernel, kernel, channels}, weights), input, model.floats({out}, bias)},
                                             tflite::CreateTransposeConvOptions(model.fbb, padding, stride, stride));
                    INFO("kernel " << kernel << " stride " << stride << " rows " << out_rows << " padding " << static_cast<int>(padding));
                    CHECK(is_near(model.run(y, x.values), expected.values));
                }
}

TEST_CASE("a fused activation comes after the bias") {
    const auto activated = [](Activation activation) {
        TfliteBuilder model;
        const int x = model.input("x", {1, 1, 4, 2});
        // The two channels' sum, times 4, plus 1.
        const int y = model.node(Op::CONV_2D, {x, model.floats({1, 1, 1, 2}, {4, 4}), model.floats({1}, {1})},
                                 tflite::CreateConv2DOptions(model.fbb, Padding::VALID, 1, 1, activation));
        return model.run(y, {-1, 0, 0, -0.125f, 0.25f, 0, 1, 1});
    };
    CHECK(activated(Activation::NONE) == Values{-3, 0.5f, 2, 9});
    CHECK(activated(Activation::RELU) == Values{0, 0.5f, 2, 9});
    CHECK(activated(Activation::RELU6) == Values{0, 0.5f, 2, 6});
    CHECK(activated(Activation::RELU_N1_TO_1) == Values{-1, 0.5f, 1, 1});
    CHECK(is_near(activated(Activation::TANH), {std::tanh(-3.0f), std::tanh(0.5f), std::tanh(2.0f), std::tanh(9.0f)}));
}

TEST_CASE("an image of three channels is taken as its pixels lie, and needs no transposition") {
    TfliteBuilder model;
    const int x = model.input("x", {1, 6, 5, 3});
    const int scaled = model.node(Op::MUL, {x, model.floats({}, {0.5f})});
    const int c = model.node(Op::CONV_2D, {scaled, model.floats({4, 1, 1, 3}, pattern(12))},
                             tflite::CreateConv2DOptions(model.fbb, Padding::SAME, 1, 1));
    const int pooled = model.node(Op::MEAN, {c, model.integers({1, 2})});
    model.output(model.node(Op::SOFTMAX, {pooled}, tflite::CreateSoftmaxOptions(model.fbb, 1)));
    const auto network = model.import();
    CHECK(network.layers.front().operation.image.layout == mdl::PixelLayout::hwc);
    for (const auto& layer : network.layers) CHECK(layer.operation.op != mdl::Op::transpose);
}
