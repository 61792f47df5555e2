// mdl: VGG-16.  Source: Simonyan and Zisserman 2014, "Very deep convolutional networks", configuration D.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/mdl.hpp>

namespace topologies {
using namespace mdl;

template <int Out>
using VggConv = Sequential<Conv<Out, Kernel<3>, Pad<1>>, Relu>;
using VggPool = Pool<Max, Kernel<2>, Stride<2>>;

struct Vgg16 : Sequential<
    Input<224, 224, 3>,
    VggConv<64>, VggConv<64>, VggPool,
    VggConv<128>, VggConv<128>, VggPool,
    VggConv<256>, VggConv<256>, VggConv<256>, VggPool,
    VggConv<512>, VggConv<512>, VggConv<512>, VggPool,
    VggConv<512>, VggConv<512>, VggConv<512>, VggPool,
    Flatten,
    Dense<4096>, Relu, Dropout,
    Dense<4096>, Relu, Dropout,
    Dense<1000>> {};

static_assert(parameters<Vgg16> == 138'357'544);  // torchvision.models.vgg16
static_assert(macs<Vgg16> == 15'470'264'320);     // count.py

}  // namespace topologies
