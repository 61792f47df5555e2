// mdl: ResNet-18 and ResNet-50.  Source: He, Zhang, Ren, Sun 2015, "Deep residual learning for image recognition".
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/mdl.hpp>

namespace topologies {
using namespace mdl;

template <int Out, class... Window>
using NormConv = Sequential<Conv<Out, Window..., NoBias>, BatchNorm<>>;

/// Two 3x3 convolutions: the block of ResNet-18.
template <int Out, int Step>
using BasicBody = Sequential<
    NormConv<Out, Kernel<3>, Stride<Step>, Pad<1>>, Relu,
    NormConv<Out, Kernel<3>, Pad<1>>>;

/// 1x1 down, 3x3, 1x1 up to four times the width: the block of ResNet-50. torchvision strides in the 3x3 (often called 1.5).
template <int Width, int Step>
using BottleneckBody = Sequential<
    NormConv<Width>, Relu,
    NormConv<Width, Kernel<3>, Stride<Step>, Pad<1>>, Relu,
    NormConv<4 * Width>>;

/// The input is added to the body's output, ...
template <class Body>
using Block = Sequential<Residual<Body>, Relu>;
/// ... through a 1x1 convolution where the body changes its shape.
template <class Body, int Out, int Step>
using ProjectedBlock = Sequential<Add<Body, NormConv<Out, Stride<Step>>>, Relu>;

template <int Out, int Step>
using BasicStage = Sequential<ProjectedBlock<BasicBody<Out, Step>, Out, Step>, Block<BasicBody<Out, 1>>>;
template <int Width, int Step>
using FirstBottleneck = ProjectedBlock<BottleneckBody<Width, Step>, 4 * Width, Step>;
template <int Width>
using Bottleneck = Block<BottleneckBody<Width, 1>>;

using ResNetStem = Sequential<
    NormConv<64, Kernel<7>, Stride<2>, Pad<3>>, Relu,
    Pool<Max, Kernel<3>, Stride<2>, Pad<1>>>;

struct ResNet18 : Sequential<
    Input<224, 224, 3>, ResNetStem,
    Block<BasicBody<64, 1>>, Block<BasicBody<64, 1>>,
    BasicStage<128, 2>, BasicStage<256, 2>, BasicStage<512, 2>,
    GlobalPool<Average>, Flatten, Dense<1000>> {};

struct ResNet50 : Sequential<
    Input<224, 224, 3>, ResNetStem,
    FirstBottleneck<64, 1>, Bottleneck<64>, Bottleneck<64>,
    FirstBottleneck<128, 2>, Bottleneck<128>, Bottleneck<128>, Bottleneck<128>,
    FirstBottleneck<256, 2>, Bottleneck<256>, Bottleneck<256>, Bottleneck<256>, Bottleneck<256>, Bottleneck<256>,
    FirstBottleneck<512, 2>, Bottleneck<512>, Bottleneck<512>,
    GlobalPool<Average>, Flatten, Dense<1000>> {};

static_assert(parameters<ResNet18> == 11'689'512);  // torchvision.models.resnet18
static_assert(macs<ResNet18> == 1'814'073'344);     // count.py
static_assert(parameters<ResNet50> == 25'557'032);  // torchvision.models.resnet50
static_assert(macs<ResNet50> == 4'089'184'256);     // count.py

}  // namespace topologies
