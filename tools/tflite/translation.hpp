// mdl: turns a verified TensorFlow Lite model into an ONNX graph.
// SPDX-License-Identifier: MIT
#pragma once

#include "tflite/model.hpp"
#include "tflite_generated.h"

namespace mdl::tool::tflite_reader {

struct Translated {
    onnx::ModelProto proto{};
    std::vector<std::string> notes{};
};

/// Every table of the model must have been verified. Throws Failure that names the operator and tensor of anything not supported.
auto translate(const tflite::Model& model, const InputShapes& shapes) -> Translated;

}  // namespace mdl::tool::tflite_reader
