// mdl: the first program's network.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/mdl.hpp>

struct Digits : mdl::Sequential<
    mdl::Input<16, 16, 1>,
    mdl::Conv<16, mdl::Kernel<3>, mdl::Pad<1>>, mdl::Relu,
    mdl::Pool<mdl::Max, mdl::Kernel<2>, mdl::Stride<2>>,
    mdl::DepthwiseConv<mdl::Kernel<3>, mdl::Pad<1>>, mdl::Conv<32>, mdl::Relu,
    mdl::GlobalPool<mdl::Average>, mdl::Dense<10>, mdl::Softmax> {};
