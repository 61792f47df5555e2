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
    agrees<Net<Minimum<Identity, Relu>, Div<Identity, Sequential<Exp, GlobalPool<Max>>>>>();
}
