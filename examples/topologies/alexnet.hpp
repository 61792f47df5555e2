// mdl: AlexNet.  Source: Krizhevsky 2014, "One weird trick for parallelizing convolutional neural networks".
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/mdl.hpp>

namespace topologies {
using namespace mdl;

struct AlexNet : Sequential<
    Input<224, 224, 3>,
    Conv<64, Kernel<11>, Stride<4>, Pad<2>>, Relu, Pool<Max, Kernel<3>, Stride<2>>,
    Conv<192, Kernel<5>, Pad<2>>, Relu, Pool<Max, Kernel<3>, Stride<2>>,
    Conv<384, Kernel<3>, Pad<1>>, Relu,
    Conv<256, Kernel<3>, Pad<1>>, Relu,
    Conv<256, Kernel<3>, Pad<1>>, Relu, Pool<Max, Kernel<3>, Stride<2>>,
    Flatten,
    Dropout, Dense<4096>, Relu,
    Dropout, Dense<4096>, Relu,
    Dense<1000>> {};

static_assert(parameters<AlexNet> == 61'100'840);  // torchvision.models.alexnet
static_assert(macs<AlexNet> == 714'188'480);       // count.py

}  // namespace topologies
