// mdl: writing of whole files.
// SPDX-License-Identifier: MIT
#include "write_file.hpp"

#include <span>
#include <utility>

#include "failure.hpp"

namespace mdl::tool {

namespace {

auto create(const std::string& path) -> weights::AtomicFile {
    auto file = weights::AtomicFile::create(path);
    if (!file) fail(Exit::io, file.error().message());
    return std::move(*file);
}

void check(const Result<void>& result) {
    if (!result) fail(Exit::io, result.error().message());
}

}  // namespace

OutputFile::OutputFile(const std::string& path) : file_(create(path)) {}

void OutputFile::write(std::string_view content) {
    check(file_.write(std::as_bytes(std::span(content))));
    check(file_.commit());
}

}  // namespace mdl::tool
