// mdl: depthwise layers, alone and fused, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include "engine/agrees.hpp"

using namespace mdl;
using test::agrees;
using test::Net;

TEST_CASE("depthwise convolutions agree with the reference") {
    agrees<Net<DepthwiseConv<Kernel<3>, Pad<1>>, Relu>>();
    agrees<Net<DepthwiseConv<Kernel<3>, Stride<2>, Pad<0, 0, 1, 1>>, BatchNorm<>, Relu6>>();
    agrees<Net<DepthwiseConv<Kernel<5>, Pad<2>, NoBias>, HardSwish>>();
    agrees<Net<DepthwiseConv<Kernel<3, 5>, Dilation<2>, Pad<1, 4>, Multiplier<2>>>>();
}
