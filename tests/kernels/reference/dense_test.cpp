// mdl: tests of the reference dense layer.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/dense.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <mdl/kernels/reference/convolution.hpp>

#include "../numbers.hpp"

using namespace mdl;
using kernels::reference::dense;
using test::numbers, test::room;

TEST_CASE("a dense layer of two inputs and three outputs gives the numbers worked by hand") {
    const Operation op{.op = Op::dense, .bias = true, .out_channels = 3};
    const std::vector<float> x{1, 2, -1, 4}, w{1, 2, 3, 4, 5, 6}, bias{0.5f, 0, -1};
    auto y = room({2, 3});
    dense(op, {2, 2}, {2, 3}, x.data(), w.data(), bias.data(), y.data());
    CHECK(y == std::vector<float>{5.5f, 11, 16, 7.5f, 13, 18});
    dense(op, {2, 2}, {2, 3}, x.data(), w.data(), nullptr, y.data());
    CHECK(y == std::vector<float>{5, 11, 17, 7, 13, 19});
}

TEST_CASE("a dense layer over a feature map equals a convolution whose kernel covers it") {
    const Shape in{2, 3, 5, 7};
    const auto x = numbers(in, 1), w = numbers(4 * 105, 2), bias = numbers(4, 3);
    auto y = room({2, 4}), expected = room({2, 4});
    dense({.op = Op::dense, .bias = true, .out_channels = 4}, in, {2, 4}, x.data(), w.data(), bias.data(), y.data());
    kernels::reference::convolution({.op = Op::convolution, .window = {.kernel_h = 5, .kernel_w = 7}, .out_channels = 4}, in,
                                    {2, 4, 1, 1}, x.data(), w.data(), bias.data(), expected.data());
    CHECK(y == expected);
}

TEST_CASE("a dense layer over a sequence maps each step alone") {
    const auto x = numbers(3 * 5, 4), w = numbers(2 * 5, 5);
    const Operation op{.op = Op::dense, .out_channels = 2};
    auto sequence = room({1, 3, 2}), steps = room({3, 2});
    dense(op, {1, 3, 5}, {1, 3, 2}, x.data(), w.data(), nullptr, sequence.data());
    dense(op, {3, 5}, {3, 2}, x.data(), w.data(), nullptr, steps.data());
    CHECK(sequence == steps);
}
