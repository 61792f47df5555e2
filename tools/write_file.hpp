// mdl: files that commands write.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <mdl/weights/atomic_file.hpp>

namespace mdl::tool {

/// A file that stays as it was until all of its new content is there. Made before the content is, so that a wrong path is told at once.
/// Throws Failure.
class OutputFile {
public:
    explicit OutputFile(const std::string& path);
    void write(std::string_view content);

private:
    weights::AtomicFile file_;
};

}  // namespace mdl::tool
