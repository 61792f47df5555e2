// mdl: MobileNetV1.  Source: Howard et al. 2017, "MobileNets", table 1, width 1.0.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/mdl.hpp>

namespace topologies {
using namespace mdl;

/// A 3x3 window over each channel alone, then a 1x1 convolution that mixes channels.
template <int Out, int Step = 1>
using Separable = Sequential<
    DepthwiseConv<Kernel<3>, Stride<Step>, Pad<1>, NoBias>, BatchNorm<>, Relu,
    Conv<Out, NoBias>, BatchNorm<>, Relu>;

struct MobileNetV1 : Sequential<
    Input<224, 224, 3>,
    Conv<32, Kernel<3>, Stride<2>, Pad<1>, NoBias>, BatchNorm<>, Relu,
    Separable<64>,
    Separable<128, 2>, Separable<128>,
    Separable<256, 2>, Separable<256>,
    Separable<512, 2>, Separable<512>, Separable<512>, Separable<512>, Separable<512>, Separable<512>,
    Separable<1024, 2>, Separable<1024>,
    GlobalPool<Average>, Flatten, Dense<1000>> {};

// 4.2 million in the paper; exactly, as PyTorch counts the same layers in count.py (torchvision has no V1).
static_assert(parameters<MobileNetV1> == 4'231'976);
static_assert(macs<MobileNetV1> == 568'740'352);  // count.py; 569 million in the paper

}  // namespace topologies
