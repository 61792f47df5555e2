// mdl: what a weights file says besides the weights: preprocessing and the rows of the graph's table.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include <mdl/base/config.hpp>
#include <mdl/tensor/operation.hpp>
#include <mdl/tensor/preprocess.hpp>
#include <mdl/tensor/shape.hpp>

namespace mdl::weights {
inline namespace MDL_ISA {

using mdl::max_image_side;
using mdl::Preprocessing;

/// The number of a pixel order in a file, fixed for ever.
constexpr auto stored_order(PixelOrder order) noexcept -> std::uint32_t {
    switch (order) {
        case PixelOrder::any: return 0;
        case PixelOrder::rgb: return 1;
        case PixelOrder::bgr: return 2;
        case PixelOrder::rgba: return 3;
        case PixelOrder::grey: return 4;
    }
    return 0;
}

/// Can this be stored and followed? Order is any, rgb or bgr, sizes and counts are within their limits, numbers are finite.
constexpr auto is_valid(const Preprocessing& p) noexcept -> bool {
    const auto side = [](int n) { return n >= 0 && n <= max_image_side; };
    const auto numbers = [](int count, const float* values) {
        if (count < 0 || count > 4) return false;
        for (int i = 0; i < count; ++i)
            if (!(values[i] - values[i] == 0.0f)) return false;  // infinities and NaN give NaN
        return true;
    };
    const bool order = p.order == PixelOrder::any || p.order == PixelOrder::rgb || p.order == PixelOrder::bgr;
    return order && side(p.resize) && side(p.crop) && numbers(p.mean_count, p.mean) && numbers(p.scale_count, p.scale);
}

/// One row of the graph's table: an operator of the network as written, with its output.
struct NodeInfo {
    std::string_view name{};       ///< ONNX's name of the node, or the layer's number as text
    std::string_view operation{};  ///< what a person calls it: "Conv 3x3/2, Relu"
    Shape shape{};                 ///< of the output
    std::int64_t macs = 0;
    std::int64_t parameters = 0;   ///< learned numbers
    int first_weight = 0;          ///< its tensors in the file: first_weight to first_weight + weight_count - 1
    int weight_count = 0;
};

}  // namespace MDL_ISA
}  // namespace mdl::weights
