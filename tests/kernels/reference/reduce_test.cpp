// mdl: tests of the reference reductions over axes.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/reduce.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include <mdl/kernels/reference/pool.hpp>
#include <mdl/kernels/reference/rearrange.hpp>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::largest_difference, test::numbers, test::room;

TEST_CASE("means over rows, columns and all of a matrix are those worked by hand") {
    const std::vector<float> x{1, 2, 3, 5, 7, 9};
    const auto mean = [&](const Shape& axes, const Shape& out) {
        auto y = room(out);
        reference::reduce({.op = Op::reduce, .dims = axes}, {2, 3}, out, x.data(), y.data());
        return y;
    };
    CHECK(mean({0}, {1, 3}) == std::vector<float>{3, 4.5f, 6});
    CHECK(mean({1}, {2, 1}) == std::vector<float>{2, 7});
    CHECK(mean({-1}, {2}) == std::vector<float>{2, 7});
    CHECK(mean({0, 1}, {1, 1}) == std::vector<float>{4.5f});
    CHECK(mean({}, {}) == std::vector<float>{4.5f});
}

TEST_CASE("the mean over rows and columns is global average pooling") {
    const Shape in{2, 5, 3, 7}, out{2, 5, 1, 1};
    const auto x = numbers(in, 1);
    auto y = room(out), expected = room(out);
    reference::reduce({.op = Op::reduce, .dims = {-1, 2}}, in, out, x.data(), y.data());
    reference::global_pool({.op = Op::global_pool, .pooling = Pooling::average}, in, out, x.data(), expected.data());
    CHECK(y == expected);
}

TEST_CASE("the mean over axes apart from each other equals the mean over the last axes of the transpose") {
    const Shape in{3, 4, 2, 5}, moved{4, 5, 3, 2}, out{4, 5};
    const auto x = numbers(in, 2);
    auto y = room(out), turned = room(moved), expected = room(out);
    reference::reduce({.op = Op::reduce, .keep_dims = false, .dims = {0, 2}}, in, out, x.data(), y.data());
    reference::transpose({.op = Op::transpose, .dims = {1, 3, 0, 2}}, in, moved, x.data(), turned.data());
    reference::reduce({.op = Op::reduce, .keep_dims = false, .dims = {2, 3}}, moved, out, turned.data(),
                           expected.data());
    CHECK(largest_difference(y, expected) == 0);
}

TEST_CASE("every reduction gives the number worked by hand") {
    const std::vector<float> x{1, -2, 2, 4, 0.5f, -4};
    const auto along_rows = [&](Reduction reduction) {
        auto y = room({2, 1});
        reference::reduce({.op = Op::reduce, .reduction = reduction, .dims = {1}}, {2, 3}, {2, 1}, x.data(), y.data());
        return y;
    };
    using enum Reduction;
    using List = std::vector<float>;
    CHECK(along_rows(sum) == List{1, 0.5f});
    CHECK(along_rows(max) == List{2, 4});
    CHECK(along_rows(min) == List{-2, -4});
    CHECK(along_rows(product) == List{-4, -8});
    CHECK(along_rows(l1) == List{5, 8.5f});
    CHECK(along_rows(l2) == List{3, 5.67890829f});
    CHECK(along_rows(sum_of_squares) == List{9, 32.25f});
    CHECK(largest_difference(along_rows(log_sum), List{0, -0.693147181f}) < 1e-7);
    CHECK(largest_difference(along_rows(log_sum_exp), List{2.32656264f, 4.03007599f}) < 1e-6);
    CHECK(along_rows(arg_max) == List{2, 0});
    CHECK(along_rows(arg_min) == List{1, 2});
}

TEST_CASE("of equal extremes the first or the last is found") {
    const std::vector<float> x{3, 1, 3, 1};
    const auto found = [&](Reduction reduction) {
        float y = -1;
        reference::reduce({.op = Op::reduce, .reduction = reduction, .dims = {0}}, {4}, {1}, x.data(), &y);
        return y;
    };
    CHECK(found(Reduction::arg_max) == 0);
    CHECK(found(Reduction::arg_max_last) == 2);
    CHECK(found(Reduction::arg_min) == 1);
    CHECK(found(Reduction::arg_min_last) == 3);
}

TEST_CASE("the logarithm of a sum of exponentials does not overflow") {
    const std::vector<float> x{-1000, 1000, 999};
    float y = 0;
    reference::reduce({.op = Op::reduce, .reduction = Reduction::log_sum_exp, .dims = {0}}, {3}, {1}, x.data(), &y);
    CHECK(std::fabs(y - 1000.31326f) < 1e-3f);
}
