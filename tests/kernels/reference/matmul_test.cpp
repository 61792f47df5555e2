// mdl: tests of the reference product of matrices.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/matmul.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <mdl/kernels/reference/dense.hpp>
#include <mdl/kernels/reference/rearrange.hpp>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::numbers, test::room;

TEST_CASE("a product of two matrices is the one worked by hand") {
    const std::vector<float> a{1, 2, 3, 4, 5, 6}, b{1, 0, 2, 1, 0, 3};
    std::vector<float> y(4);
    reference::matmul({2, 3}, {3, 2}, {2, 2}, a.data(), b.data(), y.data());
    CHECK(y == std::vector<float>{5, 11, 14, 23});
}

TEST_CASE("leading axes broadcast, each matrix by itself") {
    const Shape a{2, 1, 3, 4}, b{5, 4, 2}, out{2, 5, 3, 2};
    const auto xa = numbers(a, 1), xb = numbers(b, 2);
    auto y = room(out), one = room({3, 2});
    reference::matmul(a, b, out, xa.data(), xb.data(), y.data());
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 5; ++j) {
            reference::matmul({3, 4}, {4, 2}, {3, 2}, xa.data() + 12 * i, xb.data() + 8 * j, one.data());
            CHECK(std::vector<float>(y.begin() + 6 * (5 * i + j), y.begin() + 6 * (5 * i + j) + 6) == one);
        }
}

TEST_CASE("a dense layer is the product with the transposed weights") {
    const Shape in{3, 5}, weight{4, 5}, out{3, 4};
    const auto x = numbers(in, 1), w = numbers(weight, 2);
    auto turned = room({5, 4}), y = room(out), expected = room(out);
    reference::transpose({.op = Op::transpose, .dims = {1, 0}}, weight, {5, 4}, w.data(), turned.data());
    reference::matmul(in, {5, 4}, out, x.data(), turned.data(), y.data());
    reference::dense({.op = Op::dense, .out_channels = 4}, in, out, x.data(), w.data(), nullptr, expected.data());
    CHECK(y == expected);
}
