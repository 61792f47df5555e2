// mdl: tests of elementwise operators' broadcasting.
// SPDX-License-Identifier: MIT
#include <mdl/layers/binary_rule.hpp>

#include <doctest/doctest.h>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

namespace {

constexpr auto add = layers::binary_description(Binary::add);

}  // namespace

TEST_CASE("shapes broadcast as in NumPy's documentation") {
    static_assert(infer(add, {{256, 256, 3}, {3}}).is({256, 256, 3}));
    CHECK(infer(add, {{8, 1, 6, 1}, {7, 1, 5}}).is({8, 7, 6, 5}));
    CHECK(infer(add, {{5, 4}, {1}}).is({5, 4}));
    CHECK(infer(add, {{15, 3, 5}, {15, 1, 5}}).is({15, 3, 5}));
    CHECK(infer(add, {{15, 3, 5}, {3, 1}}).is({15, 3, 5}));
    CHECK(infer(add, {{3}, {4}}).shows(Problem::shapes_do_not_broadcast, {3}, {4}));
    CHECK(infer(add, {{2, 1}, {8, 4, 3}}).shows(Problem::shapes_do_not_broadcast, {2, 1}, {8, 4, 3}));
    CHECK(infer(add, {{}, {2, 3}}).is({2, 3}));
}

TEST_CASE("a squeeze-and-excite gate scales every pixel of its channel") {
    constexpr auto mul = layers::binary_description(Binary::multiply);
    static_assert(infer(mul, {{1, 64, 14, 14}, {1, 64, 1, 1}}).is({1, 64, 14, 14}));
    CHECK(infer(mul, {{1, 64, 1, 1}, {1, 64, 14, 14}}).is({1, 64, 14, 14}));
    CHECK(infer(mul, {{1, 64, 14, 14}, {1, 32, 1, 1}}).shows(Problem::shapes_do_not_broadcast, {1, 64, 14, 14}, {1, 32, 1, 1}));
}

TEST_CASE("the result does not depend on the order of two operands, on a sweep") {
    for (int a = 1; a <= 3; ++a)
        for (int b = 1; b <= 3; ++b)
            for (int c = 1; c <= 3; ++c)
                for (int d = 1; d <= 3; ++d) {
                    const auto one = infer(add, {{1, a, b}, {c, d}}), other = infer(add, {{c, d}, {1, a, b}});
                    const bool fits = (a == c || a == 1 || c == 1) && (b == d || b == 1 || d == 1);
                    CHECK((one.problem == Problem::none) == fits);
                    CHECK(one.problem == other.problem);
                    if (fits) CHECK(one.is({1, a > c ? a : c, b > d ? b : d}));
                    CHECK(one.shape == other.shape);
                }
}

TEST_CASE("any number of operands takes part, at least two") {
    CHECK(add.min_inputs == 2);
    CHECK(add.max_inputs == -1);
    CHECK(infer(add, {{1, 3, 1, 1}, {1, 1, 4, 1}, {1, 1, 1, 5}}).is({1, 3, 4, 5}));
    CHECK(infer(add, {{1, 3, 1, 1}, {1, 1, 4, 1}, {1, 2, 1, 1}}).shows(Problem::shapes_do_not_broadcast, {1, 3, 4, 1}, {1, 2, 1, 1}));
    CHECK(infer(add, {{65536, 1}, {1, 65536}}).shows(Problem::too_large, {65536, 65536}));
}

TEST_CASE("each operator says which it is") {
    for (const Binary kind : {Binary::add, Binary::subtract, Binary::multiply, Binary::divide, Binary::maximum, Binary::minimum}) {
        CHECK(layers::binary_description(kind).operation.op == Op::binary);
        CHECK(layers::binary_description(kind).operation.binary == kind);
    }
}
