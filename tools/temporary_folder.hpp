// mdl: a folder for what lives as long as one command.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace mdl::tool {

/// An empty folder of its own below TMPDIR. Throws Failure that names the variable where it is wrong.
auto make_temporary_folder() -> std::filesystem::path;

}  // namespace mdl::tool
