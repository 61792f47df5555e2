// mdl: tests of the reference pooling.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/pool.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include <mdl/kernels/reference/convolution.hpp>

#include "../numbers.hpp"
#include "../windows.hpp"

using namespace mdl;
using kernels::reference::global_pool, kernels::reference::pool;
using test::largest_difference, test::numbers, test::room, test::windowed;

namespace {

auto pooled(Pooling pooling, const Window& window, const Shape& in, const std::vector<float>& x) -> std::vector<float> {
    const Shape out = windowed(window, in, in[1]);
    auto y = room(out);
    pool({.op = Op::pool, .pooling = pooling, .window = window}, in, out, x.data(), y.data());
    return y;
}

}  // namespace

TEST_CASE("2x2 windows of a 3x4 image give the maxima and means worked by hand") {
    const std::vector<float> x{1, 2, 3, 4, 8, 7, 6, 5, 9, -1, 0, 2};
    const Window window{.kernel_h = 2, .kernel_w = 2, .stride_w = 2};
    CHECK(pooled(Pooling::max, window, {1, 1, 3, 4}, x) == std::vector<float>{8, 6, 9, 6});
    CHECK(pooled(Pooling::average, window, {1, 1, 3, 4}, x) == std::vector<float>{4.5f, 4.5f, 5.75f, 3.25f});
}

TEST_CASE("pooling a constant gives the constant, whatever the window, unless padding is counted") {
    const Shape in{1, 2, 9, 11};
    const std::vector<float> x(static_cast<std::size_t>(in.count()), -1.25f);
    for (Window window : test::windows)
        for (const bool ceil : {false, true}) {
            window.ceil = ceil;
            for (const Pooling pooling : {Pooling::max, Pooling::average}) {
                const auto y = pooled(pooling, window, in, x);
                CHECK(std::count(y.begin(), y.end(), -1.25f) == static_cast<std::ptrdiff_t>(y.size()));
            }
        }
}

TEST_CASE("padding never wins a maximum of negative values") {
    const std::vector<float> x{-3, -4, -5, -6};
    const Window window{.kernel_h = 2, .kernel_w = 2, .pad_top = 1, .pad_left = 1};
    CHECK(pooled(Pooling::max, window, {1, 1, 2, 2}, x) == std::vector<float>{-3, -3, -3, -3});
}

TEST_CASE("the mean divides by the window's inner elements, or with counted padding by its area") {
    const std::vector<float> x{4, 8, 12, 16};
    Window window{.kernel_h = 2, .kernel_w = 2, .pad_top = 1, .pad_left = 1};
    CHECK(pooled(Pooling::average, window, {1, 1, 2, 2}, x) == std::vector<float>{4, 6, 8, 10});
    window.count_padding = true;
    CHECK(pooled(Pooling::average, window, {1, 1, 2, 2}, x) == std::vector<float>{1, 3, 4, 10});
}

TEST_CASE("what ceil adds beyond the padded input never counts") {
    // A row of 6 with one padding on each side, kernel 3, stride 3: 3 windows with ceil, the last over 5, padding and beyond.
    const std::vector<float> x{1, 2, 3, 4, 5, 6};
    Window window{.kernel_w = 3, .stride_w = 3, .pad_left = 1, .pad_right = 1, .ceil = true, .count_padding = true};
    CHECK(pooled(Pooling::average, window, {1, 1, 1, 6}, x) == std::vector<float>{1, 4, 3});
    window.count_padding = false;
    CHECK(pooled(Pooling::average, window, {1, 1, 1, 6}, x) == std::vector<float>{1.5f, 4, 6});
    // Without padding the last window holds one element and divides by one, counted or not.
    const Window bare{.kernel_w = 3, .stride_w = 3, .ceil = true, .count_padding = true};
    CHECK(pooled(Pooling::average, bare, {1, 1, 1, 7}, {1, 2, 3, 4, 5, 6, 7}) == std::vector<float>{2, 5, 7});
}

TEST_CASE("a mean with counted padding equals a depthwise convolution with equal weights") {
    const Shape in{2, 3, 9, 11};
    const auto x = numbers(in, 1);
    for (Window window : test::windows) {
        window.count_padding = true;
        const int area = window.kernel_h * window.kernel_w;
        const std::vector<float> w(static_cast<std::size_t>(3 * area), 1.0f / static_cast<float>(area));
        const Shape out = windowed(window, in, 3);
        auto expected = room(out);
        const Operation depthwise{.op = Op::convolution, .window = window, .out_channels = 3, .groups = 3};
        kernels::reference::convolution(depthwise, in, out, x.data(), w.data(), nullptr, expected.data());
        // 1/area is rounded to float: relative 6e-8 of values below 2.
        CHECK(largest_difference(pooled(Pooling::average, window, in, x), expected) <= 3e-7);
    }
}

TEST_CASE("a dilated maximum equals the maximum over every second element") {
    const std::vector<float> x{5, 9, 1, 0, 2, 8, 3};
    const Window window{.kernel_w = 3, .dilation_w = 2};
    CHECK(pooled(Pooling::max, window, {1, 1, 1, 7}, x) == std::vector<float>{5, 9, 3});
}

TEST_CASE("global pooling equals pooling with a window of the whole map") {
    const Shape in{2, 5, 7, 3}, out{2, 5, 1, 1};
    const auto x = numbers(in, 2);
    for (const Pooling pooling : {Pooling::max, Pooling::average}) {
        auto y = room(out);
        global_pool({.op = Op::global_pool, .pooling = pooling}, in, out, x.data(), y.data());
        CHECK(y == pooled(pooling, {.kernel_h = 7, .kernel_w = 3}, in, x));
    }
}

TEST_CASE("the positions of maxima are those of the values that pooling finds, of equals the first") {
    const Shape in{2, 3, 9, 11};
    const auto x = numbers(in, 4);
    for (const Window& window : test::windows) {
        const Shape out = windowed(window, in, 3);
        auto positions = room(out);
        kernels::reference::max_positions({.op = Op::max_positions, .window = window}, in, out, x.data(), positions.data());
        std::vector<float> found;
        for (const float position : positions) found.push_back(x[static_cast<std::size_t>(position)]);
        CHECK(found == pooled(Pooling::max, window, in, x));
    }
    const std::vector<float> equal{7, 7, 1, 7, 7, 1};
    std::vector<float> y(2);
    kernels::reference::max_positions({.op = Op::max_positions, .window = {.kernel_h = 2, .kernel_w = 2}}, {1, 1, 2, 3}, {1, 1, 1, 2},
                                      equal.data(), y.data());
    CHECK(y == std::vector<float>{0, 1});
}
