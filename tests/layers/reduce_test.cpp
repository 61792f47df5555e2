// mdl: tests of reductions over axes.
// SPDX-License-Identifier: MIT
#include <mdl/layers/reduce.hpp>

#include <doctest/doctest.h>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

namespace {

constexpr Shape map{2, 3, 4, 5};

}  // namespace

TEST_CASE("a mean leaves size 1 in its axes, or drops them") {
    static_assert(infer<ReduceMean<Axes<2, 3>>>({map}).is({2, 3, 1, 1}));
    CHECK(infer<ReduceMean<Axes<2, 3>, DropDims>>({map}).is({2, 3}));
    CHECK(infer<ReduceMean<DropDims, Axes<1>>>({map}).is({2, 4, 5}));
    CHECK(infer<ReduceMean<Axes<-1, 0>>>({map}).is({1, 3, 4, 1}));
    CHECK(infer<ReduceMean<Axes<-1, 0>>>({map}).operation.dims == Shape{3, 0});
    CHECK(is_settled(ReduceMean<Axes<-1, 0>, DropDims>::description, {map}));
}

TEST_CASE("a mean without axes runs over all of them, as in ONNX") {
    CHECK(infer<ReduceMean<>>({map}).is({1, 1, 1, 1}));
    CHECK(infer<ReduceMean<>>({map}).operation.dims == Shape{0, 1, 2, 3});
    CHECK(infer<ReduceMean<DropDims>>({map}).is({}));
}

TEST_CASE("an axis that does not exist, or is named twice, is named") {
    CHECK(infer<ReduceMean<Axes<4>>>({map}).shows(Problem::axis_out_of_range, map, {4}));
    CHECK(infer<ReduceMean<Axes<-5>>>({map}).shows(Problem::axis_out_of_range, map, {-5}));
    CHECK(infer<ReduceMean<Axes<1, -3>>>({map}).problem == Problem::axis_out_of_range);
    CHECK(infer<ReduceMean<Axes<0, 1, 2>>>({{1, 2}}).problem == Problem::axis_out_of_range);
}

TEST_CASE("every reduction has the shape of a mean; a position is searched along one axis") {
    static_assert(infer<ReduceL2<Axes<1>, DropDims>>({map}).is({2, 4, 5}));
    CHECK(infer<ReduceProd<Axes<3>>>({map}).operation.reduction == Reduction::product);
    static_assert(infer<ArgMax<Axes<1>>>({map}).is({2, 1, 4, 5}));
    CHECK(infer<ArgMinLast<Axes<-1>, DropDims>>({map}).is({2, 3, 4}));
    CHECK(infer<ArgMax<Axes<1, 2>>>({map}).shows(Problem::one_axis, map, {1, 2}));
    CHECK(infer<ArgMin<>>({map}).problem == Problem::one_axis);
}
