// mdl: tests of the shapes of top k, gather and scatter elements, positions of maxima, grid sample, region align and recurrences.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/layers/activation.hpp>
#include <mdl/layers/elements.hpp>
#include <mdl/layers/pooling.hpp>
#include <mdl/layers/recurrence.hpp>
#include <mdl/layers/sampling.hpp>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

TEST_CASE("top k leaves k elements of an axis, and no more than there are") {
    static_assert(infer<TopK<3>>({{2, 5, 4}}).is({2, 3, 4}));
    CHECK(infer<TopK<4, Axis<-1>, Smallest>>({{2, 5, 4}}).is({2, 5, 4}));
    CHECK(infer<TopK<5, Axis<2>>>({{2, 5, 4}}).shows(Problem::too_few_elements, {2, 5, 4}, {5}));
    CHECK(infer<TopK<0>>({{2, 5, 4}}).problem == Problem::not_positive);
    CHECK(infer<TopK<1, Axis<3>>>({{2, 5, 4}}).problem == Problem::axis_out_of_range);
    CHECK(is_settled(TopK<4, Axis<-1>>::description, {{2, 5, 4}}));
}

TEST_CASE("gathered elements have the indices' shape, which fits the data along all other axes") {
    static_assert(infer<GatherElements<>>({{2, 5, 4}, {2, 9, 3}}).is({2, 9, 3}));
    CHECK(infer<GatherElements<Axis<0>>>({{2, 5, 4}, {2, 9, 3}}).shows(Problem::indices_do_not_fit, {2, 5, 4}, {2, 9, 3}));
    CHECK(infer<GatherElements<>>({{2, 5, 4}, {2, 9}}).problem == Problem::indices_do_not_fit);
    CHECK(infer<GatherElements<Axis<-4>>>({{2, 5, 4}, {2, 5, 4}}).problem == Problem::axis_out_of_range);
}

TEST_CASE("a scatter keeps the data's shape; indices have the updates', or 1") {
    static_assert(infer<ScatterElements<>>({{2, 5, 4}, {2, 9, 3}, {2, 9, 3}}).is({2, 5, 4}));
    CHECK(infer<ScatterAdd<Axis<0>>>({{2, 5, 4}, {7, 1, 1}, {7, 5, 4}}).is({2, 5, 4}));
    CHECK(infer<ScatterElements<Axis<0>>>({{2, 5, 4}, {7, 1, 1}, {7, 6, 4}}).shows(Problem::indices_do_not_fit, {7, 1, 1}, {7, 6, 4}));
    CHECK(infer<ScatterMax<>>({{2, 5, 4}, {2, 3, 4}, {2, 2, 4}}).problem == Problem::indices_do_not_fit);
    CHECK(infer<ScatterMin<Axis<3>>>({{2, 5}, {2, 5}, {2, 5}}).problem == Problem::axis_out_of_range);
}

TEST_CASE("positions of maxima have the pooled shape, of tensors whose elements a float counts") {
    static_assert(infer<MaxPositions<Kernel<2>, Stride<2>>>({{1, 3, 7, 8}}).is({1, 3, 3, 4}));
    CHECK(infer<MaxPositions<Kernel<2>, Stride<2>, Ceil>>({{1, 3, 7, 8}}).is({1, 3, 4, 4}));
    CHECK(infer<MaxPositions<Kernel<2>>>({{1, 256, 256, 257}}).problem == Problem::too_many_positions);
    CHECK(infer<MaxPositions<Kernel<2>>>({{3, 7}}).problem == Problem::wrong_rank);
}

TEST_CASE("a sampled image has the grid's rows and columns, aligned regions those that are asked for") {
    static_assert(infer<GridSample<Linear>>({{2, 3, 7, 8}, {2, 5, 6, 2}}).is({2, 3, 5, 6}));
    CHECK(infer<GridSample<Cubic, AlignCorners, Reflect>>({{2, 3, 7, 8}, {1, 5, 6, 2}})
              .shows(Problem::places_do_not_fit, {2, 3, 7, 8}, {1, 5, 6, 2}));
    CHECK(infer<GridSample<Nearest, Edge>>({{3, 7, 8}, {1, 5, 6, 2}}).problem == Problem::wrong_rank);
    static_assert(infer<RoiAlign<OutputSize<7, 5>>>({{1, 3, 17, 18}, {9, 4}}).is({9, 3, 7, 5}));
    CHECK(infer<RoiAlign<OutputSize<7>, Size<2>, Factor<0.25>, Asymmetric>>({{2, 3, 17, 18}, {9, 4}, {9}}).is({9, 3, 7, 7}));
    CHECK(infer<RoiAlign<OutputSize<7>>>({{2, 3, 17, 18}, {9, 4}}).problem == Problem::places_do_not_fit);
    CHECK(infer<RoiAlign<OutputSize<7>>>({{1, 3, 17, 18}, {9, 5}}).problem == Problem::places_do_not_fit);
    CHECK(infer<RoiAlign<>>({{1, 3, 17, 18}, {9, 4}}).problem == Problem::not_positive);
}

TEST_CASE("a recurrence has a number for each unit, and weights for each gate") {
    static_assert(infer<Recurrence<Lstm, 6>>({{9, 24}}).is({9, 6}));
    CHECK(infer<Recurrence<Lstm, 6, WithCells, Backwards>>({{9, 2, 24}, {2, 6}, {2, 6}}).is({9, 2, 12}));
    CHECK(infer<Recurrence<Gru, 6>>({{9, 18}, {1, 6}}).weighs({{Role::weight, {18, 6}}, {Role::bias, {18}}}));
    CHECK(infer<Recurrence<Rnn, 6, NoBias, Gates<Relu>>>({{9, 6}}).weighs({{Role::weight, {6, 6}}}));
    CHECK(infer<Recurrence<LstmPeephole, 6, NoBias>>({{9, 24}}).weighs({{Role::weight, {24, 7}}}));
    CHECK(infer<Recurrence<GruResetAfter, 6>>({{9, 17}}).shows(Problem::gates_do_not_fit, {9, 17}, {18}));
    CHECK(infer<Recurrence<Gru, 6>>({{9, 2, 18}, {1, 6}}).shows(Problem::gates_do_not_fit, {1, 6}, {2, 6}));
    CHECK(infer<Recurrence<Rnn, 0>>({{9, 1}}).problem == Problem::not_positive);
    CHECK(infer<Recurrence<Rnn, 6>>({{6}}).problem == Problem::wrong_rank);
}
