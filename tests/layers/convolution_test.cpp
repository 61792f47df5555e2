// mdl: tests of the convolution layers' shape rule.
// SPDX-License-Identifier: MIT
#include <mdl/layers/convolution.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

namespace {

constexpr Shape photo{1, 3, 224, 224};

auto convolution(const Window& window, int out = 4) -> graph::Description {
    Operation op;
    op.out_channels = out;
    op.window = window;
    return layers::convolution_description(op);
}

}  // namespace

TEST_CASE("the first layers of known networks have the published shapes and weights") {
    constexpr auto resnet = infer<Conv<64, Kernel<7>, Stride<2>, Pad<3>>>({photo});
    static_assert(resnet.is({1, 64, 112, 112}) && resnet.weighs({{Role::weight, {64, 3, 7, 7}}, {Role::bias, {64}}}));
    CHECK(infer<Conv<64, Kernel<11>, Stride<4>, Pad<2>>>({photo}).is({1, 64, 55, 55}));                     // AlexNet
    CHECK(infer<Conv<64, Kernel<3>, Stride<2>>>({photo}).is({1, 64, 111, 111}));                            // SqueezeNet 1.1
    CHECK(infer<Conv<64, Kernel<10, 4>, Stride<2>, Same>>({{1, 1, 49, 10}}).is({1, 64, 25, 5}));            // DS-CNN
    CHECK(infer<Conv<6, Kernel<5>>>({{1, 1, 32, 32}}).is({1, 6, 28, 28}));                                  // LeNet-5
}

TEST_CASE("a kernel is 1x1 and has a bias unless options say otherwise") {
    static_assert(infer<Conv<8>>({{2, 3, 5, 7}}).is({2, 8, 5, 7}));
    CHECK(infer<Conv<8>>({{2, 3, 5, 7}}).weighs({{Role::weight, {8, 3, 1, 1}}, {Role::bias, {8}}}));
    CHECK(infer<Conv<8, NoBias>>({{2, 3, 5, 7}}).weighs({{Role::weight, {8, 3, 1, 1}}}));
}

TEST_CASE("groups divide the kernel's input channels") {
    constexpr auto found = infer<Conv<6, Groups<2>, Kernel<3>, NoBias>>({{1, 4, 8, 8}});
    static_assert(found.is({1, 6, 6, 6}) && found.weighs({{Role::weight, {6, 2, 3, 3}}}));
    CHECK(infer<Conv<6, Groups<4>>>({{1, 4, 8, 8}}).shows(Problem::groups_do_not_divide, {1, 4, 8, 8}, {6, 4}));
    CHECK(infer<Conv<8, Groups<4>>>({{1, 6, 8, 8}}).shows(Problem::groups_do_not_divide, {1, 6, 8, 8}, {8, 4}));
}

TEST_CASE("a depthwise convolution has as many groups as input channels, times the multiplier outputs") {
    constexpr auto found = infer<DepthwiseConv<Kernel<3>, Pad<1>, Multiplier<2>>>({{1, 5, 8, 8}});
    static_assert(found.is({1, 10, 8, 8}) && found.weighs({{Role::weight, {10, 1, 3, 3}}, {Role::bias, {10}}}));
    CHECK(found.operation.groups == 5);
    CHECK(found.operation.out_channels == 10);
    CHECK(infer<DepthwiseConv<Kernel<3>, NoBias>>({{1, 5, 8, 8}}).weighs({{Role::weight, {5, 1, 3, 3}}}));
    CHECK(infer<DepthwiseConv<Multiplier<0>>>({{1, 5, 8, 8}}).shows(Problem::not_positive, {1, 5, 8, 8}, {0}));
    CHECK(infer<DepthwiseConv<Multiplier<most>>>({{1, 5, 8, 8}}).problem == Problem::too_large);
}

TEST_CASE("output sizes are PyTorch's floor((in + pads - dilation (kernel - 1) - 1) / stride + 1), on a sweep") {
    for (int in = 1; in <= 13; ++in)
        for (int kernel = 1; kernel <= 5; ++kernel)
            for (int stride = 1; stride <= 3; ++stride)
                for (int dilation = 1; dilation <= 3; ++dilation)
                    for (int begin = 0; begin <= 2; ++begin)
                        for (int end = 0; end <= 2; ++end) {
                            Window w;
                            w.kernel_h = kernel, w.stride_h = stride, w.dilation_h = dilation, w.pad_top = begin, w.pad_bottom = end;
                            const Shape x{1, 2, in, 4};
                            const auto found = infer(convolution(w), {x});
                            const int room = in + begin + end - dilation * (kernel - 1) - 1;
                            if (room < 0) {
                                CHECK(found.shows(Problem::kernel_larger_than_input, x, {kernel, 1}));
                                continue;
                            }
                            CHECK(found.is({1, 4, static_cast<int>(std::floor(static_cast<double>(room) / stride + 1)), 4}));
                        }
}

TEST_CASE("Same padding follows ONNX's formulas for sizes and pads, on a sweep") {
    for (int in = 1; in <= 13; ++in)
        for (int kernel = 1; kernel <= 5; ++kernel)
            for (int stride = 1; stride <= 4; ++stride)
                for (int dilation = 1; dilation <= 2; ++dilation) {
                    Window w;
                    w.kernel_w = kernel, w.stride_w = stride, w.dilation_w = dilation;
                    w.padding = Padding::same_upper;
                    const int out = static_cast<int>(std::ceil(static_cast<double>(in) / stride));
                    const int total = std::max((out - 1) * stride + (kernel - 1) * dilation + 1 - in, 0);
                    const auto upper = infer(convolution(w), {{1, 2, 4, in}});
                    CHECK(upper.is({1, 4, 4, out}));
                    CHECK(upper.operation.window.pad_left == total / 2);
                    CHECK(upper.operation.window.pad_right == total - total / 2);
                    w.padding = Padding::same_lower;
                    const auto lower = infer(convolution(w), {{1, 2, 4, in}});
                    CHECK(lower.is({1, 4, 4, out}));
                    CHECK(lower.operation.window.pad_left == total - total / 2);
                    CHECK(lower.operation.window.pad_right == total / 2);
                    CHECK(lower.operation.window.padding == Padding::given);
                }
}

TEST_CASE("completing a convolution twice changes nothing") {
    static_assert(is_settled(Conv<8, Kernel<3>, Stride<2>, Same>::description, {photo}));
    CHECK(is_settled(DepthwiseConv<Kernel<5>, SameLower, Multiplier<3>>::description, {photo}));
}

TEST_CASE("every wrong convolution is named, with the shapes that show it") {
    constexpr Shape x{1, 3, 8, 9}, vector{1, 64};
    CHECK(infer<Conv<8>>({vector}).shows(Problem::wrong_rank, vector, {4}));
    CHECK(infer<Conv<8>>({{1, 3, 8}}).shows(Problem::wrong_rank, {1, 3, 8}, {4}));
    CHECK(infer<Conv<0>>({x}).shows(Problem::not_positive, x, {0, 1}));
    CHECK(infer<Conv<8, Groups<0>>>({x}).shows(Problem::not_positive, x, {8, 0}));
    CHECK(infer<Conv<8, Kernel<0, 3>>>({x}).shows(Problem::not_positive, x, {0, 3, 1, 1, 1, 1}));
    CHECK(infer<Conv<8, Stride<-1>, Same>>({x}).shows(Problem::not_positive, x, {1, 1, -1, -1, 1, 1}));
    CHECK(infer<Conv<8, Dilation<1, 0>>>({x}).shows(Problem::not_positive, x, {1, 1, 1, 1, 1, 0}));
    CHECK(infer<Conv<8, Kernel<3>, Pad<0, 0, -1, 0>>>({x}).shows(Problem::negative_padding, x, {0, 0, -1, 0}));
    CHECK(infer<Conv<8, Kernel<9, 1>>>({x}).shows(Problem::kernel_larger_than_input, x, {9, 1}));
    CHECK(infer<Conv<8, Kernel<3>, Dilation<5, 1>>>({x}).shows(Problem::kernel_larger_than_input, x, {3, 3}));
    static_assert(infer<Conv<8, Kernel<8, 9>>>({x}).is({1, 8, 1, 1}));
}

TEST_CASE("huge numbers are too large, never an overflow") {
    constexpr Shape x{1, 3, 8, 9};
    static_assert(infer<Conv<most, Kernel<3>>>({x}).problem == Problem::too_large);
    static_assert(infer<Conv<8, Kernel<most>, Dilation<most>>>({x}).problem == Problem::kernel_larger_than_input);
    static_assert(infer<Conv<8, Kernel<3>, Pad<most>>>({x}).problem == Problem::too_large);
    static_assert(infer<Conv<8, Kernel<most>, Dilation<most>, Same>>({x}).problem == Problem::too_large);
    CHECK(infer<Conv<8, Stride<most>, Kernel<3>>>({x}).problem == Problem::too_large);
    // 2^15 x 2^15 outputs of 2 channels are 2^31 elements: one more than an index counts.
    CHECK(infer<Conv<2>>({{1, 1, 32768, 32768}}).shows(Problem::too_large, {1, 2, 32768, 32768}));
    CHECK(infer<Conv<1>>({{1, 1, 32768, 32768}}).is({1, 1, 32768, 32768}));
    CHECK(infer<Conv<32768, NoBias>>({{1, 65536, 1, 1}}).shows(Problem::too_large, {32768, 65536, 1, 1}));
}
