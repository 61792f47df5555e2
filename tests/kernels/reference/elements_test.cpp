// mdl: tests of reference top k, gather elements, scatter elements.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/elements.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::numbers, test::room;
using List = std::vector<float>;

namespace {

auto scattered(Scattering how, int axis, const Shape& in, const Shape& index_shape, const Shape& update_shape, const List& x,
               const List& indices, const List& updates) -> List {
    const Shape shapes[]{in, index_shape, update_shape};
    const float* const operands[]{x.data(), indices.data(), updates.data()};
    auto y = room(in);
    reference::scatter_elements({.op = Op::scatter_elements, .scattering = how, .axis = axis}, shapes, operands, y.data());
    return y;
}

}  // namespace

TEST_CASE("the largest come first, of equals the first, and the smallest where they are asked for") {
    const List x{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};
    List y(4);
    reference::top_k({.op = Op::top_k, .reduction = Reduction::arg_max, .axis = 0, .size = 4}, {12}, x.data(), y.data());
    CHECK(y == List{5, 11, 7, 4});
    reference::top_k({.op = Op::top_k, .reduction = Reduction::arg_min, .axis = 0, .size = 4}, {12}, x.data(), y.data());
    CHECK(y == List{1, 3, 6, 0});
}

TEST_CASE("all of an axis in order is a sort, along every axis") {
    const Shape in{3, 7, 5};
    const auto x = numbers(in, 3);
    for (int axis = 0; axis < 3; ++axis) {
        auto order = room(in), sorted = room(in);
        reference::top_k({.op = Op::top_k, .reduction = Reduction::arg_max, .axis = axis, .size = in[axis]}, in, x.data(), order.data());
        reference::gather_elements({.op = Op::gather_elements, .axis = axis}, in, in, x.data(), order.data(), sorted.data());
        const std::int64_t inner = in.count(axis + 1, 3), outer = in.count(0, axis);
        for (std::int64_t o = 0; o < outer; ++o)
            for (std::int64_t i = 0; i < inner; ++i) {
                List line, expected;
                for (int p = 0; p < in[axis]; ++p) {
                    line.push_back(sorted[static_cast<std::size_t>((o * in[axis] + p) * inner + i)]);
                    expected.push_back(x[static_cast<std::size_t>((o * in[axis] + p) * inner + i)]);
                }
                std::stable_sort(expected.begin(), expected.end(), std::greater<>());
                CHECK(line == expected);
            }
    }
}

TEST_CASE("each element is gathered by its own index, from the end too, and never from outside") {
    const List x{1, 2, 3, 4, 5, 6}, indices{2, -1, 0, 9};
    List y(4);
    reference::gather_elements({.op = Op::gather_elements, .axis = 1}, {2, 3}, {2, 2}, x.data(), indices.data(), y.data());
    CHECK(y == List{3, 3, 4, 6});
    const List nan{NAN, -INFINITY, INFINITY};
    reference::gather_elements({.op = Op::gather_elements, .axis = 1}, {1, 3}, {1, 3}, x.data(), nan.data(), y.data());
    CHECK(List(y.begin(), y.begin() + 3) == List{1, 1, 3});
}

TEST_CASE("updates replace elements or are combined with them, one after the other, and outside there is nothing") {
    const List x{1, 2, 3, 4, 5}, indices{1, -2, 1, 7, NAN}, updates{10, 20, 30, 40, 50};
    const auto become = [&](Scattering how) { return scattered(how, 0, {5}, {5}, {5}, x, indices, updates); };
    CHECK(become(Scattering::replace) == List{1, 30, 3, 20, 5});
    CHECK(become(Scattering::add) == List{1, 42, 3, 24, 5});
    CHECK(become(Scattering::multiply) == List{1, 600, 3, 80, 5});
    CHECK(become(Scattering::maximum) == List{1, 30, 3, 20, 5});
    CHECK(become(Scattering::minimum) == List{1, 2, 3, 4, 5});
}

TEST_CASE("an index along one axis serves all elements of the others") {
    const List x{1, 2, 3, 4, 5, 6};
    CHECK(scattered(Scattering::replace, 0, {3, 2}, {2, 1}, {2, 2}, x, {2, 0}, {10, 20, 30, 40}) == List{30, 40, 3, 4, 10, 20});
    CHECK(scattered(Scattering::add, 1, {3, 2}, {1, 1}, {2, 1}, x, {1}, {10, 20}) == List{1, 12, 3, 24, 5, 6});
}

TEST_CASE("scattering to where was gathered from gives the tensor back") {
    const Shape in{4, 6, 5}, part{3, 6, 5};
    const auto x = numbers(in, 1);
    List order(static_cast<std::size_t>(part.count()));
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<float>((i * 5 + i / 5) % 6);  // each once along axis 1
    auto picked = room(part);
    reference::gather_elements({.op = Op::gather_elements, .axis = 1}, in, part, x.data(), order.data(), picked.data());
    CHECK(scattered(Scattering::replace, 1, in, part, part, x, order, picked) == x);
}
