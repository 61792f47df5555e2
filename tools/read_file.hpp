// mdl: the bytes of a file.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mdl::tool {

/// Throws Failure; `what` is expected, as in "an ONNX file".
auto read_file(const std::filesystem::path& path, std::string_view what = "a file") -> std::string;

}  // namespace mdl::tool
