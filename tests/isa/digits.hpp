// mdl: what the two translation units of the instruction-set test share: the network and the functions' types.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

#include <mdl/mdl.hpp>

struct Digits : mdl::Sequential<
    mdl::Input<16, 16, 1>,
    mdl::Conv<16, mdl::Kernel<3>, mdl::Pad<1>>, mdl::Relu,
    mdl::Pool<mdl::Max, mdl::Kernel<2>, mdl::Stride<2>>,
    mdl::DepthwiseConv<mdl::Kernel<3>, mdl::Pad<1>>, mdl::Conv<32>, mdl::Relu,
    mdl::GlobalPool<mdl::Average>, mdl::Dense<10>, mdl::Softmax> {};

/// Loads the weights, runs once, writes ten scores. False: the weights were refused.
auto run_high(std::span<const std::byte> weights, std::span<const float> pixels, std::span<float> scores) noexcept -> bool;
auto run_baseline(std::span<const std::byte> weights, std::span<const float> pixels, std::span<float> scores) noexcept -> bool;
