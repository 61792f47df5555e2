// mdl: reads a TensorFlow Lite file as the ONNX model that means the same.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "onnx/model.hpp"

namespace mdl::tool {

struct TfliteModel {
    OnnxModel onnx{};
    std::vector<std::string> notes{};  ///< what the user should know of how the model was understood, a sentence each
};

/// Shapes of inputs by name; they replace what the file declares.
using InputShapes = std::map<std::string, std::vector<int>>;

/// Reads, checks and translates a file. Throws Failure.
auto read_tflite(const std::filesystem::path& path, const InputShapes& shapes = {}) -> TfliteModel;

/// The same from memory. `bytes` must be aligned as what `new` gives.
auto parse_tflite(const std::string& bytes, const InputShapes& shapes = {}) -> TfliteModel;

}  // namespace mdl::tool
