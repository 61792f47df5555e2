// mdl: names for C++: of the network's struct, and of the nodes of a Graph.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "network.hpp"

namespace mdl::tool {

/// "mobilenet_v1-1.0.onnx" -> "MobilenetV110"; never empty, never a keyword or a number first.
auto struct_name(const std::string& file_stem) -> std::string;

/// Why text cannot name a C++ struct, to stand behind "it": "is a word of C++; ..."; empty where it can.
auto type_name_problem(const std::string& text) -> std::string;

/// For each layer its ONNX name with characters that C++ strings or mdl's part numbers mind replaced, made unique. Inputs and
/// outputs keep theirs first.
auto node_names(const Network& network) -> std::vector<std::string>;

/// Text safe behind `//`: one line, no trailing backslash.
auto comment_text(const std::string& name) -> std::string;

}  // namespace mdl::tool
