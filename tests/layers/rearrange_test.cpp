// mdl: tests of the layers that move values: concat, slice, reshape, flatten, transpose, channel shuffle.
// SPDX-License-Identifier: MIT
#include <mdl/layers/rearrange.hpp>

#include <doctest/doctest.h>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

namespace {

constexpr Shape map{1, 12, 6, 5};

}  // namespace

TEST_CASE("concat adds the sizes of one axis and keeps the others") {
    constexpr auto channels = layers::concat_description(1);
    static_assert(infer(channels, {{1, 64, 28, 28}, {1, 128, 28, 28}, {1, 32, 28, 28}, {1, 32, 28, 28}}).is({1, 256, 28, 28}));
    CHECK(infer(channels, {map}).is(map));
    CHECK(infer(layers::concat_description(-1), {{2, 3}, {2, 4}}).is({2, 7}));
    CHECK(infer(layers::concat_description(-1), {{2, 3}, {2, 4}}).operation.axis == 1);
    CHECK(infer(layers::concat_description(0), {{2, 3}, {5, 3}}).is({7, 3}));
    CHECK(channels.max_inputs == -1);
}

TEST_CASE("every wrong concat is named, with the shapes that show it") {
    constexpr auto channels = layers::concat_description(1);
    CHECK(infer(channels, {{1, 8, 8, 8}, {1, 8, 8, 8}, {1, 8, 6, 8}}).shows(Problem::concat_shapes_differ, {1, 8, 8, 8}, {1, 8, 6, 8}));
    CHECK(infer(channels, {{1, 8}, {1, 8, 1, 1}}).shows(Problem::concat_shapes_differ, {1, 8}, {1, 8, 1, 1}));
    CHECK(infer(layers::concat_description(4), {map, map}).shows(Problem::axis_out_of_range, map, {4}));
    CHECK(infer(layers::concat_description(-5), {map, map}).shows(Problem::axis_out_of_range, map, {-5}));
    CHECK(infer(channels, {{1, most}, {1, most}}).problem == Problem::too_large);
}

TEST_CASE("a slice keeps the indices begin to end-1, counted from either end") {
    static_assert(infer<Slice<Axis<1>, Begin<2>, End<5>>>({map}).is({1, 3, 6, 5}));
    CHECK(infer<Slice<Axis<-1>, Begin<0>, End<1>>>({map}).is({1, 12, 6, 1}));
    const auto last = infer<Slice<Axis<2>, Begin<-2>>>({map});
    CHECK(last.is({1, 12, 2, 5}));
    CHECK(last.operation.begin == 4);
    CHECK(last.operation.end == 6);
    CHECK(infer<Slice<Begin<0>, End<-1>>>({map}).is({1, 11, 6, 5}));
    CHECK(infer<Slice<End<4>>>({map}).is({1, 4, 6, 5}));
    CHECK(is_settled(Slice<Axis<-3>, Begin<-4>, End<-1>>::description, {map}));
}

TEST_CASE("a slice that is empty or reaches outside is named") {
    CHECK(infer<Slice<Begin<8>, End<20>>>({map}).shows(Problem::slice_out_of_range, map, {1, 8, 20}));
    CHECK(infer<Slice<Begin<5>, End<5>>>({map}).shows(Problem::slice_out_of_range, map, {1, 5, 5}));
    CHECK(infer<Slice<Begin<12>>>({map}).shows(Problem::slice_out_of_range, map, {1, 12, 12}));
    CHECK(infer<Slice<Begin<-13>>>({map}).shows(Problem::slice_out_of_range, map, {1, -1, 12}));
    CHECK(infer<Slice<Axis<4>, End<1>>>({map}).shows(Problem::axis_out_of_range, map, {4}));
}

TEST_CASE("reshape keeps the number of elements; 0 keeps a size and -1 takes the rest") {
    static_assert(infer<Reshape<1, 360>>({map}).is({1, 360}));
    const auto found = infer<Reshape<0, -1, 10>>({map});
    CHECK(found.is({1, 36, 10}));
    CHECK(found.operation.dims == Shape{1, 36, 10});
    CHECK(infer<Reshape<0, 0, 0, 0>>({map}).is(map));
    CHECK(infer<Reshape<-1>>({map}).is({360}));
    CHECK(infer<Reshape<>>({{1, 1}}).is({}));
    CHECK(is_settled(Reshape<0, -1, 10>::description, {map}));
}

TEST_CASE("every wrong reshape is named, with the shapes that show it") {
    CHECK(infer<Reshape<1, 5, 2>>({{1, 12}}).shows(Problem::reshape_changes_count, {1, 12}, {1, 5, 2}));
    CHECK(infer<Reshape<-1, 7>>({map}).shows(Problem::reshape_changes_count, map, {-1, 7}));
    CHECK(infer<Reshape<-1, 361>>({map}).shows(Problem::reshape_changes_count, map, {-1, 361}));
    CHECK(infer<Reshape<-1, -1>>({map}).shows(Problem::two_inferred_sizes, map, {-1, -1}));
    CHECK(infer<Reshape<360, -2>>({map}).shows(Problem::not_positive, map, {360, -2}));
    CHECK(infer<Reshape<360, 0>>({{360}}).shows(Problem::not_positive, {360}, {360, 0}));
    static_assert(infer<Reshape<most, most, most, most, most>>({map}).problem == Problem::reshape_changes_count);
}

TEST_CASE("flatten makes a matrix of the axes before and from its own, as ONNX's Flatten") {
    static_assert(infer<Flatten>({{1, 512, 7, 7}}).is({1, 25088}));
    CHECK(infer<FlattenFrom<0>>({map}).is({1, 360}));
    CHECK(infer<FlattenFrom<2>>({map}).is({12, 30}));
    CHECK(infer<FlattenFrom<4>>({map}).is({360, 1}));
    CHECK(infer<FlattenFrom<-1>>({map}).is({72, 5}));
    CHECK(infer<Flatten>({map}).operation.dims == Shape{1, 360});
    CHECK(infer<FlattenFrom<5>>({map}).shows(Problem::axis_out_of_range, map, {5}));
    CHECK(infer<FlattenFrom<-5>>({map}).shows(Problem::axis_out_of_range, map, {-5}));
    CHECK(is_settled(FlattenFrom<2>::description, {map}));
}

TEST_CASE("transpose moves axis permutation[i] to i") {
    static_assert(infer<Transpose<0, 2, 3, 1>>({map}).is({1, 6, 5, 12}));
    CHECK(infer<Transpose<1, 0>>({{2, 3}}).is({3, 2}));
    CHECK(infer<Transpose<0, 2, 2, 1>>({map}).shows(Problem::not_a_permutation, map, {0, 2, 2, 1}));
    CHECK(infer<Transpose<0, 1, 2>>({map}).shows(Problem::not_a_permutation, map, {0, 1, 2}));
    CHECK(infer<Transpose<0, 1, 2, 4>>({map}).shows(Problem::not_a_permutation, map, {0, 1, 2, 4}));
    CHECK(infer<Transpose<0, 1, 2, -1>>({map}).shows(Problem::not_a_permutation, map, {0, 1, 2, -1}));
}

TEST_CASE("channel shuffle keeps the shape, and its groups divide the channels") {
    static_assert(infer<ChannelShuffle<3>>({map}).is(map));
    CHECK(infer<ChannelShuffle<5>>({map}).shows(Problem::groups_do_not_divide, map, {5}));
    CHECK(infer<ChannelShuffle<0>>({map}).shows(Problem::not_positive, map, {0}));
    CHECK(infer<ChannelShuffle<2>>({{1, 12}}).shows(Problem::wrong_rank, {1, 12}, {4}));
}

TEST_CASE("a slice with a step takes every so many elements, forwards or backwards") {
    static_assert(infer<Slice<Axis<0>, Step<2>>>({{5}}).is({3}));
    static_assert(infer<Slice<Axis<0>, Begin<1>, End<5>, Step<3>>>({{6}}).is({2}));
    static_assert(infer<Slice<Axis<0>, Begin<-1>, Step<-1>>>({{5}}).is({5}));
    CHECK(infer<Slice<Axis<0>, Begin<4>, End<0>, Step<-1>>>({{5}}).is({4}));
    CHECK(infer<Slice<Axis<0>, Begin<4>, End<-5>, Step<-3>>>({{5}}).is({2}));
    CHECK(infer<Slice<Axis<0>, Begin<1>, End<2>, Step<-1>>>({{5}}).problem == Problem::slice_out_of_range);
    CHECK(infer<Slice<Axis<0>, Begin<5>, Step<-1>>>({{5}}).problem == Problem::slice_out_of_range);
    CHECK(infer<Slice<Axis<0>, Step<0>>>({{5}}).problem == Problem::step_is_zero);
    CHECK(is_settled(Slice<Axis<-1>, Begin<-1>, Step<-2>>::description, {{4, 5}}));
}
