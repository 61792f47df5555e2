// mdl: fills a network's input from a file.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <mdl/tensor/preprocess.hpp>
#include <mdl/tensor/shape.hpp>

namespace mdl::tool {

struct InputLayout {
    Shape shape{};             ///< logical: channels before rows for a feature map
    bool interleaved = false;  ///< in memory the channels of a pixel lie together
};

/// 1 or 3, or 0 where an input of this shape takes no photo.
auto photo_channels(const Shape& shape) -> int;

/// A photo goes through `preprocessing`; anything else must be raw float32 of the input's size. Throws Failure.
void read_input(const std::filesystem::path& file, const std::string& name, const InputLayout& layout,
                const Preprocessing& preprocessing, std::span<float> out);

/// Numbers from -1 to 1, the same in every run.
auto random_input(std::size_t count) -> std::vector<float>;

}  // namespace mdl::tool
