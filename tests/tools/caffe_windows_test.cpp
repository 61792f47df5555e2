// mdl: Caffe's convolutions, inner products and pooling mean what Caffe computes.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>

#include <doctest/doctest.h>

#include "tools/caffe_builder.hpp"

using namespace mdl::tool::test;
using mdl::Shape;
using mdl::tool::Dims;

namespace {

auto single(const std::string& type, const Dims& shape, const std::string& param = {}) -> CaffeBuilder {
    return CaffeBuilder::single(type, shape, param);
}

/// Caffe's size along one axis.
auto pooled(int in, int kernel, int stride, int pad) -> int {
    const int room = in + 2 * pad - kernel;
    int out = (room >= 0 ? (room + stride - 1) / stride : -(-room / stride)) + 1;
    if (pad > 0 && (out - 1) * stride >= in + pad) --out;
    return out;
}

/// Caffe's pooling of one square map, as its documentation describes it.
auto pool(const Values& x, int in, int kernel, int stride, int pad, bool max) -> Values {
    const int out = pooled(in, kernel, stride, pad);
    Values y;
    for (int row = 0; row < out; ++row)
        for (int column = 0; column < out; ++column) {
            const int top = row * stride - pad, left = column * stride - pad;
            const int bottom = std::min(top + kernel, in + pad), right = std::min(left + kernel, in + pad);
            float largest = std::numeric_limits<float>::lowest(), sum = 0;
            for (int r = std::max(top, 0); r < std::min(bottom, in); ++r)
                for (int c = std::max(left, 0); c < std::min(right, in); ++c) {
                    largest = std::max(largest, x[static_cast<std::size_t>(r * in + c)]);
                    sum += x[static_cast<std::size_t>(r * in + c)];
                }
            y.push_back(max ? largest : sum / static_cast<float>((bottom - top) * (right - left)));
        }
    return y;
}

}  // namespace

TEST_CASE("pooling rounds sizes up and cuts the last windows to the image") {
    const std::string window = "kernel_size: 3 stride: 2 }";
    CHECK(single("Pooling", {1, 1, 6, 6}, "pooling_param { pool: MAX " + window).answer(counted(36)) ==
          Values{14, 16, 17, 26, 28, 29, 32, 34, 35});
    CHECK(single("Pooling", {1, 1, 6, 6}, "pooling_param { pool: AVE " + window).answer(counted(36)) ==
          Values{7, 9, 10.5f, 19, 21, 22.5f, 28, 30, 31.5f});
    const auto floor = single("Pooling", {1, 1, 6, 6}, "pooling_param { round_mode: FLOOR " + window);
    CHECK(floor.answer(counted(36)) == Values{14, 16, 26, 28});
    CHECK(single("Pooling", {1, 1, 6, 6}, "pooling_param { ceil_mode: false " + window).answer(counted(36)) == Values{14, 16, 26, 28});
}

TEST_CASE("a mean divides by the window cut to the padded image") {
    const auto net = single("Pooling", {1, 1, 4, 4}, "pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 }");
    const Values expected{4.0f / 9, 6.0f / 9, 2.0f / 6, 6.0f / 9, 1, 0.5f, 2.0f / 6, 0.5f, 0.25f};
    CHECK(is_close(net.answer(Values(16, 1)), expected));
}

TEST_CASE("the last window begins inside of the image") {
    // Rounded up there would be three windows, the last of which begins at row 3 of 3.
    CHECK(single("Pooling", {1, 1, 3, 3}, "pooling_param { kernel_size: 2 stride: 2 pad: 1 }").answer(counted(9)) == Values{0, 2, 6, 8});
}

TEST_CASE("a kernel a little larger than the image is cut to it") {
    CHECK(single("Pooling", {1, 1, 2, 2}, "pooling_param { pool: AVE kernel_size: 3 stride: 2 }").answer({1, 2, 3, 6}) == Values{3});
    CHECK(single("Pooling", {1, 1, 2, 2}, "pooling_param { kernel_size: 3 stride: 1 }").refusal().find("kernel of 3") != std::string::npos);
}

TEST_CASE("pooling equals Caffe's rule for every small geometry") {
    int compared = 0;
    for (int in = 2; in <= 7; ++in)
        for (int kernel = 1; kernel <= 4; ++kernel)
            for (int stride = 1; stride <= 4; ++stride)
                for (int pad = 0; pad < kernel; ++pad)
                    for (const bool max : {true, false}) {
                        const int out = pooled(in, kernel, stride, pad);
                        if (kernel - in - 2 * pad >= stride || (out - 1) * stride >= in + pad)
                            continue;  // Caffe's own loops have nothing to do there
                        const std::string param = "pooling_param { pool: " + std::string(max ? "MAX" : "AVE") +
                                                  " kernel_size: " + std::to_string(kernel) + " stride: " + std::to_string(stride) +
                                                  " pad: " + std::to_string(pad) + " }";
                        const Values x = counted(static_cast<std::size_t>(in * in), -3, 0.25f);
                        const Values y = single("Pooling", {1, 1, in, in}, param).answer(x);
                        INFO(param << " of " << in);
                        CHECK(is_close(y, pool(x, in, kernel, stride, pad, max)));
                        ++compared;
                    }
    CHECK(compared > 300);
}

TEST_CASE("pooling may differ by axis, and takes the whole image where it is global") {
    const auto net = single("Pooling", {1, 1, 3, 4}, "pooling_param { kernel_h: 1 kernel_w: 2 stride_h: 2 stride_w: 1 pad_h: 0 pad_w: 1 }");
    CHECK(net.out_shape() == Shape{1, 1, 2, 5});
    CHECK(net.answer(counted(12)) == Values{0, 1, 2, 3, 3, 8, 9, 10, 11, 11});
    CHECK(single("Pooling", {1, 2, 2, 2}, "pooling_param { global_pooling: true }").answer(counted(8)) == Values{3, 7});
    CHECK(single("Pooling", {1, 2, 2, 2}, "pooling_param { pool: AVE global_pooling: true }").answer(counted(8)) == Values{1.5f, 5.5f});
}

TEST_CASE("a convolution takes kernel, stride, pad, dilation and groups for both axes or for each") {
    auto square = single("Convolution", {1, 1, 3, 3}, "convolution_param { num_output: 1 kernel_size: 2 pad: 1 stride: 2 }");
    square.weights("it", {1, 1, 2, 2}, {1, 2, 3, 4}).weights("it", {1}, {10});
    CHECK(square.answer(counted(9)) == Values{10 + 0, 10 + 3 + 8, 10 + 6 + 24, 10 + 4 + 10 + 21 + 32});
    auto uneven = single("Convolution", {1, 1, 3, 4},
                         "convolution_param { num_output: 1 bias_term: false kernel_h: 1 kernel_w: 2 dilation: 2 pad_h: 0 pad_w: 1 "
                         "stride_h: 2 stride_w: 1 }");
    uneven.weights("it", {1, 1, 1, 2}, {1, 10});
    CHECK(uneven.answer(counted(12)) == Values{10, 20, 31, 2, 90, 8 + 100, 9 + 110, 10});
    auto grouped = single("Convolution", {1, 2, 1, 1}, "convolution_param { num_output: 4 bias_term: false kernel_size: 1 group: 2 }");
    grouped.weights("it", {4, 1, 1, 1}, {1, 2, 3, 4});
    CHECK(grouped.answer({1, 10}) == Values{1, 2, 30, 40});
}

TEST_CASE("depthwise layers of forks have a group for each channel") {
    for (const char* type : {"ConvolutionDepthwise", "DepthwiseConvolution"}) {
        auto net = single(type, {1, 2, 1, 2}, "convolution_param { num_output: 2 bias_term: false kernel_h: 1 kernel_w: 2 }");
        net.weights("it", {2, 1, 1, 2}, {1, 1, 1, -1});
        CHECK(net.answer({1, 2, 3, 5}) == Values{3, -2});
    }
}

TEST_CASE("a deconvolution spreads each pixel by its kernel and cuts the padding off") {
    auto net = single("Deconvolution", {1, 1, 2, 2}, "convolution_param { num_output: 1 kernel_size: 2 stride: 2 }");
    net.weights("it", {1, 1, 2, 2}, {1, 2, 3, 4}).weights("it", {1}, {0});
    CHECK(net.answer({1, 10, 100, 1000}) == Values{1, 2, 10, 20, 3, 4, 30, 40, 100, 200, 1000, 2000, 300, 400, 3000, 4000});
    auto padded = single("Deconvolution", {1, 2, 2, 2},
                         "convolution_param { num_output: 2 kernel_size: 2 stride: 2 pad: 1 group: 2 bias_term: false }");
    padded.weights("it", {2, 1, 2, 2}, {1, 2, 3, 4, 10, 20, 30, 40});
    CHECK(padded.answer({1, 10, 100, 1000, 1, 10, 100, 1000}) == Values{4, 30, 200, 1000, 40, 300, 2000, 10000});
}

TEST_CASE("a deconvolution that is filled bilinearly needs no stored weights") {
    // Another layer has stored ones, so that nothing here is random.
    auto net =
        single("Deconvolution", {1, 1, 1, 2},
               "convolution_param { num_output: 1 kernel_size: 4 stride: 2 pad: 1 bias_term: false weight_filler { type: 'bilinear' } }");
    net.add("layer { name: 'prelu' type: 'PReLU' bottom: 'out' top: 'end' }").weights("prelu", {1}, {1});
    const Values y = net.answer({4, 8});
    // Columns of the kernel: 1/4 3/4 3/4 1/4; its rows add 3/4 of the one row to both rows of the result.
    CHECK(is_close(y, {2.25f, 3.75f, 5.25f, 4.5f, 2.25f, 3.75f, 5.25f, 4.5f}));
    // Of any size the kernel is symmetric: 1/2 1 1/2 of three, 1/2 1/2 of two.
    const auto kernel = [](int size) {
        auto one = single("Deconvolution", {1, 1, 1, 1},
                          "convolution_param { num_output: 1 kernel_size: " + std::to_string(size) +
                              " bias_term: false weight_filler { type: 'bilinear' } }");
        one.add("layer { name: 'prelu' type: 'PReLU' bottom: 'out' top: 'end' }").weights("prelu", {1}, {1});
        return one.answer({1});
    };
    CHECK(is_close(kernel(3), {0.25f, 0.5f, 0.25f, 0.5f, 1, 0.5f, 0.25f, 0.5f, 0.25f}));
    CHECK(is_close(kernel(2), {0.25f, 0.25f, 0.25f, 0.25f}));
}

TEST_CASE("an inner product takes all axes from its own on as one vector") {
    auto all = single("InnerProduct", {1, 2, 1, 2}, "inner_product_param { num_output: 2 }");
    all.weights("it", {2, 4}, {1, 2, 3, 4, 0, 0, 0, 1}).weights("it", {2}, {10, 20});
    CHECK(all.out_shape() == Shape{1, 2});
    CHECK(all.answer({1, 1, 1, 2}) == Values{24, 22});
    auto last = single("InnerProduct", {1, 2, 2}, "inner_product_param { num_output: 1 axis: -1 bias_term: false }");
    last.weights("it", {1, 2}, {1, 10});
    CHECK(last.out_shape() == Shape{1, 2, 1});
    CHECK(last.answer({1, 2, 3, 4}) == Values{21, 43});
    auto transposed = single("InnerProduct", {1, 2}, "inner_product_param { num_output: 3 transpose: true bias_term: false }");
    transposed.weights("it", {2, 3}, {1, 2, 3, 4, 5, 6});
    CHECK(transposed.answer({1, 10}) == Values{41, 52, 63});
}
