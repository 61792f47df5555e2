// mdl: MobileNetV2.  Source: Sandler et al. 2018, "MobileNetV2: inverted residuals and linear bottlenecks", table 2.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/mdl.hpp>

namespace topologies {
using namespace mdl;

/// Up to Wide channels, a 3x3 window over each, and down to Out, without an activation there.
template <int Wide, int Out, int Step = 1>
using Inverted = Sequential<
    Conv<Wide, NoBias>, BatchNorm<>, Relu6,
    DepthwiseConv<Kernel<3>, Stride<Step>, Pad<1>, NoBias>, BatchNorm<>, Relu6,
    Conv<Out, NoBias>, BatchNorm<>>;

/// The same from Channels to Channels, six times as wide inside, added to its input.
template <int Channels>
using InvertedResidual = Residual<Inverted<6 * Channels, Channels>>;

struct MobileNetV2 : Sequential<
    Input<224, 224, 3>,
    Conv<32, Kernel<3>, Stride<2>, Pad<1>, NoBias>, BatchNorm<>, Relu6,
    DepthwiseConv<Kernel<3>, Pad<1>, NoBias>, BatchNorm<>, Relu6,
    Conv<16, NoBias>, BatchNorm<>,
    Inverted<96, 24, 2>, InvertedResidual<24>,
    Inverted<144, 32, 2>, InvertedResidual<32>, InvertedResidual<32>,
    Inverted<192, 64, 2>, InvertedResidual<64>, InvertedResidual<64>, InvertedResidual<64>,
    Inverted<384, 96>, InvertedResidual<96>, InvertedResidual<96>,
    Inverted<576, 160, 2>, InvertedResidual<160>, InvertedResidual<160>,
    Inverted<960, 320>,
    Conv<1280, NoBias>, BatchNorm<>, Relu6,
    GlobalPool<Average>, Flatten, Dropout, Dense<1000>> {};

static_assert(parameters<MobileNetV2> == 3'504'872);  // torchvision.models.mobilenet_v2
static_assert(macs<MobileNetV2> == 300'774'272);      // count.py

}  // namespace topologies
