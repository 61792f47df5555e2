// mdl: tests of mapping a weights file and pulling from it.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include <mdl/weights/mapped_file.hpp>
#include <mdl/weights/mapped_source.hpp>
#include <weights/sample_file.hpp>
#include <weights/temporary_folder.hpp>

namespace {

using namespace mdl::weights;
using mdl::Errc;

auto refused(const std::string& path, Errc code, std::string_view words) -> bool {
    const auto mapped = MappedFile::open(path.c_str());
    return !mapped && mapped.error().code() == code && mapped.error().message().find(words) != std::string_view::npos;
}

TEST_CASE("a missing file, a folder, a pipe and an empty file are refused, each with its reason and its path") {
    const TemporaryFolder folder;
    CHECK(refused(folder / "none.mdlw", Errc::cannot_open, "there is no file"));
    CHECK(refused(folder / "none.mdlw", Errc::cannot_open, "none.mdlw"));
    CHECK(refused(folder.path(), Errc::cannot_open, "is a folder"));
    CHECK(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK(refused(folder / "pipe", Errc::cannot_open, "not a regular file"));
    if (std::FILE* const file = std::fopen((folder / "empty").c_str(), "wb")) std::fclose(file);
    CHECK(refused(folder / "empty", Errc::not_a_weights_file, "is empty"));
    CHECK(refused((folder / "empty") + "/a", Errc::cannot_open, "there is no file"));
}

TEST_CASE("a mapping moves and outlives the name of its file") {
    const TemporaryFolder folder;
    const std::string path = folder / "net.mdlw";
    if (!sample::writer().write(path)) return;
    auto mapped = MappedFile::open(path.c_str());
    CHECK(mapped.has_value());
    if (!mapped) return;
    MappedFile moved(std::move(*mapped));
    CHECK(mapped->bytes().empty());
    CHECK(std::remove(path.c_str()) == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(moved.bytes().data()) % 64 == 0);
    CHECK(std::vector<std::byte>(moved.bytes().begin(), moved.bytes().end()) == sample::bytes());
}

TEST_CASE("a mapped source gives every tensor, moves, and refuses what is no weights file") {
    const TemporaryFolder folder;
    const std::string path = folder / "net.mdlw";
    if (!sample::writer().write(path)) return;
    auto opened = MappedSource::open(path.c_str());
    CHECK(opened.has_value());
    if (!opened) return;
    MappedSource source(std::move(*opened));
    CHECK(source.check_network(sample::fingerprint, "Sample").has_value());
    CHECK_FALSE(source.check_network(1, "Other").has_value());
    for (int round = 0; round < 2; ++round)  // released pages come back from the file
        for (std::size_t t = 0; t < sample::shapes.size(); ++t) {
            const auto pulled = source.tensor(static_cast<int>(t), sample::shapes[t]);
            CHECK(pulled.has_value());
            if (pulled) CHECK(std::vector<float>(pulled->begin(), pulled->end()) == sample::values(t));
        }
    if (std::FILE* const file = std::fopen((folder / "text").c_str(), "wb")) {
        std::fputs("hello", file);
        std::fclose(file);
    }
    const auto text = MappedSource::open((folder / "text").c_str());
    CHECK_FALSE(text.has_value());
    if (!text) CHECK(text.error().code() == Errc::not_a_weights_file);
}

/// Resident kilobytes of this process that come from files.
auto resident_file_kilobytes() -> long {
    long kilobytes = -1;
    if (std::FILE* const status = std::fopen("/proc/self/status", "r")) {
        char line[200];
        while (std::fgets(line, sizeof line, status) != nullptr)
            if (std::sscanf(line, "RssFile: %ld kB", &kilobytes) == 1) break;
        std::fclose(status);
    }
    return kilobytes;
}

TEST_CASE("plain tensors behind the packer do not stay in memory") {
    const TemporaryFolder folder;
    const std::string path = folder / "net.mdlw";
    Writer out(1, "Large");
    constexpr int tensors = 8, megabytes = 4;
    const mdl::Shape shape{megabytes << 18};
    for (int t = 0; t < tensors; ++t)
        if (!out.add_tensor("t" + std::to_string(t), shape, std::vector<float>(static_cast<std::size_t>(shape.count()), 1.0f))) return;
    if (!out.write(path)) return;
    auto source = MappedSource::open(path.c_str());
    const long before = resident_file_kilobytes();
    if (!source || before < 0) return;
    long most = 0;
    float sum = 0;
    for (int t = 0; t < tensors; ++t) {
        const auto pulled = source->tensor(t, shape);
        CHECK(pulled.has_value());
        if (!pulled) return;
        sum += pulled->back();
        const long now = resident_file_kilobytes() - before;
        most = now > most ? now : most;
    }
    CHECK(sum == 8.0f);
    CHECK(most >= megabytes * 1024 - 64);
    CHECK(most <= 2 * megabytes * 1024 + 1024);  // one tensor and what the kernel reads ahead; not all 32 MB
}

}  // namespace
