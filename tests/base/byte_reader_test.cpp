// mdl: tests of ByteReader.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include <mdl/base/byte_reader.hpp>

namespace {

using mdl::ByteReader;
using mdl::load_little;

constexpr std::array<std::byte, 9> sample{std::byte{0x01}, std::byte{0x02}, std::byte{0x83}, std::byte{0x04}, std::byte{0x05},
                                          std::byte{0x06}, std::byte{0x07}, std::byte{0xf8}, std::byte{0x41}};

TEST_CASE("numbers are read with their lowest byte first, at any alignment, compiled or running") {
    static_assert(load_little<std::uint8_t>(sample.data()) == 0x01);
    static_assert(load_little<std::uint16_t>(sample.data()) == 0x0201);
    static_assert(load_little<std::uint32_t>(sample.data() + 1) == 0x05048302u);
    static_assert(load_little<std::uint64_t>(sample.data()) == 0xf807060504830201u);
    CHECK(load_little<std::uint16_t>(sample.data() + 1) == 0x8302);
    CHECK(load_little<std::uint32_t>(sample.data() + 1) == 0x05048302u);
    CHECK(load_little<std::uint64_t>(sample.data() + 1) == 0x41f8070605048302u);
}

TEST_CASE("a reader walks field by field") {
    ByteReader in(sample);
    CHECK(in.u8() == 0x01);
    CHECK(in.u16() == 0x8302);
    CHECK(in.position() == 3);
    in.skip(2);
    CHECK(in.u32() == 0x41f80706u);
    CHECK(in.remaining() == 0);
    CHECK(in.ok());
}

TEST_CASE("a reader gives floats bit by bit") {
    constexpr std::array one{std::byte{0}, std::byte{0}, std::byte{0x80}, std::byte{0x3f}};
    static_assert(ByteReader(one).f32() == 1.0f);
    CHECK(ByteReader(one).f32() == 1.0f);
}

TEST_CASE("a read beyond the end gives zero and every read after it fails") {
    ByteReader in{std::span(sample).first(3)};
    CHECK(in.u16() == 0x0201);
    CHECK(in.u16() == 0);
    CHECK_FALSE(in.ok());
    CHECK(in.u8() == 0);  // one byte is left, but the record is broken
    CHECK(in.text(1).empty());
    CHECK_FALSE(in.ok());
}

TEST_CASE("no size from a file overflows the bounds check") {
    for (const std::uint64_t size : {std::uint64_t{10}, std::uint64_t{1} << 32, std::numeric_limits<std::uint64_t>::max()}) {
        ByteReader in(sample);
        in.skip(1);
        CHECK(in.bytes(size).empty());
        CHECK_FALSE(in.ok());
        CHECK(in.position() == 1);
    }
}

TEST_CASE("reading nothing of nothing succeeds") {
    ByteReader in({});
    CHECK(in.bytes(0).empty());
    CHECK(in.ok());
    CHECK(in.u8() == 0);
    CHECK_FALSE(in.ok());
}

}  // namespace
