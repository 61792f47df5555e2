// mdl: turns an ONNX graph into a Network.
// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "network.hpp"
#include "onnx/model.hpp"

namespace mdl::tool {

struct ImportOptions {
    /// Shapes for inputs by name: they replace what the file declares, dynamic dimensions included.
    std::map<std::string, std::vector<int>> shapes{};
};

/// Lowers every node of the model, infers every shape, recognises patterns. Throws Failure that names the operator and node
/// for anything that mdl does not support.
auto import_onnx(OnnxModel model, const ImportOptions& options = {}) -> Network;

}  // namespace mdl::tool
