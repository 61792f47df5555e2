// mdl: networks under the engine's policies on the engine against the reference.
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

TEST_CASE("the policies Exact and Prefer<Size> sum directly, with the weights as they are") {
    CHECK(engine_error<Net<Block>, Options<Exact>>() < 2e-5);
    CHECK(engine_error<Rectangular, Options<Prefer<Size>>>() < 2e-5);
    CHECK(engine_error<Net<DepthwiseConv<Kernel<3>, Stride<2>, Pad<1>>, Conv<20, Kernel<3>>>, Options<Prefer<Size>>>() < 2e-5);
    CHECK(engine_error<Net<Block>, Options<Prefer<Speed>, KeepTensors>>() < 5e-5);
#if MDL_SIMD
    static_assert(weight_bytes<Net<Block>, Options<Prefer<Size>>> == weight_bytes<Net<Block>, Options<Exact>>);
    static_assert(weight_bytes<Net<Block>, Options<Exact>> < weight_bytes<Net<Block>>);
#endif
}

TEST_CASE("networks scheduled for either kind of cores agree with the reference") {
    CHECK(engine_error<Net<Block>, Options<Cores<InOrder>>>() < 5e-5);
    CHECK(engine_error<Net<Block>, Options<Cores<OutOfOrder>, Exact>>() < 2e-5);
}
