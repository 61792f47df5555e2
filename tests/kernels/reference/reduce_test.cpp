// mdl: tests of the reference mean over axes.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/reduce.hpp>

#include <doctest/doctest.h>

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
        reference::reduce_mean({.op = Op::reduce_mean, .dims = axes}, {2, 3}, out, x.data(), y.data());
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
    reference::reduce_mean({.op = Op::reduce_mean, .dims = {-1, 2}}, in, out, x.data(), y.data());
    reference::global_pool({.op = Op::global_pool, .pooling = Pooling::average}, in, out, x.data(), expected.data());
    CHECK(y == expected);
}

TEST_CASE("the mean over axes apart from each other equals the mean over the last axes of the transpose") {
    const Shape in{3, 4, 2, 5}, moved{4, 5, 3, 2}, out{4, 5};
    const auto x = numbers(in, 2);
    auto y = room(out), turned = room(moved), expected = room(out);
    reference::reduce_mean({.op = Op::reduce_mean, .keep_dims = false, .dims = {0, 2}}, in, out, x.data(), y.data());
    reference::transpose({.op = Op::transpose, .dims = {1, 3, 0, 2}}, in, moved, x.data(), turned.data());
    reference::reduce_mean({.op = Op::reduce_mean, .keep_dims = false, .dims = {2, 3}}, moved, out, turned.data(),
                           expected.data());
    CHECK(largest_difference(y, expected) == 0);
}
