// mdl: a Caffe net as an ONNX model.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "caffe/parse.hpp"
#include "onnx.pb.h"

namespace mdl::tool {

/// The opset that the translation is written in.
inline constexpr int caffe_opset = 18;

struct CaffeOptions {
    std::map<std::string, std::vector<int>> shapes{};  ///< of inputs, before what the net says
    std::int64_t most_random = std::int64_t{1} << 29;  ///< weights made up for a net without a caffemodel
};

struct TranslatedNet {
    onnx::ModelProto model{};
    std::vector<std::string> notes{};  ///< for the user: what was left out or made up
};

/// Translates the layers of phase TEST. `weights` is the file with the trained numbers; without it they are those that the net
/// itself holds, or random. Throws Failure with Caffe's names.
auto translate_caffe(CaffeNet net, std::optional<CaffeNet> weights, const CaffeOptions& options = {}) -> TranslatedNet;

/// Does the net say the shape of an input?
auto has_input_shape(const caffe::NetParameter& net) -> bool;

}  // namespace mdl::tool
