// mdl: networks with Winograd's convolution, and without it by policy, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include "engine/agrees.hpp"

using namespace mdl;
using test::engine_error;
using test::Net;

namespace {

using Block = Sequential<Conv<24, Kernel<3>, Pad<1>>, BatchNorm<>, Prelu, Residual<Conv<24, Kernel<3>, Pad<1>>, BatchNorm<>>, Relu>;
using Rectangular = Net<Conv<16, Kernel<1, 7>, Pad<0, 3>>, Silu, Conv<16, Kernel<7, 1>, Pad<3, 0>>, Conv<16, Kernel<5>, Pad<2>>, Relu>;

}  // namespace

TEST_CASE("networks with Winograd's convolution agree with the reference") {
    CHECK(engine_error<Net<Block>>() < 5e-5);
    CHECK(engine_error<Rectangular>() < 5e-5);
}

TEST_CASE("the policy Exact sums directly, with the weights as they are") {
    CHECK(engine_error<Net<Block>, Options<Exact>>() < 2e-5);
#if MDL_SIMD
    static_assert(weight_bytes<Net<Block>, Options<Exact>> < weight_bytes<Net<Block>> / 2);
#endif
}
