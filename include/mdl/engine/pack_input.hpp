// mdl: the signature of a function that packs weights.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include <mdl/tensor/geometry.hpp>

namespace mdl::engine {

/// What the weights of some kernels depend on beside the sizes.
struct PackInput {
    ImageFormat image{};                  ///< of the input, where that is the caller's
    const std::int16_t* order = nullptr;  ///< in which a 1x1 convolution sums the channels of a mapped tensor
};

/// Packs canonical weights, each output channel o multiplied by scale[o], and bias[o].
using PackFunction = void (*)(const Geometry&, const PackInput&, std::span<const float> weights, const float* scale, const float* bias, float* packed);

}  // namespace mdl::engine
