// mdl: networks in the format of Baidu's Mobile Deep Learning of 2017: model.min.json, and data.min.bin with a byte a weight.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string_view>

#include "caffe/parse.hpp"

namespace mdl::tool {

/// Its layers are Caffe's, and so is the net that comes out, weights included. `weights`: where they do not lie in data.min.bin beside
/// the description. Throws Failure.
auto read_baidu(const std::filesystem::path& description, const std::filesystem::path& weights) -> CaffeNet;

/// The same from memory.
auto parse_baidu(std::string_view description, std::string_view weights) -> CaffeNet;

}  // namespace mdl::tool
