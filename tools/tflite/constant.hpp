// mdl: the constants of a TensorFlow Lite file: bytes of its buffers as numbers, quantised ones as the reals that they stand for.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "onnx/tensor.hpp"
#include "tflite_generated.h"

namespace mdl::tool::tflite_reader {

/// The tensor's numbers, or nothing where the file holds none. Throws Failure where they do not fit the tensor, and for what
/// mdl does not read.
auto read_constant(const tflite::Model& model, const tflite::Tensor& tensor, const std::string& name) -> std::optional<Tensor>;

}  // namespace mdl::tool::tflite_reader
