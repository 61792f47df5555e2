// mdl: SqueezeNet 1.1.  Source: Iandola et al. 2016, "SqueezeNet"; version 1.1 from the authors' repository.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/mdl.hpp>

namespace topologies {
using namespace mdl;

/// Few channels in the middle, then half of the output from 1x1 kernels and half from 3x3.
template <int Squeeze, int Expand>
using Fire = Sequential<
    Conv<Squeeze>, Relu,
    Concat<
        Sequential<Conv<Expand>, Relu>,
        Sequential<Conv<Expand, Kernel<3>, Pad<1>>, Relu>>>;

struct SqueezeNet : Sequential<
    Input<224, 224, 3>,
    Conv<64, Kernel<3>, Stride<2>>, Relu, Pool<Max, Kernel<3>, Stride<2>, Ceil>,
    Fire<16, 64>, Fire<16, 64>, Pool<Max, Kernel<3>, Stride<2>, Ceil>,
    Fire<32, 128>, Fire<32, 128>, Pool<Max, Kernel<3>, Stride<2>, Ceil>,
    Fire<48, 192>, Fire<48, 192>, Fire<64, 256>, Fire<64, 256>,
    Dropout, Conv<1000>, Relu, GlobalPool<Average>, Flatten> {};

static_assert(parameters<SqueezeNet> == 1'235'496);  // torchvision.models.squeezenet1_1
static_assert(macs<SqueezeNet> == 349'151'936);      // count.py

}  // namespace topologies
