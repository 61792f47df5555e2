// mdl: rearrange layers, alone and fused, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include "engine/agrees.hpp"

using namespace mdl;
using test::agrees;
using test::Net;

TEST_CASE("rearrangements agree with the reference") {
    agrees<Net<Conv<12>, ChannelShuffle<3>, Conv<4>>>();
    agrees<Net<Transpose<0, 2, 3, 1>, Relu>>();
    agrees<Net<Reshape<1, -1, 13>, SoftmaxAxis<2>>>();
    agrees<Net<Slice<Axis<1>, Begin<3>, End<-2>>, Conv<4>>>();
    agrees<Net<Slice<Axis<3>, Begin<2>, End<9>>, Conv<4>>>();
    agrees<Net<PadTensor<Before<0, 1, 2, 0>, After<0, 0, 1, 3>, Value<0.5>>, Conv<4>>>();
    agrees<Net<Identity, Dropout>>();
}
