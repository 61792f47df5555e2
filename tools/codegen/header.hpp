// mdl: writes the C++ header of a network.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "codegen/structure.hpp"

namespace mdl::tool {

/// The whole text of net.hpp. `source` is the model's file name, for the first line. Lines end with the ONNX names.
auto header_text(const Network& network, const Structure& structure, const std::string& source) -> std::string;

}  // namespace mdl::tool
