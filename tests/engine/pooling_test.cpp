// mdl: pooling layers, alone and fused, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include "engine/agrees.hpp"

using namespace mdl;
using test::agrees;
using test::Net;

TEST_CASE("pooling agrees with the reference") {
    agrees<Net<Pool<Max, Kernel<3>, Stride<2>, Ceil>>>();
    agrees<Net<Pool<Max, Kernel<2>, Stride<2>, Pad<1>>, GlobalPool<Max>>>();
    agrees<Net<Pool<Average, Kernel<3>, Stride<2>, Pad<1>, Ceil>>>();
    agrees<Net<Pool<Average, Kernel<3>, Pad<1>, CountPadding>, GlobalPool<Average>, Dense<5>>>();
    agrees<Net<ReduceMean<Axes<2, 3>, DropDims>, Dense<5, NoBias>, LogSoftmax>>();
    agrees<Net<ReduceMean<Axes<-1, -2>>, Conv<6>, Sigmoid>>();
    agrees<Net<ReduceMean<Axes<1>>, Tanh>>();
}
