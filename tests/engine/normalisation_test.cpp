// mdl: normalisation layers, alone and fused, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include "engine/agrees.hpp"

using namespace mdl;
using test::agrees;
using test::Net;

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
