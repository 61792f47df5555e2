// mdl: tests of the dense layer's shape rule.
// SPDX-License-Identifier: MIT
#include <mdl/layers/dense.hpp>

#include <doctest/doctest.h>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

TEST_CASE("a dense layer maps each vector of the batch") {
    static_assert(infer<Dense<10>>({{1, 64}}).is({1, 10}));
    static_assert(infer<Dense<10>>({{1, 64}}).weighs({{Role::weight, {10, 64}}, {Role::bias, {10}}}));
    CHECK(infer<Dense<10>>({{3, 64}}).is({3, 10}));
    CHECK(infer<Dense<10, NoBias>>({{1, 64}}).weighs({{Role::weight, {10, 64}}}));
}

TEST_CASE("a feature map counts as the vector of its elements in ONNX's order") {
    CHECK(infer<Dense<10>>({{1, 512, 7, 7}}).is({1, 10}));
    CHECK(infer<Dense<10, NoBias>>({{1, 512, 7, 7}}).weighs({{Role::weight, {10, 25088}}}));
    CHECK(infer<Dense<10, NoBias>>({{2, 96, 1, 1}}).weighs({{Role::weight, {10, 96}}}));
}

TEST_CASE("every wrong dense layer is named, with the shapes that show it") {
    CHECK(infer<Dense<10>>({{64}}).shows(Problem::wrong_rank, {64}, {2}));
    CHECK(infer<Dense<10>>({{}}).shows(Problem::wrong_rank, {}, {2}));
    CHECK(infer<Dense<0>>({{1, 64}}).shows(Problem::not_positive, {1, 64}, {0}));
    CHECK(infer<Dense<65536>>({{1, 32768}}).shows(Problem::too_large, {65536, 32768}));
    static_assert(infer<Dense<most>>({{1, 2}}).problem == Problem::too_large);
}
