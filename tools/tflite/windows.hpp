// mdl: TensorFlow's two ways to pad a sliding window.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "tflite/step.hpp"

namespace mdl::tool::tflite_reader {

/// SAME is ONNX's SAME_UPPER: the odd pixel of padding stands at the end.
inline auto auto_pad(tflite::Padding padding) -> std::string { return padding == tflite::Padding::SAME ? "SAME_UPPER" : "VALID"; }

/// How many positions a window takes along an axis.
inline auto slide(const Step& step, tflite::Padding padding, std::int64_t size, std::int64_t kernel, std::int64_t stride,
                  std::int64_t dilation) -> std::int64_t {
    constexpr std::int64_t most = 1 << 20;
    for (const auto value : {kernel, stride, dilation})
        if (value < 1 || value > most)
            step.refuse(text("has a window of ", kernel, " pixels, stride ", stride, ", dilation ", dilation, "; the file is damaged"));
    const std::int64_t extent = (kernel - 1) * dilation + 1;
    if (padding == tflite::Padding::SAME) return (size + stride - 1) / stride;
    if (extent > size)
        step.refuse(text("has a window of ", extent, " pixels on an axis of ", size, "; the model was made for a larger input"));
    return (size - extent) / stride + 1;
}

}  // namespace mdl::tool::tflite_reader
