// mdl: decoding of photos.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <vector>

#include <mdl/tensor/preprocess.hpp>

namespace mdl::tool {

struct Image {
    std::vector<std::uint8_t> pixels{};
    int height = 0, width = 0, channels = 0;

    auto view() const -> ImageView { return {pixels.data(), height, width, channels, PixelOrder::rgb, 0}; }
};

/// Whether the file's first bytes are those of a JPEG, PNG or binary PPM or PGM.
auto is_image(const std::filesystem::path& path) -> bool;

/// Decodes a JPEG, PNG or PPM. Throws Failure.
auto load_image(const std::filesystem::path& path) -> Image;

}  // namespace mdl::tool
