// mdl: joins layers, alone and fused, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include "engine/agrees.hpp"

using namespace mdl;
using test::agrees;
using test::Net;

TEST_CASE("joins agree with the reference") {
    agrees<Net<Residual<Conv<19, Kernel<3>, Pad<1>>, Relu, Conv<19>>, Relu>>();
    agrees<Net<Add<Conv<8>, Sequential<Conv<4>, Relu, Conv<8>>>, Relu>>();
    agrees<Net<Mul<Identity, Sequential<GlobalPool<Average>, Conv<5>, Relu, Conv<19>, HardSigmoid<>>>, Conv<6>>>();
    agrees<Net<Concat<Conv<16>, Conv<8>, Conv<24>>, Relu, Conv<5>>>();
    agrees<Net<Concat<Conv<5>, Identity, Pool<Max, Kernel<3>, Pad<1>>>, Conv<5>>>();
    agrees<Net<Concat<Axis<2>, Identity, Relu>, Conv<5>>>();
    agrees<Net<Maximum<Conv<8>, Conv<8>>, Subtract<Conv<4>, Conv<4>>>>();
    agrees<Net<Add<Identity, Constant<1, 19, 1, 1>>, Conv<5>, Mul<Identity, Constant<1, 1, 13, 11>>>>();
    agrees<Net<Pow<Exp, Sequential<GlobalPool<Max>, Sigmoid>>, Conv<5>, Less<Identity, GlobalPool<Average>>>>();
    agrees<Net<Div<Conv<5>, Sequential<Conv<5>, Exp>>, Conv<6>>>();
    agrees<Net<Minimum<Identity, Relu>, Div<Identity, Sequential<Exp, GlobalPool<Max>>>>>();
}

namespace {

// The first convolution reads the caller's image as it lies; what is added to its result lies in blocks.
struct StemTensor : Sequential<InputTensor<1, 4, 9, 10>, Residual<Conv<4, Kernel<3>, Pad<1>>>> {};
struct StemImage : Sequential<Input<9, 10, 3>, Residual<Conv<3, Kernel<3>, Pad<1>>>> {};
struct StemPlanes : Sequential<Input<9, 10, 8, Chw>, Residual<Conv<8>>> {};
struct StemBytes : Sequential<Input<9, 10, 3, U8>, Residual<Conv<3, Kernel<3>, Pad<1>>>> {};
struct StemTwice : Sequential<Input<9, 10, 3>, Add<Conv<7, Kernel<3>, Pad<1>>, Conv<7>>, Relu> {};
struct StemAndOther : Graph<Node<"x", Input<9, 10, 3>>, Node<"y", InputTensor<1, 3, 9, 10>>, Node<"c", Conv<3>, From<"x">>, Node<"s", Add<>, From<"c", "y">>> {};
struct StemGrouped : Sequential<Input<9, 10, 4>, Residual<Conv<4, Groups<2>>>> {};

}  // namespace

TEST_CASE("a convolution of the image takes a residual that lies as the image does") {
    agrees<StemTensor>();
    agrees<StemImage>();
    agrees<StemPlanes>();
    agrees<StemBytes>();
    agrees<StemTwice>();
    agrees<StemAndOther>();
    agrees<StemGrouped>();
}
