// mdl: raw tensors and photos.
// SPDX-License-Identifier: MIT
#include "commands/read_input.hpp"

#include <cstdint>
#include <fstream>

#include "failure.hpp"
#include "image/image.hpp"
#include "network.hpp"

namespace mdl::tool {

namespace {

/// Rows, columns and channels of an input that can take a photo, and where its channels lie.
struct PhotoInput {
    int height = 0, width = 0, channels = 0;
    bool interleaved = false;
};

/// Where a photo's channels lie in a tensor; 0: it takes none.
auto channel_axis(const Shape& s) -> int {
    for (const int axis : {1, 3})
        if (s.rank == 4 && s[0] == 1 && (s[axis] == 1 || s[axis] == 3)) return axis;
    return 0;
}

auto photo_input(const InputLayout& layout, const std::string& name) -> PhotoInput {
    const Shape& s = layout.shape;
    if (const int axis = channel_axis(s); axis == 1) return {s[2], s[3], s[1], layout.interleaved};
    else if (axis == 3) return {s[1], s[2], s[3], true};
    fail(Exit::usage, "input '", name, "' of shape ", to_text(s), " takes no photo; give raw float32 values");
}

void read_photo(const std::filesystem::path& file, const std::string& name, const InputLayout& layout,
                const Preprocessing& preprocessing, std::span<float> out) {
    const PhotoInput input = photo_input(layout, name);
    const Image image = load_image(file);
    const ImageSize size = preprocessed_size({image.height, image.width}, preprocessing);
    if (!(size == ImageSize{input.height, input.width}))
        fail(Exit::usage, "'", file.string(), "' has ", image.height, " rows of ", image.width, " and becomes ", size.height,
             " rows of ", size.width, "; input '", name, "' takes ", input.height, " rows of ", input.width, ": add ",
             input.height == input.width ? text("--resize ", input.height, " --crop ", input.height)
                                         : std::string("a photo of that size"));
    std::vector<float> planes(out.size());
    if (const auto done = preprocess(image.view(), preprocessing, planes); !done)
        fail(Exit::usage, "'", file.string(), "': ", done.error().message());
    const auto channels = static_cast<std::size_t>(input.channels), area = planes.size() / channels;
    for (std::size_t c = 0; c < channels; ++c)
        for (std::size_t i = 0; i < area; ++i) out[input.interleaved ? i * channels + c : c * area + i] = planes[c * area + i];
}

}  // namespace

auto photo_channels(const Shape& shape) -> int {
    const int axis = channel_axis(shape);
    return axis == 0 ? 0 : shape[axis];
}

void read_input(const std::filesystem::path& file, const std::string& name, const InputLayout& layout,
                const Preprocessing& preprocessing, std::span<float> out) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    const bool raw = !error && size == out.size_bytes();
    if (!raw && is_image(file)) return read_photo(file, name, layout, preprocessing, out);
    if (!raw)
        fail(Exit::usage, "'", file.string(), "' has ", error ? 0 : size, " bytes and is no JPEG, PNG or PPM; input '", name,
             "' of shape ", to_text(layout.shape), " takes ", out.size_bytes(), " bytes of float32, or a photo");
    std::ifstream stream(file, std::ios::binary);
    if (!stream.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size_bytes())))
        fail(Exit::io, "cannot read '", file.string(), "'");
}

auto random_input(std::size_t count) -> std::vector<float> {
    std::vector<float> values(count);
    std::uint32_t state = 1;
    for (float& value : values) {
        state = state * 1664525u + 1013904223u;
        value = static_cast<float>(state >> 8) / static_cast<float>(1 << 23) - 1;
    }
    return values;
}

}  // namespace mdl::tool
