// mdl: an ONNX model that computes in integers becomes the same network in float32.
// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <vector>

#include "onnx/model.hpp"

namespace mdl::tool {

/// Each stored number stands for the real scale * (stored - zero point): what QuantizeLinear makes of a computed tensor is that
/// tensor, cut to its range where the range begins at zero and so is the activation that the quantiser left out; operators on
/// integers (QLinearConv, MatMulInteger and their kind) become those on reals. Constants stay integers behind DequantizeLinear,
/// which the importer computes. Inputs and outputs of integers become reals. Returns what the user should know, nothing where the
/// model holds no such operator. Throws Failure, which names the node.
auto dequantise(OnnxModel& model) -> std::vector<std::string>;

/// Every operator that becomes one on reals, by ONNX name.
auto dequantised_operators() -> std::set<std::string>;

}  // namespace mdl::tool
