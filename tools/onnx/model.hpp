// mdl: an ONNX file, parsed and checked as a whole.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string_view>

#include "onnx.pb.h"

namespace mdl::tool {

inline constexpr int oldest_opset = 7, newest_opset = 21;

struct OnnxModel {
    onnx::ModelProto proto{};
    std::filesystem::path folder{};  ///< where external data lies
    int opset = 0;
};

/// Reads and parses a file. Throws Failure.
auto read_onnx(const std::filesystem::path& path) -> OnnxModel;

/// Checks a parsed model: opset, and everything that mdl must refuse as a whole. Throws Failure.
auto check_onnx(onnx::ModelProto proto, const std::filesystem::path& folder) -> OnnxModel;

/// Parses bytes and checks them.
auto parse_onnx(std::string_view bytes, const std::filesystem::path& folder) -> OnnxModel;

}  // namespace mdl::tool
