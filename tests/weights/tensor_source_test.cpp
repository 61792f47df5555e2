// mdl: tests of pulling tensors from a weights file.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

#include <mdl/base/aligned_buffer.hpp>
#include <mdl/weights/tensor_source.hpp>
#include <weights/damage.hpp>
#include <weights/sample_file.hpp>

namespace {

using namespace mdl::weights;
using mdl::Errc;

auto has(const mdl::Error& error, std::string_view words) -> bool { return error.message().find(words) != std::string_view::npos; }

auto equals_sample(std::span<const float> pulled, std::size_t tensor) -> bool {
    const auto wanted = sample::values(tensor);
    return std::vector<float>(pulled.begin(), pulled.end()) == wanted;
}

TEST_CASE("pulling gives every tensor's floats, at any alignment of the file in memory") {
    const auto bytes = sample::bytes();
    auto buffer = mdl::AlignedBuffer::create(bytes.size() + 64);
    if (!buffer) return;
    for (std::size_t shift = 0; shift < 9; ++shift) {
        const auto moved = buffer->bytes().subspan(shift, bytes.size());
        std::memcpy(moved.data(), bytes.data(), bytes.size());
        const auto file = File::open(moved);
        CHECK(file.has_value());
        if (!file) return;
        FileSource source(*file);
        for (int i = 0; i < file->tensor_count(); ++i) {
            const auto pulled = source.tensor(i, sample::shapes[static_cast<std::size_t>(i)]);
            CHECK(pulled.has_value());
            if (!pulled) return;
            CHECK(reinterpret_cast<std::uintptr_t>(pulled->data()) % alignof(float) == 0);
            CHECK(equals_sample(*pulled, static_cast<std::size_t>(i)));
            // Read in place wherever a float may lie, 64-byte aligned where the file is.
            const auto* const in_place = file->tensor(i).bytes.data();
            CHECK((std::as_bytes(*pulled).data() == in_place) == (shift % alignof(float) == 0));
            if (shift == 0) CHECK(reinterpret_cast<std::uintptr_t>(pulled->data()) % 64 == 0);
        }
    }
}

TEST_CASE("the file of another network is refused with both names and both fingerprints") {
    const auto bytes = sample::bytes();
    const auto file = File::open(bytes);
    if (!file) return;
    const FileSource source(*file);
    CHECK(source.check_network(sample::fingerprint, "Sample").has_value());
    const auto other = source.check_network(0xfedcba9876543210u, "Squeeze");
    CHECK_FALSE(other.has_value());
    CHECK(other.error().code() == Errc::wrong_network);
    CHECK(other.error().message() ==
          "the weights file is for network Sample (0123456789abcdef), the program was built for Squeeze (fedcba9876543210); "
          "convert the model again or use the file that was written beside this network");
    // Even with long names the remedy is not cut off.
    const auto longest = source.check_network(1, std::string_view("a_very_long_network_name_that_somebody_took_from_a_file_name_of_theirs"));
    CHECK(has(longest.error(), "written beside this network"));
}

TEST_CASE("a tensor that the file lacks, or that has another shape, is refused by number or name") {
    const auto bytes = sample::bytes();
    const auto file = File::open(bytes);
    if (!file) return;
    FileSource source(*file);
    for (const int index : {-1, 4}) {
        const auto none = source.tensor(index, {7, 3});
        CHECK_FALSE(none.has_value());
        if (none) return;
        CHECK(none.error().code() == Errc::missing_tensor);
        CHECK(has(none.error(), "7x3"));
    }
    for (const mdl::Shape& shape : {mdl::Shape{4, 1, 3}, mdl::Shape{4, 1, 9, 1}, mdl::Shape{36}, mdl::Shape{4, 1, 3, 3, 1}}) {
        const auto other = source.tensor(0, shape);
        CHECK_FALSE(other.has_value());
        if (other) return;
        CHECK(other.error().code() == Errc::wrong_tensor);
        CHECK(has(other.error(), "\"conv1.weight\" has shape 4x1x3x3"));
    }
}

TEST_CASE("one flipped bit in a tensor refuses that tensor and no other") {
    auto bytes = sample::bytes();
    const auto file = File::open(bytes);
    if (!file) return;
    const auto damaged = file->tensor(2).bytes;
    bytes[static_cast<std::size_t>(damaged.data() - bytes.data()) + 1000] ^= std::byte{4};
    FileSource source(*file);
    const auto pulled = source.tensor(2, sample::shapes[2]);
    CHECK_FALSE(pulled.has_value());
    if (pulled) return;
    CHECK(pulled.error().code() == Errc::corrupt);
    CHECK(has(pulled.error(), sample::names[2]));
    CHECK(source.tensor(1, sample::shapes[1]).has_value());
}

TEST_CASE("an encoding and an element type that have no decoder are refused by name") {
    Writer out(1, "Net");
    const std::vector<std::byte> coded(5);
    if (!out.add_stored("coded", {10}, StoredElement::f32, "codebook", coded)) return;
    if (!out.add_stored("half", {2}, StoredElement::f16, "raw", std::span(coded).first(4))) return;
    const auto bytes = out.bytes();
    if (!bytes) return;
    const auto file = File::open(*bytes);
    CHECK(file.has_value());
    if (!file) return;
    FileSource source(*file);
    const auto first = source.tensor(0, {10});
    const auto second = source.tensor(1, {2});
    CHECK_FALSE((first.has_value() || second.has_value()));
    if (first || second) return;
    CHECK(first.error().code() == Errc::unsupported_encoding);
    CHECK(has(first.error(), "\"coded\" is encoded as codebook"));
    CHECK(second.error().code() == Errc::unsupported_encoding);
    CHECK(has(second.error(), "type f16"));
}

TEST_CASE("a size that does not fit the shape is refused even when every checksum is right") {
    const auto good = sample::bytes();
    for (const std::uint64_t size : {0u, 140u, 143u, 145u, 148u}) {
        const auto bytes = damage::edited(good, damage::tensor_table() + tensor_at::size, size);
        const auto file = File::open(bytes);
        if (!file) continue;
        const auto pulled = FileSource(*file).tensor(0, sample::shapes[0]);
        CHECK_FALSE(pulled.has_value());
        if (!pulled) CHECK(has(pulled.error(), "another number of bytes"));
    }
}

}  // namespace
