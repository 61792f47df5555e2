// mdl: ONNX's element types of the tensors that a network takes and computes, all of them as float32.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "onnx.pb.h"

namespace mdl::tool {

/// Is this element type of ONNX one of reals?
auto is_real(int element) -> bool;

/// May an input be of this type? Reals up to float32, integers, truth values.
auto is_input_element(int element) -> bool;

/// The element type that the model declares of an input; float32 of a name that is none.
auto input_element(const onnx::ModelProto& model, const std::string& name) -> int;

/// The type of a node's output k; `inputs`: those of its inputs.
auto result_element(const onnx::NodeProto& node, int k, const std::vector<int>& inputs) -> int;

/// What the user should know of a model that computes in half precision, or takes integers: a sentence each.
auto element_notes(const onnx::ModelProto& model) -> std::vector<std::string>;

}  // namespace mdl::tool
