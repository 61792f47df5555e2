// mdl: tests of batch norm, scale and local response normalisation.
// SPDX-License-Identifier: MIT
#include <mdl/layers/normalization.hpp>

#include <doctest/doctest.h>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

TEST_CASE("batch norm keeps the shape and has four vectors of channels, in ONNX's order") {
    constexpr auto found = infer<BatchNorm<>>({{1, 5, 8, 9}});
    static_assert(found.is({1, 5, 8, 9}));
    static_assert(found.weighs({{Role::gamma, {5}}, {Role::beta, {5}}, {Role::mean, {5}}, {Role::variance, {5}}}));
    CHECK(infer<BatchNorm<>>({{2, 7}}).weights[3].shape == Shape{7});
    CHECK(infer<BatchNorm<>>({{2, 7, 3}}).is({2, 7, 3}));
    CHECK(infer<BatchNorm<>>({{7}}).shows(Problem::wrong_rank, {7}, {2}));
}

TEST_CASE("batch norm's epsilon is PyTorch's and ONNX's 1e-5 unless given") {
    static_assert(BatchNorm<>::description.operation.epsilon == 1e-5f);
    CHECK(BatchNorm<Epsilon<0.001>>::description.operation.epsilon == 0.001f);
}

TEST_CASE("scale keeps the shape and has one weight, and one bias, a channel") {
    static_assert(infer<Scale<>>({{1, 5, 8, 9}}).weighs({{Role::weight, {5}}, {Role::bias, {5}}}));
    CHECK(infer<Scale<NoBias>>({{1, 5}}).weighs({{Role::weight, {5}}}));
    CHECK(infer<Scale<>>({{1, 5, 8, 9}}).is({1, 5, 8, 9}));
    CHECK(infer<Scale<>>({{5}}).shows(Problem::wrong_rank, {5}, {2}));
}

TEST_CASE("local response normalisation keeps the shape of a feature map and takes odd sizes") {
    constexpr Shape x{1, 16, 8, 8};
    static_assert(infer<Lrn<Size<5>>>({x}).is(x) && infer<Lrn<Size<1>>>({x}).is(x));
    CHECK(infer<Lrn<Size<3>, WithinChannel>>({x}).is(x));
    CHECK(infer<Lrn<Size<4>>>({x}).shows(Problem::lrn_size_even, x, {4}));
    CHECK(infer<Lrn<Size<0>>>({x}).shows(Problem::not_positive, x, {0}));
    CHECK(infer<Lrn<>>({{1, 16}}).shows(Problem::wrong_rank, {1, 16}, {4}));
}

TEST_CASE("local response normalisation has ONNX's defaults") {
    constexpr Operation op = Lrn<>::description.operation;
    CHECK(op.alpha == 1e-4f);
    CHECK(op.beta == 0.75f);
    CHECK(op.k == 1.0f);
    CHECK(!op.within_channel);
}
