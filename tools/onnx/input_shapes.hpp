// mdl: the shapes of an ONNX model's inputs, of which the file may leave sizes open.
// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include <mdl/tensor/shape.hpp>

namespace mdl::onnx {
class ValueInfoProto;
}

namespace mdl::tool {

/// The shape of each input: as `given` says, else as the file does, where an open batch is 1. Throws Failure: one question for all
/// sizes that are still open, with the option that answers it, or what is wrong with an answer.
auto input_shapes(const std::vector<const onnx::ValueInfoProto*>& inputs, const std::map<std::string, std::vector<int>>& given) -> std::map<std::string, Shape>;

}  // namespace mdl::tool
