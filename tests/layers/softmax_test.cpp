// mdl: tests of softmax and log-softmax.
// SPDX-License-Identifier: MIT
#include <mdl/layers/softmax.hpp>

#include <doctest/doctest.h>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

TEST_CASE("softmax keeps the shape and runs along the channels unless told otherwise") {
    static_assert(infer<Softmax>({{1, 10}}).is({1, 10}));
    CHECK(infer<Softmax>({{1, 10, 4, 4}}).operation.axis == 1);
    CHECK(infer<Softmax>({{1, 10}}).operation.op == Op::softmax);
    CHECK(infer<LogSoftmax>({{1, 10}}).operation.op == Op::log_softmax);
}

TEST_CASE("every axis from -rank to rank-1 exists and no other") {
    for (int rank = 1; rank <= max_rank; ++rank) {
        Shape x;
        for (int axis = 0; axis < rank; ++axis) x.push(2 + axis);
        for (int axis = -max_rank - 1; axis <= max_rank; ++axis) {
            const auto found = infer(layers::softmax_description(axis), {x});
            if (axis >= -rank && axis < rank) {
                CHECK(found.is(x));
                CHECK(found.operation.axis == (axis + rank) % rank);
            } else {
                CHECK(found.shows(Problem::axis_out_of_range, x, {axis}));
            }
        }
    }
    CHECK(infer<LogSoftmaxAxis<-1>>({{1, 2, 3}}).operation.axis == 2);
    CHECK(infer<SoftmaxAxis<0>>({{}}).shows(Problem::axis_out_of_range, {}, {0}));
}
