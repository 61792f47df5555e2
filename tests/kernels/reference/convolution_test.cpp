// mdl: tests of the reference convolution.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/convolution.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "../numbers.hpp"
#include "../windows.hpp"

using namespace mdl;
using kernels::reference::convolution;
using test::largest_difference, test::numbers, test::room, test::windowed;

namespace {

auto at(const Shape& shape, int n, int c, int row, int column) -> std::size_t {
    return static_cast<std::size_t>(((std::int64_t{n} * shape[1] + c) * shape[2] + row) * shape[3] + column);
}

auto convolve(const Window& window, int groups, const Shape& in, const Shape& out, const std::vector<float>& x,
              const std::vector<float>& w, const float* bias) -> std::vector<float> {
    Operation op{.op = Op::convolution, .bias = bias != nullptr, .window = window, .out_channels = out[1], .groups = groups};
    auto y = room(out);
    convolution(op, in, out, x.data(), w.data(), bias, y.data());
    return y;
}

/// Each input value adds itself to every output that sees it: no padding arithmetic on the input's side.
auto scatter(const Window& v, const Shape& in, const Shape& out, const std::vector<float>& x, const std::vector<float>& w,
             const std::vector<float>& bias) -> std::vector<float> {
    auto y = room(out);
    const Shape filter{out[1], in[1], v.kernel_h, v.kernel_w};
    for (int n = 0; n < out[0]; ++n)
        for (int o = 0; o < out[1]; ++o)
            for (int r = 0; r < out[2]; ++r)
                for (int q = 0; q < out[3]; ++q) y[at(out, n, o, r, q)] = bias[static_cast<std::size_t>(o)];
    for (int n = 0; n < in[0]; ++n)
        for (int i = 0; i < in[1]; ++i)
            for (int row = 0; row < in[2]; ++row)
                for (int column = 0; column < in[3]; ++column)
                    for (int kr = 0; kr < v.kernel_h; ++kr)
                        for (int kc = 0; kc < v.kernel_w; ++kc) {
                            const int r = row + v.pad_top - kr * v.dilation_h, q = column + v.pad_left - kc * v.dilation_w;
                            if (r < 0 || q < 0 || r % v.stride_h != 0 || q % v.stride_w != 0) continue;
                            if (r / v.stride_h >= out[2] || q / v.stride_w >= out[3]) continue;
                            for (int o = 0; o < out[1]; ++o)
                                y[at(out, n, o, r / v.stride_h, q / v.stride_w)] +=
                                    x[at(in, n, i, row, column)] * w[at(filter, o, i, kr, kc)];
                        }
    return y;
}

}  // namespace

TEST_CASE("a 2x2 kernel over a 3x3 image gives the sums worked by hand") {
    const std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8, 9}, w{1, 10, 100, 1000};
    const float bias = 0.5f;
    const auto y = convolve({.kernel_h = 2, .kernel_w = 2}, 1, {1, 1, 3, 3}, {1, 1, 2, 2}, x, w, &bias);
    CHECK(y == std::vector<float>{5421.5f, 6532.5f, 8754.5f, 9865.5f});
}

TEST_CASE("padding on the top and left shifts the output and reads zeros") {
    const std::vector<float> x{1, 2, 3, 4}, w{1, 10, 100, 1000};
    const Window window{.kernel_h = 2, .kernel_w = 2, .pad_top = 1, .pad_left = 1};
    CHECK(convolve(window, 1, {1, 1, 2, 2}, {1, 1, 2, 2}, x, w, nullptr) == std::vector<float>{1000, 2100, 3010, 4321});
}

TEST_CASE("gathering windows equals scattering inputs for every window") {
    for (const Window& window : test::windows) {
        const Shape in{2, 3, 9, 11}, out = windowed(window, in, 5);
        const Shape filter{5, 3, window.kernel_h, window.kernel_w};
        const auto x = numbers(in, 1), w = numbers(filter, 2), bias = numbers(5, 3);
        CAPTURE(window.kernel_h);
        CAPTURE(window.kernel_w);
        CHECK(largest_difference(convolve(window, 1, in, out, x, w, bias.data()), scatter(window, in, out, x, w, bias)) == 0);
    }
}

TEST_CASE("groups equal separate convolutions of the channels' parts") {
    for (const Window& window : test::windows) {
        const int groups = 3, group_in = 2, group_out = 5;
        const Shape in{1, groups * group_in, 9, 11}, out = windowed(window, in, groups * group_out);
        const Shape part_in{1, group_in, 9, 11}, part_out = windowed(window, part_in, group_out);
        const auto x = numbers(in, 4), bias = numbers(out[1], 6);
        const auto w = numbers({out[1], group_in, window.kernel_h, window.kernel_w}, 5);
        const auto part = [](const std::vector<float>& all, int g) {
            const auto size = static_cast<std::ptrdiff_t>(all.size()) / groups;
            return std::vector<float>(all.begin() + g * size, all.begin() + (g + 1) * size);
        };
        const auto whole = convolve(window, groups, in, out, x, w, bias.data());
        for (int g = 0; g < groups; ++g)
            CHECK(part(whole, g) == convolve(window, 1, part_in, part_out, part(x, g), part(w, g), part(bias, g).data()));
    }
}

TEST_CASE("a depthwise convolution with multiplier 2 equals a dense one whose foreign weights are zero") {
    const Window window{.kernel_h = 3, .kernel_w = 3, .stride_h = 2, .pad_top = 1, .pad_right = 1};
    const Shape in{1, 3, 7, 6}, out = windowed(window, in, 6);
    const auto x = numbers(in, 7), w = numbers(6 * 9, 8);
    std::vector<float> full(6 * 3 * 9, 0.0f);
    for (std::size_t o = 0; o < 6; ++o)
        for (std::size_t k = 0; k < 9; ++k) full[(o * 3 + o / 2) * 9 + k] = w[o * 9 + k];
    CHECK(convolve(window, 3, in, out, x, w, nullptr) == convolve(window, 1, in, out, x, full, nullptr));
}

TEST_CASE("a dilated kernel equals a larger one stuffed with zeros") {
    const Window dilated{
        .kernel_h = 3, .kernel_w = 2, .dilation_h = 2, .dilation_w = 3, .pad_top = 2, .pad_left = 1, .pad_right = 2};
    const Window stuffed{.kernel_h = 5, .kernel_w = 4, .pad_top = 2, .pad_left = 1, .pad_right = 2};
    const Shape in{1, 2, 9, 7}, out = windowed(dilated, in, 3);
    CHECK(out == windowed(stuffed, in, 3));
    const auto x = numbers(in, 9), w = numbers(3 * 2 * 3 * 2, 10);
    std::vector<float> full(3 * 2 * 5 * 4, 0.0f);
    for (std::size_t f = 0; f < 6; ++f)
        for (std::size_t r = 0; r < 3; ++r)
            for (std::size_t c = 0; c < 2; ++c) full[(f * 5 + r * 2) * 4 + c * 3] = w[(f * 3 + r) * 2 + c];
    CHECK(convolve(dilated, 1, in, out, x, w, nullptr) == convolve(stuffed, 1, in, out, x, full, nullptr));
}

TEST_CASE("given padding equals padding the input with zeros first") {
    const Window padded{.kernel_h = 3, .kernel_w = 3, .stride_w = 2, .pad_top = 2, .pad_left = 1, .pad_right = 3};
    const Window bare{.kernel_h = 3, .kernel_w = 3, .stride_w = 2};
    const Shape in{1, 2, 5, 5}, larger{1, 2, 7, 9}, out = windowed(padded, in, 4);
    CHECK(out == windowed(bare, larger, 4));
    const auto x = numbers(in, 11), w = numbers(4 * 2 * 9, 12);
    std::vector<float> x_padded(static_cast<std::size_t>(larger.count()), 0.0f);
    for (int c = 0; c < 2; ++c)
        for (int r = 0; r < 5; ++r)
            for (int q = 0; q < 5; ++q) x_padded[at(larger, 0, c, r + 2, q + 1)] = x[at(in, 0, c, r, q)];
    CHECK(convolve(padded, 1, in, out, x, w, nullptr) == convolve(bare, 1, larger, out, x_padded, w, nullptr));
}
