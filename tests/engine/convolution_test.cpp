// mdl: convolution layers, alone and fused, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include "engine/agrees.hpp"

using namespace mdl;
using test::agrees;
using test::Net;

TEST_CASE("convolutions of every kind agree with the reference") {
    agrees<Net<Conv<7>>>();
    agrees<Net<Conv<24, Kernel<3>, Stride<2>, Pad<0, 1, 2, 1>>, Relu>>();
    agrees<Net<Conv<9, Kernel<5, 3>, Dilation<2, 1>, Same>, Relu6>>();
    agrees<Net<Conv<16, NoBias>, BatchNorm<>, LeakyRelu<0.1>>>();
    agrees<Net<Conv<16, NoBias>, BatchNorm<>, Scale<>, Prelu>>();
    agrees<Net<Conv<12, Kernel<1, 7>, Pad<0, 3>>, HardSwish, Conv<12, Kernel<7, 1>, Pad<3, 0>>, Silu>>();
    agrees<Net<Conv<18>, Conv<30, Kernel<3>, Groups<3>, Pad<1>>, Relu>>();
    agrees<Net<Conv<18>, Relu, Conv<30, Pad<1, 0, 2, 3>>, Prelu, Conv<16, Stride<2>, Pad<1>>>>();
    agrees<Net<Conv<18>, Add<Conv<16, Pad<1>>, Conv<16, Pad<1>>>, Relu>>();
    agrees<Net<ZeroPad<1, 2, 3, 0>, Conv<8, Kernel<3>>, Elu<>>>();
}
