// mdl: every family of layers, alone and fused, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "support/engine_error.hpp"

using namespace mdl;

namespace {

// Rounding of sums in another order, over a few layers.
constexpr double tolerance = 2e-5;

template <class... Layers>
struct Net : Sequential<Input<13, 11, 3>, Conv<19, Kernel<3>, Pad<1>>, Layers...> {};

template <class Network>
void agrees() {
    CHECK(test::engine_error<Network>() < tolerance);
}

}  // namespace

TEST_CASE("convolutions of every kind agree with the reference") {
    agrees<Net<Conv<7>>>();
    agrees<Net<Conv<24, Kernel<3>, Stride<2>, Pad<0, 1, 2, 1>>, Relu>>();
    agrees<Net<Conv<9, Kernel<5, 3>, Dilation<2, 1>, Same>, Relu6>>();
    agrees<Net<Conv<16, NoBias>, BatchNorm<>, LeakyRelu<0.1>>>();
    agrees<Net<Conv<16, NoBias>, BatchNorm<>, Scale<>, Prelu>>();
    agrees<Net<Conv<12, Kernel<1, 7>, Pad<0, 3>>, HardSwish, Conv<12, Kernel<7, 1>, Pad<3, 0>>, Silu>>();
    agrees<Net<Conv<18>, Conv<30, Kernel<3>, Groups<3>, Pad<1>>, Relu>>();
    agrees<Net<ZeroPad<1, 2, 3, 0>, Conv<8, Kernel<3>>, Elu<>>>();
}
TEST_CASE("depthwise convolutions agree with the reference") {
    agrees<Net<DepthwiseConv<Kernel<3>, Pad<1>>, Relu>>();
    agrees<Net<DepthwiseConv<Kernel<3>, Stride<2>, Pad<0, 0, 1, 1>>, BatchNorm<>, Relu6>>();
    agrees<Net<DepthwiseConv<Kernel<5>, Pad<2>, NoBias>, HardSwish>>();
    agrees<Net<DepthwiseConv<Kernel<3, 5>, Dilation<2>, Pad<1, 4>, Multiplier<2>>>>();
}
TEST_CASE("pooling agrees with the reference") {
    agrees<Net<Pool<Max, Kernel<3>, Stride<2>, Ceil>>>();
    agrees<Net<Pool<Max, Kernel<2>, Stride<2>, Pad<1>>, GlobalPool<Max>>>();
    agrees<Net<Pool<Average, Kernel<3>, Stride<2>, Pad<1>, Ceil>>>();
    agrees<Net<Pool<Average, Kernel<3>, Pad<1>, CountPadding>, GlobalPool<Average>, Dense<5>>>();
    agrees<Net<ReduceMean<Axes<2, 3>, DropDims>, Dense<5, NoBias>, LogSoftmax>>();
    agrees<Net<ReduceMean<Axes<-1, -2>>, Conv<6>, Sigmoid>>();
    agrees<Net<ReduceMean<Axes<1>>, Tanh>>();
}
TEST_CASE("normalisation agrees with the reference") {
    agrees<Net<Lrn<Size<5>, Alpha<0.5>, Beta<0.75>, K<2>>>>();
    agrees<Net<Lrn<Size<3>, Alpha<0.5>, Beta<0.6>, WithinChannel>, Relu>>();
    agrees<Net<Relu, BatchNorm<>, Relu>>();
    agrees<Net<Relu, BatchNorm<Epsilon<0.001>>, Relu, Conv<8>>>();
    agrees<Net<Relu, BatchNorm<>, Relu, Conv<8, Kernel<3>, Pad<1>>>>();
    agrees<Net<Relu, BatchNorm<>, Relu, GlobalPool<Average>>>();
    agrees<Net<Relu, Scale<>, Conv<8, Kernel<3>, Pad<1>>>>();
    agrees<Net<Prelu>>();
    agrees<Net<Relu, SharedPrelu>>();
}
TEST_CASE("activations and softmax agree with the reference") {
    agrees<Net<Relu, Clip<-0.5, 0.25>, Exp>>();
    agrees<Net<HardSigmoid<>, Elu<0.7>>>();
    agrees<Net<Sigmoid, Tanh, Silu>>();
    agrees<Net<Softmax>>();
    agrees<Net<SoftmaxAxis<-1>, LogSoftmaxAxis<2>>>();
    agrees<Net<GlobalPool<Average>, Softmax>>();
    agrees<Net<Flatten, Dense<17>, Relu, Dense<6>, Softmax>>();
}
TEST_CASE("joins agree with the reference") {
    agrees<Net<Residual<Conv<19, Kernel<3>, Pad<1>>, Relu, Conv<19>>, Relu>>();
    agrees<Net<Add<Conv<8>, Sequential<Conv<4>, Relu, Conv<8>>>, Relu>>();
    agrees<Net<Mul<Identity, Sequential<GlobalPool<Average>, Conv<5>, Relu, Conv<19>, HardSigmoid<>>>, Conv<6>>>();
    agrees<Net<Concat<Conv<16>, Conv<8>, Conv<24>>, Relu, Conv<5>>>();
    agrees<Net<Concat<Conv<5>, Identity, Pool<Max, Kernel<3>, Pad<1>>>, Conv<5>>>();
    agrees<Net<Concat<Axis<2>, Identity, Relu>, Conv<5>>>();
    agrees<Net<Maximum<Conv<8>, Conv<8>>, Subtract<Conv<4>, Conv<4>>>>();
    agrees<Net<Minimum<Identity, Relu>, Div<Identity, Sequential<Exp, GlobalPool<Max>>>>>();
}
TEST_CASE("rearrangements agree with the reference") {
    agrees<Net<Conv<12>, ChannelShuffle<3>, Conv<4>>>();
    agrees<Net<Transpose<0, 2, 3, 1>, Relu>>();
    agrees<Net<Reshape<1, -1, 13>, SoftmaxAxis<2>>>();
    agrees<Net<Slice<Axis<1>, Begin<3>, End<-2>>, Conv<4>>>();
    agrees<Net<Slice<Axis<3>, Begin<2>, End<9>>, Conv<4>>>();
    agrees<Net<PadTensor<Before<0, 1, 2, 0>, After<0, 0, 1, 3>, Value<0.5>>, Conv<4>>>();
    agrees<Net<Identity, Dropout>>();
}
