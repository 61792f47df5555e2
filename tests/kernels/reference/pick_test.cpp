// mdl: tests of reference gather, select, tile, and depth to space and back.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/pick.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::numbers, test::room;
using List = std::vector<float>;

TEST_CASE("gathering picks whole runs, from the end too, and never outside") {
    const List x{1, 2, 3, 4, 5, 6}, indices{2, -3, 7, -9};
    List y(8);
    reference::gather({.op = Op::gather, .axis = 0}, {3, 2}, {4}, x.data(), indices.data(), y.data());
    CHECK(y == List{5, 6, 1, 2, 5, 6, 1, 2});
    List columns(4);
    reference::gather({.op = Op::gather, .axis = 1}, {3, 2}, {1}, x.data(), indices.data() + 1, columns.data());
    CHECK(List(columns.begin(), columns.begin() + 3) == List{1, 3, 5});  // column -3 of two is the nearest, the first
}

TEST_CASE("a condition chooses, and all three broadcast") {
    const List condition{1, 0}, yes{5}, no{7, 8, 9, 10};
    const Shape shapes[]{{2}, {1}, {2, 2}};
    const float* const x[]{condition.data(), yes.data(), no.data()};
    List y(4);
    reference::select(shapes, x, {2, 2}, y.data());
    CHECK(y == List{5, 8, 5, 10});
}

TEST_CASE("tiles stand side by side along every axis") {
    const List x{1, 2, 3, 4};
    List y(12);
    reference::tile({2, 2}, {2, 6}, x.data(), y.data());
    CHECK(y == List{1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4});
}

TEST_CASE("depth becomes space in both orders, and space to depth undoes the one of ONNX") {
    const Shape deep{1, 8, 1, 1}, wide{1, 2, 2, 2};
    const List x{0, 1, 2, 3, 4, 5, 6, 7};
    List y(8);
    reference::depth_to_space({.op = Op::depth_to_space, .size = 2}, deep, wide, x.data(), y.data());
    CHECK(y == List{0, 2, 4, 6, 1, 3, 5, 7});
    Operation outer{.op = Op::depth_to_space, .channels_outer = true};
    outer.size = 2;
    reference::depth_to_space(outer, deep, wide, x.data(), y.data());
    CHECK(y == x);
    const Shape in{2, 18, 3, 5}, out{2, 2, 9, 15};
    const auto values = numbers(in, 5);
    auto space = room(out), back = room(in);
    reference::depth_to_space({.op = Op::depth_to_space, .size = 3}, in, out, values.data(), space.data());
    reference::space_to_depth({.op = Op::space_to_depth, .size = 3}, out, in, space.data(), back.data());
    CHECK(back == values);
}
