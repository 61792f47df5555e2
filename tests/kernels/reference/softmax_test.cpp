// mdl: tests of the reference softmax.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/softmax.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <mdl/kernels/reference/rearrange.hpp>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::largest_difference, test::numbers, test::room;

TEST_CASE("softmax of logarithms gives back the proportions") {
    const std::vector<float> x{std::log(1.0f), std::log(2.0f), std::log(5.0f)};
    std::vector<float> y(3);
    reference::softmax(1, {1, 3}, x.data(), y.data());
    CHECK(largest_difference(y, {0.125f, 0.25f, 0.625f}) < 1e-7);
}

TEST_CASE("softmax sums to one along its axis, whichever it is") {
    const Shape shape{3, 4, 5, 2};
    const auto x = numbers(shape, 1);
    for (int axis = -4; axis < 4; ++axis) {
        const int a = axis < 0 ? axis + 4 : axis;
        auto y = room(shape), ones = room(shape);
        reference::softmax(axis, shape, x.data(), y.data());
        const std::int64_t inner = shape.count(a + 1, 4), outer = shape.count(0, a);
        for (std::int64_t o = 0; o < outer; ++o)
            for (std::int64_t i = 0; i < inner; ++i) {
                double sum = 0;
                for (int s = 0; s < shape[a]; ++s)
                    sum += static_cast<double>(y[static_cast<std::size_t>((o * shape[a] + s) * inner + i)]);
                CHECK(std::fabs(sum - 1) < 3e-7);  // five roundings to float
            }
    }
}

TEST_CASE("softmax does not change when a constant is added, however large, and stays finite") {
    const std::vector<float> x{-1, 0, 2}, shifted{9999, 10000, 10002};
    std::vector<float> y(3), y_shifted(3);
    reference::softmax(0, {3}, x.data(), y.data());
    reference::softmax(0, {3}, shifted.data(), y_shifted.data());
    CHECK(y == y_shifted);
    const std::vector<float> wide{-3e38f, 0, 3e38f};
    reference::softmax(0, {3}, wide.data(), y.data());
    CHECK(y == std::vector<float>{0, 0, 1});
}

TEST_CASE("softmax over channels equals softmax over the last axis of the transpose") {
    const Shape shape{2, 5, 3, 4}, moved{2, 3, 4, 5};
    const auto x = numbers(shape, 2);
    auto y = room(shape), expected = room(shape), turned = room(moved);
    reference::softmax(1, shape, x.data(), y.data());
    reference::transpose({.op = Op::transpose, .dims = {0, 2, 3, 1}}, shape, moved, x.data(), turned.data());
    reference::softmax(-1, moved, turned.data(), turned.data());
    reference::transpose({.op = Op::transpose, .dims = {0, 3, 1, 2}}, moved, shape, turned.data(), expected.data());
    CHECK(y == expected);
}

TEST_CASE("log-softmax is the logarithm of softmax, and stays finite where softmax is zero") {
    const Shape shape{2, 7, 3};
    const auto x = numbers(shape, 3);
    auto y = room(shape), log_y = room(shape);
    reference::softmax(1, shape, x.data(), y.data());
    reference::log_softmax(1, shape, x.data(), log_y.data());
    for (float& value : y) value = std::log(value);
    CHECK(largest_difference(y, log_y) < 1e-6);
    const std::vector<float> wide{0, 500};
    std::vector<float> z(2);
    reference::log_softmax(0, {2}, wide.data(), z.data());
    CHECK(z == std::vector<float>{-500, 0});
}
