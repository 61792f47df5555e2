// mdl: tests of the reference operators that move values.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/rearrange.hpp>

#include <doctest/doctest.h>

#include <vector>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::numbers, test::room;

TEST_CASE("concat along each axis of a matrix puts the parts side by side") {
    const std::vector<float> a{1, 2, 3, 4}, b{5, 6};
    const float* parts[] = {a.data(), b.data()};
    auto y = room({2, 3});
    const Shape columns[] = {{2, 2}, {2, 1}};
    reference::concat(-1, columns, parts, {2, 3}, y.data());
    CHECK(y == std::vector<float>{1, 2, 5, 3, 4, 6});
    const Shape rows[] = {{2, 2}, {1, 2}};
    reference::concat(0, rows, parts, {3, 2}, y.data());
    CHECK(y == std::vector<float>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("slices joined along their axis give back the whole, on every axis") {
    const Shape whole{3, 5, 4, 7};
    const auto x = numbers(whole, 1);
    for (int axis = -4; axis < 4; ++axis) {
        const int a = axis < 0 ? axis + 4 : axis;
        Shape shapes[3] = {whole, whole, whole};
        shapes[0][a] = 1;
        shapes[1][a] = whole[a] - 2;
        shapes[2][a] = 1;
        std::vector<float> parts[3];
        const float* pointers[3];
        int begin = 0;
        for (int i = 0; i < 3; ++i) {
            parts[i] = room(shapes[i]);
            const int end = begin + shapes[i][a];
            const Operation op{.op = Op::slice, .axis = axis, .begin = begin, .end = end};
            reference::slice(op, whole, shapes[i], x.data(), parts[i].data());
            pointers[i] = parts[i].data();
            begin = end;
        }
        auto y = room(whole);
        reference::concat(axis, shapes, pointers, whole, y.data());
        CHECK(y == x);
    }
}

TEST_CASE("a negative begin counts from the end") {
    const std::vector<float> x{1, 2, 3, 4, 5};
    std::vector<float> y(2);
    reference::slice({.op = Op::slice, .axis = 0, .begin = -2, .end = 5}, {5}, {2}, x.data(), y.data());
    CHECK(y == std::vector<float>{4, 5});
}

TEST_CASE("a matrix is transposed as by hand, and a permutation followed by its inverse changes nothing") {
    const std::vector<float> x{1, 2, 3, 4, 5, 6};
    auto y = room({3, 2});
    reference::transpose({.op = Op::transpose, .dims = {1, 0}}, {2, 3}, {3, 2}, x.data(), y.data());
    CHECK(y == std::vector<float>{1, 4, 2, 5, 3, 6});

    const Shape in{2, 3, 4, 5};
    const auto values = numbers(in, 2);
    const Shape permutations[] = {{0, 2, 3, 1}, {3, 1, 0, 2}, {1, 0, 3, 2}, {2, 3, 0, 1}};
    for (const Shape& p : permutations) {
        Shape out, inverse{0, 0, 0, 0};
        for (int i = 0; i < 4; ++i) {
            out.push(in[p[i]]);
            inverse[p[i]] = i;
        }
        auto turned = room(out), back = room(in);
        reference::transpose({.op = Op::transpose, .dims = p}, in, out, values.data(), turned.data());
        reference::transpose({.op = Op::transpose, .dims = inverse}, out, in, turned.data(), back.data());
        CHECK(back == values);
        CHECK(turned != values);
    }
}

TEST_CASE("channel shuffle of two groups of three interleaves them") {
    const std::vector<float> x{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    auto y = room({1, 6, 1, 2});
    reference::channel_shuffle(2, {1, 6, 1, 2}, x.data(), y.data());
    CHECK(y == std::vector<float>{0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11});
}

TEST_CASE("channel shuffle is reshape, transpose, reshape, and the other number of groups undoes it") {
    const Shape shape{2, 15, 3, 4};
    const auto x = numbers(shape, 3);
    auto y = room(shape), expected = room(shape), back = room(shape);
    reference::channel_shuffle(3, shape, x.data(), y.data());
    reference::transpose({.op = Op::transpose, .dims = {0, 2, 1, 3}}, {2, 3, 5, 12}, {2, 5, 3, 12}, x.data(), expected.data());
    CHECK(y == expected);
    reference::channel_shuffle(5, shape, y.data(), back.data());
    CHECK(back == x);
}

TEST_CASE("padding surrounds a matrix with the value, and a negative size crops") {
    const std::vector<float> x{1, 2, 3, 4};
    auto y = room({3, 5});
    reference::pad({.op = Op::pad, .alpha = 9, .dims = {1, 2}, .dims_end = {0, 1}}, {2, 2}, {3, 5}, x.data(), y.data());
    CHECK(y == std::vector<float>{9, 9, 9, 9, 9, 9, 9, 1, 2, 9, 9, 9, 3, 4, 9});
    auto z = room({2, 2});
    reference::pad({.op = Op::pad, .alpha = 9, .dims = {0, -1}, .dims_end = {0, 1}}, {2, 2}, {2, 2}, x.data(), z.data());
    CHECK(z == std::vector<float>{2, 9, 4, 9});
}

TEST_CASE("padding followed by the crop of the same sizes changes nothing") {
    const Shape in{2, 3, 5, 4}, out{3, 5, 5, 10};
    const auto x = numbers(in, 4);
    auto y = room(out), back = room(in);
    reference::pad({.op = Op::pad, .alpha = -1, .dims = {1, 0, 0, 4}, .dims_end = {0, 2, 0, 2}}, in, out, x.data(), y.data());
    reference::pad({.op = Op::pad, .dims = {-1, 0, 0, -4}, .dims_end = {0, -2, 0, -2}}, out, in, y.data(), back.data());
    CHECK(back == x);
}

TEST_CASE("padding is an edge, a mirror image, or the other end") {
    const std::vector<float> x{1, 2, 3};
    const auto padded = [&](Fill fill) {
        std::vector<float> y(7);
        reference::pad({.op = Op::pad, .fill = fill, .dims = {2}, .dims_end = {2}}, {3}, {7}, x.data(), y.data());
        return y;
    };
    using List = std::vector<float>;
    CHECK(padded(Fill::edge) == List{1, 1, 1, 2, 3, 3, 3});
    CHECK(padded(Fill::reflect) == List{3, 2, 1, 2, 3, 2, 1});
    CHECK(padded(Fill::wrap) == List{2, 3, 1, 2, 3, 1, 2});
}

TEST_CASE("a slice with step -1 turns an axis round, and twice is nothing") {
    const Shape shape{2, 5, 3};
    const auto x = numbers(shape, 4);
    auto turned = room(shape), again = room(shape);
    const Operation op{.op = Op::slice, .axis = 1, .begin = 4, .step = -1};
    reference::slice(op, shape, shape, x.data(), turned.data());
    reference::slice(op, shape, shape, turned.data(), again.data());
    CHECK(again == x);
    CHECK(turned[0] == x[12]);
}
