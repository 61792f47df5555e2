// mdl: reading of whole files.
// SPDX-License-Identifier: MIT
#include "read_file.hpp"

#include <fstream>
#include <iterator>

#include "failure.hpp"

namespace mdl::tool {

auto read_file(const std::filesystem::path& path, std::string_view what) -> std::string {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) fail(Exit::io, "'", path.string(), "' is a folder where ", what, " is expected");
    std::ifstream stream(path, std::ios::binary);
    if (!stream) fail(Exit::io, "cannot open '", path.string(), "'; check the path");
    std::string bytes;
    const auto size = std::filesystem::file_size(path, error);
    if (!error) bytes.reserve(static_cast<std::size_t>(size));
    bytes.assign(std::istreambuf_iterator<char>(stream), {});
    return bytes;
}

}  // namespace mdl::tool
