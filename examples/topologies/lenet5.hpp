// mdl: LeNet-5.  Source: LeCun, Bottou, Bengio, Haffner 1998, "Gradient-based learning applied to document recognition".
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/mdl.hpp>

namespace topologies {
using namespace mdl;

/// The variant taught today: 28x28 padded to 32x32, plain average pooling, C3 reads all of S2, ten scores instead of
/// radial basis functions.
struct LeNet5 : Sequential<
    Input<28, 28, 1>,
    Conv<6, Kernel<5>, Pad<2>>, Tanh, Pool<Average, Kernel<2>, Stride<2>>,
    Conv<16, Kernel<5>>, Tanh, Pool<Average, Kernel<2>, Stride<2>>,
    Flatten,
    Dense<120>, Tanh,
    Dense<84>, Tanh,
    Dense<10>> {};

// 156 + 2,416 + 48,120 + 10,164 + 850, by hand; count.py agrees.
static_assert(parameters<LeNet5> == 61'706);
static_assert(macs<LeNet5> == 416'520);  // count.py

}  // namespace topologies
