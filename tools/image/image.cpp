// mdl: photos through stb_image, which reads JPEG, PNG and PPM.
// SPDX-License-Identifier: MIT
#include "image/image.hpp"

#include <cstring>
#include <fstream>

#include "failure.hpp"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_PNM
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS 32768
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wsign-compare"
#if __has_include(<stb/stb_image.h>)
#include <stb/stb_image.h>
#else
#include <stb_image.h>
#endif
#pragma GCC diagnostic pop

namespace mdl::tool {

auto is_image(const std::filesystem::path& path) -> bool {
    char head[8]{};
    std::ifstream(path, std::ios::binary).read(head, sizeof head);
    const auto begins = [&](const char* bytes, std::size_t count) { return std::memcmp(head, bytes, count) == 0; };
    const bool netpbm = head[0] == 'P' && (head[1] == '5' || head[1] == '6') &&
                        (head[2] == '\n' || head[2] == ' ' || head[2] == '\r' || head[2] == '\t' || head[2] == '#');
    return begins("\xff\xd8\xff", 3) || begins("\x89PNG\r\n\x1a\n", 8) || netpbm;
}

auto load_image(const std::filesystem::path& path) -> Image {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) fail(Exit::io, "cannot open '", path.string(), "'; check the path");
    const std::vector<char> bytes{std::istreambuf_iterator<char>(stream), {}};
    Image image;
    auto* const decoded = stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(bytes.data()), static_cast<int>(bytes.size()),
                                                &image.width, &image.height, &image.channels, 0);
    if (decoded == nullptr)
        fail(Exit::bad_input, "'", path.string(), "' cannot be decoded (", stbi_failure_reason(),
             "); give a JPEG, PNG or binary PPM of 8 bits");
    const std::size_t area = static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
    const auto channels = static_cast<std::size_t>(image.channels);
    image.pixels.assign(decoded, decoded + area * channels);
    stbi_image_free(decoded);
    if (channels == 2) {  // grey and alpha
        for (std::size_t i = 0; i < area; ++i) image.pixels[i] = image.pixels[2 * i];
        image.pixels.resize(area);
        image.channels = 1;
    }
    return image;
}

}  // namespace mdl::tool
