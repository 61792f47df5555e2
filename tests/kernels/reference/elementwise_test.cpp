// mdl: tests of the reference arithmetic with broadcasting.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/elementwise.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::numbers, test::room;

TEST_CASE("the six operators give the numbers worked by hand") {
    const std::vector<float> a{1, 6, -2}, b{4, 3, -8};
    std::vector<float> y(3);
    const auto result = [&](Binary binary) {
        reference::binary(binary, {3}, {3}, {3}, a.data(), b.data(), y.data());
        return y;
    };
    CHECK(result(Binary::add) == std::vector<float>{5, 9, -10});
    CHECK(result(Binary::subtract) == std::vector<float>{-3, 3, 6});
    CHECK(result(Binary::multiply) == std::vector<float>{4, 18, 16});
    CHECK(result(Binary::divide) == std::vector<float>{0.25f, 2, 0.25f});
    CHECK(result(Binary::maximum) == std::vector<float>{4, 6, -2});
    CHECK(result(Binary::minimum) == std::vector<float>{1, 3, -8});
}

TEST_CASE("a row and a column broadcast to a matrix") {
    const std::vector<float> row{1, 2, 3}, column{10, 20};
    auto y = room({2, 3});
    reference::binary(Binary::add, {3}, {2, 1}, {2, 3}, row.data(), column.data(), y.data());
    CHECK(y == std::vector<float>{11, 12, 13, 21, 22, 23});
    reference::binary(Binary::subtract, {2, 1}, {1, 3}, {2, 3}, column.data(), row.data(), y.data());
    CHECK(y == std::vector<float>{9, 8, 7, 19, 18, 17});
}

TEST_CASE("a squeeze-and-excite gate multiplies each channel") {
    const std::vector<float> x{1, 2, 3, 4, 5, 6, 7, 8}, gate{2, 0.5f};
    auto y = room({1, 2, 2, 2});
    reference::binary(Binary::multiply, {1, 2, 2, 2}, {1, 2, 1, 1}, {1, 2, 2, 2}, x.data(), gate.data(), y.data());
    CHECK(y == std::vector<float>{2, 4, 6, 8, 2.5f, 3, 3.5f, 4});
}

TEST_CASE("a scalar of rank 0 broadcasts to everything") {
    const float two = 2;
    const std::vector<float> x{1, 2, 3};
    std::vector<float> y(3);
    reference::binary(Binary::divide, {}, {3}, {3}, &two, x.data(), y.data());
    CHECK(y == std::vector<float>{2, 1, 2.0f / 3});
    float alone = 0;
    reference::binary(Binary::add, {}, {}, {}, &two, &two, &alone);
    CHECK(alone == 4);
}

TEST_CASE("every pattern of broadcast axes up to rank 6 equals indexing each element") {
    const Shape out{2, 3, 2, 1, 4, 3};
    for (int mask = 0; mask < 64; ++mask) {
        Shape a, b;
        for (int axis = 0; axis < 6; ++axis) {
            a.push((mask >> axis & 1) != 0 ? 1 : out[axis]);
            b.push((mask >> axis & 1) != 0 ? out[axis] : 1);
        }
        const auto xa = numbers(a, 1), xb = numbers(b, 2);
        auto y = room(out), expected = room(out);
        reference::binary(Binary::subtract, a, b, out, xa.data(), xb.data(), y.data());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            std::size_t rest = i, at_a = 0, at_b = 0, step_a = 1, step_b = 1;
            for (int axis = 5; axis >= 0; --axis) {
                const auto size = static_cast<std::size_t>(out[axis]), index = rest % size;
                rest /= size;
                at_a += (a[axis] == 1 ? 0 : index) * step_a;
                at_b += (b[axis] == 1 ? 0 : index) * step_b;
                step_a *= static_cast<std::size_t>(a[axis]);
                step_b *= static_cast<std::size_t>(b[axis]);
            }
            expected[i] = xa[at_a] - xb[at_b];
        }
        CHECK(y == expected);
    }
}

TEST_CASE("the result may replace the operand of its own shape") {
    std::vector<float> x{1, 2, 3, 4};
    const std::vector<float> column{10, 20};
    reference::binary(Binary::add, {2, 2}, {2, 1}, {2, 2}, x.data(), column.data(), x.data());
    CHECK(x == std::vector<float>{11, 12, 23, 24});
}
