// mdl: tests of the portable convolution against the reference.
// SPDX-License-Identifier: MIT
#include "eigen_allocations.hpp"

#include <mdl/kernels/portable/convolution.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <mdl/kernels/reference/convolution.hpp>

#include "../numbers.hpp"
#include "../windows.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::largest_difference, test::numbers, test::room, test::windowed;

namespace {

/// Largest difference from the reference; infinity where Eigen allocated. Vectors end where the sizes end, so that the
/// address sanitizer sees every byte too far.
auto difference(const Window& window, int groups, const Shape& in, const Shape& out, bool has_bias) -> double {
    const Operation op{.op = Op::convolution, .bias = has_bias, .window = window, .out_channels = out[1], .groups = groups};
    const auto x = numbers(in, 1), bias = numbers(out[1], 3);
    const auto w = numbers({out[1], in[1] / groups, window.kernel_h, window.kernel_w}, 2);
    const float* bias_data = has_bias ? bias.data() : nullptr;
    auto y = room(out), expected = room(out);
    std::vector<float> scratch(portable::convolution_scratch_bytes(op, in, out) / sizeof(float), std::nanf(""));
    const int allocations = test::eigen_allocations([&] {
        portable::convolution(op, in, out, x.data(), w.data(), bias_data, y.data(), scratch.data());
    });
    reference::convolution(op, in, out, x.data(), w.data(), bias_data, expected.data());
    return allocations == 0 ? largest_difference(y, expected) : HUGE_VAL;
}

}  // namespace

TEST_CASE("the portable convolution equals the reference for every window, channel count and bias") {
    for (const Window& window : test::windows)
        for (const int in_channels : {1, 2, 3, 7})
            for (const int out_channels : {1, 2, 3, 4, 5, 9}) {
                const Shape in{2, in_channels, 9, 11};
                CHECK(difference(window, 1, in, windowed(window, in, out_channels), out_channels % 2 == 1) == 0);
            }
}

TEST_CASE("the portable convolution equals the reference for groups and for depthwise with a multiplier") {
    for (const Window& window : test::windows)
        for (const int groups : {2, 3, 5})
            for (const int group_in : {1, 3})
                for (const int group_out : {1, 2, 5}) {
                    const Shape in{1, groups * group_in, 9, 11};
                    CHECK(difference(window, groups, in, windowed(window, in, groups * group_out), true) == 0);
                }
}

TEST_CASE("sums longer than a panel and rows of many panels lose nothing") {
    // 67 * 9 = 603 products: three panels; 23 * 29 = 667 pixels: several gatherings and a part of a panel.
    const Window window{.kernel_h = 3, .kernel_w = 3, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1};
    const Shape in{1, 67, 23, 29};
    CHECK(difference(window, 1, in, windowed(window, in, 13), true) == 0);
    const Shape whole_panels{1, 300, 16, 16};
    CHECK(difference({}, 1, whole_panels, windowed({}, whole_panels, 8), false) == 0);
}

TEST_CASE("windows wider than their input read only what exists") {
    const Window window{.kernel_h = 5, .kernel_w = 7, .stride_h = 2, .stride_w = 3, .dilation_w = 2, .pad_top = 4, .pad_left = 9,
                        .pad_bottom = 3, .pad_right = 8};
    for (const int channels : {1, 2}) {
        const Shape in{1, channels, 1, 2};
        CHECK(difference(window, 1, in, windowed(window, in, 3), true) == 0);
        CHECK(difference(window, channels, in, windowed(window, in, 2 * channels), true) == 0);
    }
}

TEST_CASE("the scratch of a convolution is bounded, and depthwise needs none") {
    constexpr Operation vgg{.op = Op::convolution, .window = {.kernel_h = 3, .kernel_w = 3}, .out_channels = 64};
    static_assert(portable::convolution_scratch_bytes(vgg, {1, 64, 226, 226}, {1, 64, 224, 224}) <= 256 * 1024);
    constexpr Operation depthwise{
        .op = Op::convolution, .window = {.kernel_h = 3, .kernel_w = 3}, .out_channels = 32, .groups = 32};
    CHECK(portable::convolution_scratch_bytes(depthwise, {1, 32, 12, 12}, {1, 32, 10, 10}) == 0);
}

TEST_CASE("the allocation counter sees what Eigen allocates") {
    const int allocations = test::eigen_allocations([] { Eigen::MatrixXf(Eigen::MatrixXf::Ones(40, 40)); });
    CHECK(allocations > 0);
}
