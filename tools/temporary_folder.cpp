// mdl: making of temporary folders.
// SPDX-License-Identifier: MIT
#include "temporary_folder.hpp"

#include <cstdlib>
#include <string>
#include <system_error>

#include "failure.hpp"

namespace mdl::tool {

auto make_temporary_folder() -> std::filesystem::path {
    std::error_code error;
    const std::filesystem::path base = std::filesystem::temp_directory_path(error);
    if (error) {
        // The variables that the standard library reads, in its order.
        for (const char* name : {"TMPDIR", "TMP", "TEMP", "TEMPDIR"})
            if (const char* value = std::getenv(name); value != nullptr)
                fail(Exit::io, "the environment variable ", name, " names '", value,
                     "', which is no folder; set it to one that can be written, or unset it");
        fail(Exit::io, "there is no folder for temporary files; set TMPDIR to one that can be written");
    }
    std::string pattern = (base / "mdl-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
        fail(Exit::io, "cannot make a folder in '", base.string(), "'; set TMPDIR to one that can be written");
    return pattern;
}

}  // namespace mdl::tool
