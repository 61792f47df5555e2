// mdl: the two networks of this example as a person writes them; train.py trains the same.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/mdl.hpp>

struct Digits : mdl::Sequential<
    mdl::Input<16, 16, 1>,
    mdl::Conv<24, mdl::Kernel<3>, mdl::Pad<1>>, mdl::Relu,
    mdl::Pool<mdl::Max, mdl::Kernel<2>, mdl::Stride<2>>,
    mdl::DepthwiseConv<mdl::Kernel<3>, mdl::Pad<1>>, mdl::Conv<48>, mdl::Relu,
    mdl::DepthwiseConv<mdl::Kernel<3>, mdl::Pad<1>>, mdl::Conv<64>, mdl::Relu,
    mdl::Pool<mdl::Max, mdl::Kernel<2>, mdl::Stride<2>>,
    mdl::DepthwiseConv<mdl::Kernel<3>, mdl::Pad<1>>, mdl::Conv<96>, mdl::Relu,
    mdl::DepthwiseConv<mdl::Kernel<3>, mdl::Pad<1>>, mdl::Conv<96>, mdl::Relu,
    mdl::GlobalPool<mdl::Average>, mdl::Flatten, mdl::Dense<10>, mdl::Softmax> {};

// The first convolution, four pairs of depthwise and pointwise convolution, the dense layer; each weight has its bias.
static_assert(mdl::parameters<Digits> == 240 + (240 + 1'200) + (480 + 3'136) + (640 + 6'240) + (960 + 9'312) + 970);
static_assert(mdl::macs<Digits> == 256 * 216 + 64 * (216 + 1'152) + 64 * (432 + 3'072) + 16 * (576 + 6'144) + 16 * (864 + 9'216) + 960);
static_assert(mdl::arena_bytes<Digits> < 48 * 1024);

struct DigitsDense : mdl::Sequential<
    mdl::Input<16, 16, 1>, mdl::Flatten,
    mdl::Dense<64>, mdl::Sigmoid,
    mdl::Dense<10>, mdl::Softmax> {};

static_assert(mdl::parameters<DigitsDense> == 256 * 64 + 64 + 64 * 10 + 10);
static_assert(mdl::macs<DigitsDense> == 256 * 64 + 64 * 10);
static_assert(mdl::arena_bytes<DigitsDense> < 4 * 1024);
