// mdl: tests of writing a weights file.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mdl/weights/mapped_file.hpp>
#include <mdl/weights/reader.hpp>
#include <mdl/weights/writer.hpp>
#include <weights/sample_file.hpp>
#include <weights/temporary_folder.hpp>

namespace {

using namespace mdl::weights;
using mdl::Errc;

auto has(const mdl::Result<void>& result, Errc code, std::string_view words) -> bool {
    return !result && result.error().code() == code && result.error().message().find(words) != std::string_view::npos;
}

TEST_CASE("the same calls give the same bytes") { CHECK(sample::bytes() == sample::bytes()); }

TEST_CASE("a file on disk holds the bytes that the writer gives in memory") {
    const TemporaryFolder folder;
    const std::string path = folder / "net.mdlw";
    const auto written = sample::writer().write(path);
    CHECK(written.has_value());
    const auto mapped = MappedFile::open(path.c_str());
    CHECK(mapped.has_value());
    if (!mapped) return;
    const auto bytes = sample::bytes();
    CHECK(std::vector<std::byte>(mapped->bytes().begin(), mapped->bytes().end()) == bytes);
    CHECK(folder.file_count() == 1);  // nothing temporary stays
}

TEST_CASE("tensors that cannot be stored are refused by name") {
    Writer out(1, "Net");
    const std::vector<float> four(4);
    CHECK(out.add_tensor("a", {2, 2}, std::span(four)).has_value());
    CHECK(has(out.add_tensor("a", {2, 2}, std::span(four)), Errc::wrong_tensor, "two tensors are called \"a\""));
    CHECK(has(out.add_tensor("b", {3}, std::span(four)), Errc::wrong_tensor, "needs 12 bytes and was given 16"));
    CHECK(has(out.add_tensor("b", {4, 0}, std::span(four)), Errc::wrong_tensor, "4x0"));
    constexpr int most = std::numeric_limits<int>::max();
    CHECK(has(out.add_tensor("b", {most, most, most}, std::span(four)), Errc::wrong_tensor, "too large"));
    CHECK(has(out.add_tensor("", {4}, std::span(four)), Errc::wrong_tensor, "name"));
    CHECK(has(out.add_tensor("x\n", {4}, std::span(four)), Errc::wrong_tensor, "control characters"));
    CHECK(has(out.add_tensor(std::string(1025, 'x'), {4}, std::span(four)), Errc::wrong_tensor, "1024"));
    CHECK(has(out.add_stored("b", {4}, StoredElement::f32, "", {}), Errc::wrong_tensor, "encoding"));
    CHECK(has(out.add_stored("b", {4}, StoredElement::f32, "ninechars", {}), Errc::wrong_tensor, "encoding"));
    // A refused tensor leaves nothing behind.
    const auto bytes = out.bytes();
    if (!bytes) return;
    const auto file = File::open(*bytes);
    CHECK((file && file->tensor_count() == 1));
}

TEST_CASE("sections have four characters and stand once") {
    Writer out(1, "Net");
    CHECK(out.add_section("CODE", false, {}).has_value());
    CHECK(has(out.add_section("CODE", false, {}), Errc::wrong_size, "already"));
    CHECK(has(out.add_section("TOOLONG", false, {}), Errc::wrong_size, "four characters"));
    CHECK(out.set_labels({}).has_value());
    CHECK(has(out.set_labels({}), Errc::wrong_size, "LABL already"));
}

TEST_CASE("a network name with control characters is refused when the file is made") {
    CHECK_FALSE(Writer(1, "a\x1b").bytes().has_value());
}

TEST_CASE("a file that cannot be made leaves the old one and no temporary one") {
    const TemporaryFolder folder;
    const std::string path = folder / "net.mdlw";
    if (!sample::writer().write(path)) return;
    CHECK_FALSE(Writer(1, "a\x1b").write(path).has_value());
    const auto mapped = MappedFile::open(path.c_str());
    CHECK((mapped && mapped->bytes().size() == sample::bytes().size()));
    CHECK(folder.file_count() == 1);
}

}  // namespace
