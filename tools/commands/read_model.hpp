// mdl: reading of models, of whatever format.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "onnx/model.hpp"

namespace mdl::tool {

/// By the file's extension: Caffe (.prototxt, .caffemodel), TensorFlow Lite (.tflite), Mobile Deep Learning's of 2017 (.json), else ONNX.
/// `weights`: of a prototxt or a .json, where they do not lie beside it. `shapes` that the reader has applied, so that the importer must not, are taken out. Notes, and that a large file is being read, go to stderr. Throws Failure.
auto read_model(const std::filesystem::path& path, const std::filesystem::path& weights,
                std::map<std::string, std::vector<int>>& shapes) -> OnnxModel;

}  // namespace mdl::tool
