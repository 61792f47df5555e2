// mdl: tests of the shapes of gather, where, tile, depth to space, resize, matmul, transposed convolution and norms.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/layers/matmul.hpp>
#include <mdl/layers/normalization.hpp>
#include <mdl/layers/pick.hpp>
#include <mdl/layers/resize.hpp>
#include <mdl/layers/transposed_convolution.hpp>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

TEST_CASE("gathering puts the indices' axes in place of the one picked from") {
    CHECK(infer(layers::gather_description(1), {{2, 3, 4}, {5, 6}}).is({2, 5, 6, 4}));
    CHECK(infer(layers::gather_description(-1), {{2, 3}, {7}}).is({2, 7}));
    CHECK(infer(layers::gather_description(2), {{2, 3}, {7}}).problem == Problem::axis_out_of_range);
    CHECK(infer(layers::gather_description(0), {{1, 2, 3, 4}, {1, 2, 3, 4}}).problem == Problem::rank_too_high);
}

TEST_CASE("a selection has the shape that all three span") {
    CHECK(infer(layers::select_description(), {{3, 1}, {1}, {2, 1, 4}}).is({2, 3, 4}));
    CHECK(infer(layers::select_description(), {{3}, {1}, {2}}).problem == Problem::shapes_do_not_broadcast);
}

TEST_CASE("tiles multiply sizes") {
    static_assert(infer<Tile<1, 2, 3>>({{4, 5, 6}}).is({4, 10, 18}));
    CHECK(infer<Tile<1, 2>>({{4, 5, 6}}).problem == Problem::wrong_rank);
    CHECK(infer<Tile<0, 2>>({{4, 5}}).problem == Problem::not_positive);
    CHECK(infer<Tile<most, 2>>({{4, 5}}).problem == Problem::too_large);
}

TEST_CASE("depth to space and back trade channels for pixels") {
    static_assert(infer<DepthToSpace<2>>({{1, 12, 3, 5}}).is({1, 3, 6, 10}));
    static_assert(infer<SpaceToDepth<2>>({{1, 3, 6, 10}}).is({1, 12, 3, 5}));
    CHECK(infer<PixelShuffle<3>>({{1, 12, 3, 5}}).shows(Problem::block_does_not_divide, {1, 12, 3, 5}, {3}));
    CHECK(infer<SpaceToDepth<4>>({{1, 3, 6, 8}}).problem == Problem::block_does_not_divide);
    CHECK(infer<DepthToSpace<0>>({{1, 3, 6, 8}}).problem == Problem::not_positive);
}

TEST_CASE("a resized image has the size that is given, or the factor rounded down") {
    static_assert(infer<Resize<Linear, OutputSize<7, 9>>>({{1, 3, 4, 5}}).is({1, 3, 7, 9}));
    CHECK(infer<Resize<Nearest, Factor<2>>>({{1, 3, 4, 5}}).is({1, 3, 8, 10}));
    CHECK(infer<Resize<Cubic, Factor<0.6, 1.5>>>({{1, 3, 4, 5}}).is({1, 3, 2, 7}));
    CHECK(infer<Resize<Nearest>>({{1, 3, 4, 5}}).problem == Problem::not_positive);
    CHECK(infer<Resize<Nearest, Factor<0.1>>>({{1, 3, 4, 5}}).problem == Problem::not_positive);
    CHECK(infer<Resize<Nearest, Factor<1e9>>>({{1, 3, 4, 5}}).problem == Problem::too_large);
    CHECK(is_settled(Resize<Cubic, Factor<0.6>>::description, {{1, 3, 4, 5}}));
}

TEST_CASE("matrices fit by their inner sizes, leading axes broadcast") {
    CHECK(infer(layers::matmul_description(), {{2, 3}, {3, 4}}).is({2, 4}));
    CHECK(infer(layers::matmul_description(), {{5, 1, 2, 3}, {6, 3, 4}}).is({5, 6, 2, 4}));
    CHECK(infer(layers::matmul_description(), {{2, 3}, {4, 3}}).shows(Problem::inner_sizes_differ, {2, 3}, {4, 3}));
    CHECK(infer(layers::matmul_description(), {{3}, {3, 4}}).problem == Problem::wrong_rank);
}

TEST_CASE("a transposed convolution undoes the size of a convolution") {
    static_assert(infer<ConvTranspose<8, Kernel<3>, Stride<2>, Pad<1>, OutputPadding<1>>>({{1, 6, 7, 5}}).is({1, 8, 14, 10}));
    CHECK(infer<ConvTranspose<8, Kernel<2>, Stride<2>, Groups<2>>>({{1, 6, 7, 5}}).weighs({{Role::weight, {6, 4, 2, 2}}, {Role::bias, {8}}}));
    CHECK(infer<ConvTranspose<8, Kernel<3>, Dilation<2>, NoBias>>({{1, 6, 7, 5}}).is({1, 8, 11, 9}));
    CHECK(infer<ConvTranspose<8, Groups<4>>>({{1, 6, 7, 5}}).problem == Problem::groups_do_not_divide);
    CHECK(infer<ConvTranspose<8, Pad<3>>>({{1, 6, 6, 5}}).problem == Problem::padding_too_large);
    CHECK(is_settled(ConvTranspose<8, Kernel<3>, Stride<2>>::description, {{1, 6, 7, 5}}));
}

TEST_CASE("norms keep the shape; their weights are one for each normalised element, or one a channel") {
    CHECK(infer<LayerNorm<>>({{2, 3, 4}}).weighs({{Role::gamma, {4}}, {Role::beta, {4}}}));
    CHECK(infer<LayerNorm<Axis<1>, NoBias>>({{2, 3, 4}}).weighs({{Role::gamma, {3, 4}}}));
    CHECK(infer<LayerNorm<Axis<3>>>({{2, 3, 4}}).problem == Problem::axis_out_of_range);
    CHECK(infer<GroupNorm<3>>({{2, 6, 4, 4}}).weighs({{Role::gamma, {6}}, {Role::beta, {6}}}));
    CHECK(infer<GroupNorm<4>>({{2, 6, 4, 4}}).problem == Problem::groups_do_not_divide);
    CHECK(infer<InstanceNorm<>>({{2, 6, 4, 4}}).operation.groups == 6);
    CHECK(is_settled(InstanceNorm<>::description, {{2, 6, 4}}));
}
