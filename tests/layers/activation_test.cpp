// mdl: tests of the activation layers.
// SPDX-License-Identifier: MIT
#include <mdl/layers/activation.hpp>

#include <doctest/doctest.h>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

namespace {

template <class Layer>
constexpr Activation function = Layer::description.operation.activation;

template <class... Layers>
auto all_keep(const Shape& shape) -> bool {
    return (infer<Layers>({shape}).is(shape) && ...) && ((infer<Layers>({shape}).weight_count == 0) && ...);
}

}  // namespace

TEST_CASE("an activation keeps every shape and has no weights") {
    for (const Shape& shape : {Shape{1, 3, 4, 5}, Shape{1, 10}, Shape{7}, Shape{}, Shape{1, 2, 3, 4, 5, 6}})
        CHECK(all_keep<Relu, Relu6, Clip<-1, 0.5>, LeakyRelu<>, Elu<>, Sigmoid, Tanh, HardSigmoid<>, HardSwish, Silu, Exp>(shape));
    static_assert(infer<Relu>({{1, 3, 4, 5}}).is({1, 3, 4, 5}));
}

TEST_CASE("activations have the parameters of their sources") {
    static_assert(function<Relu> == Activation{ActivationKind::relu});
    CHECK(function<Relu6> == Activation{ActivationKind::clip, 0, 6});
    CHECK(function<Clip<-1, 0.5>> == Activation{ActivationKind::clip, -1, 0.5f});
    CHECK(function<LeakyRelu<>> == Activation{ActivationKind::leaky_relu, 0.01f});
    CHECK(function<LeakyRelu<0.2>> == Activation{ActivationKind::leaky_relu, 0.2f});
    CHECK(function<Elu<>> == Activation{ActivationKind::elu, 1});
    CHECK(function<HardSigmoid<>> == Activation{ActivationKind::hard_sigmoid, 0.2f, 0.5f});
    CHECK(function<HardSwish>.kind == ActivationKind::hard_swish);
    CHECK(function<Silu>.kind == ActivationKind::silu);
    CHECK(function<Sigmoid>.kind == ActivationKind::sigmoid);
    CHECK(function<Tanh>.kind == ActivationKind::tanh);
    CHECK(function<Exp>.kind == ActivationKind::exp);
}

TEST_CASE("a clip's bounds are in order") {
    CHECK(infer<Clip<6, 0>>({{1, 10}}).shows(Problem::clip_is_empty, {1, 10}));
    CHECK(infer<Clip<2, 2>>({{1, 10}}).is({1, 10}));
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(infer(layers::activation_description({ActivationKind::clip, nan, 1}), {{1, 10}}).problem == Problem::clip_is_empty);
}

TEST_CASE("a parametric relu has a slope a channel, or one for all") {
    static_assert(infer<Prelu>({{1, 5, 8, 8}}).weighs({{Role::slope, {5}}}));
    CHECK(infer<Prelu>({{1, 5}}).is({1, 5}));
    CHECK(infer<SharedPrelu>({{1, 5, 8, 8}}).weighs({{Role::slope, {1}}}));
    CHECK(infer<Prelu>({{5}}).shows(Problem::wrong_rank, {5}, {2}));
}
