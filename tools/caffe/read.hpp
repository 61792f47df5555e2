// mdl: Caffe nets from their files.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "caffe/translate.hpp"

namespace mdl::tool {

/// The two files of a net; either may be missing.
struct CaffeFiles {
    std::filesystem::path prototxt{}, caffemodel{};
};

/// Finds what belongs to the file that the user named: a prototxt's weights are `weights` or lie beside it as STEM.caffemodel; a
/// caffemodel's description lies beside it as STEM.prototxt.
auto find_caffe_files(const std::filesystem::path& named, const std::filesystem::path& weights) -> CaffeFiles;

/// Reads and translates. A caffemodel without prototxt is converted from the description that it holds. Throws Failure.
auto read_caffe(const CaffeFiles& files, const CaffeOptions& options) -> TranslatedNet;

}  // namespace mdl::tool
