// mdl: tests of Split's parts.
// SPDX-License-Identifier: MIT
#include <mdl/layers/split.hpp>

#include <doctest/doctest.h>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

TEST_CASE("equal parts cover the axis without a gap") {
    using Thirds = Split<Parts<3>>;
    static_assert(Thirds::part_count == 3 && infer(Thirds::part(1), {{1, 12, 4, 4}}).is({1, 4, 4, 4}));
    int next = 0;
    for (int k = 0; k < 3; ++k) {
        const auto part = infer(Thirds::part(k), {{1, 12, 4, 4}});
        CHECK(part.operation.op == Op::slice);
        CHECK(part.operation.begin == next);
        next = part.operation.end;
    }
    CHECK(next == 12);
}

TEST_CASE("parts of given sizes begin where the part before ends") {
    using Uneven = Split<Sizes<2, 5, 1>, Axis<-1>>;
    int next = 0, k = 0;
    for (const int size : {2, 5, 1}) {
        const auto part = infer(Uneven::part(k++), {{1, 3, 8}});
        CHECK(part.is({1, 3, size}));
        CHECK(part.operation.axis == 2);
        CHECK(part.operation.begin == next);
        next = part.operation.end;
    }
    CHECK(next == 8);
}

TEST_CASE("every wrong split is named, with the shapes that show it") {
    CHECK(infer(Split<Parts<3>>::part(0), {{1, 4}}).shows(Problem::split_does_not_divide, {1, 4}, {3}));
    CHECK(infer(Split<Parts<0>>::part(0), {{1, 4}}).shows(Problem::split_does_not_divide, {1, 4}, {0}));
    CHECK(infer(Split<Parts<2>, Axis<2>>::part(0), {{1, 4}}).shows(Problem::axis_out_of_range, {1, 4}, {2}));
    CHECK(infer(Split<Sizes<2, 3>>::part(1), {{1, 4}}).shows(Problem::slice_out_of_range, {1, 4}, {1, 2, 5}));
}
