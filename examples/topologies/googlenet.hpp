// mdl: GoogLeNet.  Source: Szegedy et al. 2014, "Going deeper with convolutions", with batch norms as in torchvision.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/mdl.hpp>

namespace topologies {
using namespace mdl;

template <int Out, class... Window>
using InceptionConv = Sequential<Conv<Out, Window..., NoBias>, BatchNorm<Epsilon<0.001>>, Relu>;

/// Four views of one input, side by side. torchvision's third branch has a 3x3 kernel where the paper has 5x5.
template <int One, int Reduce3, int Three, int Reduce5, int Five, int Pooled>
using Inception = Concat<
    InceptionConv<One>,
    Sequential<InceptionConv<Reduce3>, InceptionConv<Three, Kernel<3>, Pad<1>>>,
    Sequential<InceptionConv<Reduce5>, InceptionConv<Five, Kernel<3>, Pad<1>>>,
    Sequential<Pool<Max, Kernel<3>, Stride<1>, Pad<1>, Ceil>, InceptionConv<Pooled>>>;

/// Without the auxiliary classifiers, which only training uses.
struct GoogLeNet : Sequential<
    Input<224, 224, 3>,
    InceptionConv<64, Kernel<7>, Stride<2>, Pad<3>>,
    Pool<Max, Kernel<3>, Stride<2>, Ceil>,
    InceptionConv<64>, InceptionConv<192, Kernel<3>, Pad<1>>,
    Pool<Max, Kernel<3>, Stride<2>, Ceil>,
    Inception<64, 96, 128, 16, 32, 32>,
    Inception<128, 128, 192, 32, 96, 64>,
    Pool<Max, Kernel<3>, Stride<2>, Ceil>,
    Inception<192, 96, 208, 16, 48, 64>,
    Inception<160, 112, 224, 24, 64, 64>,
    Inception<128, 128, 256, 24, 64, 64>,
    Inception<112, 144, 288, 32, 64, 64>,
    Inception<256, 160, 320, 32, 128, 128>,
    Pool<Max, Kernel<2>, Stride<2>, Ceil>,
    Inception<256, 160, 320, 32, 128, 128>,
    Inception<384, 192, 384, 48, 128, 128>,
    GlobalPool<Average>, Flatten, Dropout, Dense<1000>> {};

static_assert(parameters<GoogLeNet> == 6'624'904);  // torchvision.models.googlenet(aux_logits=False)
static_assert(macs<GoogLeNet> == 1'498'376'192);    // count.py

}  // namespace topologies
