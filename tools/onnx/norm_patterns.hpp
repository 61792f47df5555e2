// mdl: recognises normalisation that exporters take apart: across channels, over the last axes, over groups of channels.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "network.hpp"

namespace mdl::tool {

/// x / (k + alpha * mean of x^2 over channels)^beta: PyTorch's LocalResponseNorm, whose mean is an average pool over padded channels.
void response_normalisation(Network& network, int layer);

/// (x - mean) / sqrt(mean of (x - mean)^2 + epsilon), means over the last axes: a layer norm, as opsets below 17 have to write it.
void layer_normalisation(Network& network, int layer);

/// A factor, then a summand, for each normalised element behind a layer norm are its weights.
void layer_normalisation_weights(Network& network, int layer, const std::vector<int>& readers);

/// [n, c, ...] -> [n, g, ...], each of the g normalised by itself, -> [n, c, ...]: PyTorch's GroupNorm before opset 18.
void group_normalisation(Network& network, int layer);

/// A factor, then a summand, for each channel behind a group norm that has none are its weights.
void group_normalisation_weights(Network& network, int layer, const std::vector<int>& readers);

}  // namespace mdl::tool
