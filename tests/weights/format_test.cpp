// mdl: tests that the file on disk is what docs/format.md says, byte for byte.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mdl/weights/checksum.hpp>
#include <mdl/weights/format.hpp>
#include <mdl/weights/writer.hpp>

namespace {

using namespace mdl::weights;

/// Two floats called "w" of a network called "Net", and one label.
auto tiny() -> std::vector<std::byte> {
    Writer out(0x1122334455667788u, "Net");
    const std::vector<std::string> labels{"cat"};
    if (!out.add_tensor("w", {2}, std::vector<float>{1.0f, -2.0f}) || !out.set_labels(labels)) return {};
    auto made = out.bytes();
    return made ? std::move(*made) : std::vector<std::byte>{};
}

/// Bytes as hexadecimal digits.
auto hex(std::span<const std::byte> bytes) -> std::string {
    std::string text;
    for (const std::byte b : bytes) {
        text += "0123456789abcdef"[static_cast<unsigned>(b) >> 4];
        text += "0123456789abcdef"[static_cast<unsigned>(b) & 15];
    }
    return text;
}

TEST_CASE("the header lies byte for byte as documented") {
    const auto file = tiny();
    CHECK(file.size() == 264);
    if (file.size() != 264) return;
    const std::span bytes(file);
    CHECK(hex(bytes.subspan(0, 4)) == "4d444c57");              // MDLW
    CHECK(hex(bytes.subspan(4, 4)) == "01004000");              // version 1, header of 64 bytes
    CHECK(hex(bytes.subspan(8, 8)) == "0801000000000000");      // 264 bytes
    CHECK(hex(bytes.subspan(16, 8)) == "8877665544332211");     // fingerprint
    CHECK(hex(bytes.subspan(24, 8)) == "0100000001000000");     // one tensor, one section
    CHECK(hex(bytes.subspan(32, 8)) == "6400000000000000");     // directory: 64 + 32 + "Net" + "w"
    CHECK(mdl::load_little<std::uint64_t>(&file[40]) == checksum(bytes.subspan(64, 100)));
    CHECK(hex(bytes.subspan(48, 8)) == "0000000003000000");     // no required features, name of 3 bytes
    CHECK(mdl::load_little<std::uint64_t>(&file[56]) == checksum(bytes.first(56)));
}

TEST_CASE("the tables and payloads lie byte for byte as documented") {
    const auto file = tiny();
    if (file.size() != 264) return;
    const std::span bytes(file);
    CHECK(hex(bytes.subspan(64, 8)) == "0300000001000101");      // name at 3, of 1 byte, f32, rank 1
    CHECK(hex(bytes.subspan(72, 24)) == "02000000" + std::string(40, '0'));
    CHECK(hex(bytes.subspan(96, 8)) == "7261770000000000");      // raw
    CHECK(hex(bytes.subspan(104, 8)) == "0001000000000000");     // at 256
    CHECK(hex(bytes.subspan(112, 8)) == "0800000000000000");     // 8 bytes
    CHECK(mdl::load_little<std::uint64_t>(&file[120]) == checksum(bytes.subspan(256, 8)));
    CHECK(hex(bytes.subspan(128, 8)) == "4c41424c00000000");     // LABL, not required
    CHECK(hex(bytes.subspan(136, 8)) == "c000000000000000");     // at 192
    CHECK(hex(bytes.subspan(144, 8)) == "0b00000000000000");     // 11 bytes
    CHECK(mdl::load_little<std::uint64_t>(&file[152]) == checksum(bytes.subspan(192, 11)));
    CHECK(hex(bytes.subspan(160, 4)) == "4e657477");             // Net, w
    CHECK(hex(bytes.subspan(164, 28)) == std::string(56, '0'));  // padding to 192
    CHECK(hex(bytes.subspan(192, 11)) == "0100000003000000636174");
    CHECK(hex(bytes.subspan(203, 53)) == std::string(106, '0'));
    CHECK(hex(bytes.subspan(256, 8)) == "0000803f000000c0");
}

TEST_CASE("the graph section lies byte for byte as documented") {
    GraphTableWriter table;
    const std::array inputs{0};
    if (!table.add({"x", "Input", {1, 3}}, {}) || !table.add({"d", "Dense", {1, 2}, 6, 8, 0, 2}, inputs) || !table.add_output(1)) return;
    const auto bytes = table.bytes();
    CHECK(bytes.size() == 16 + 2 * 80 + 4 + 4 + 12);
    if (bytes.size() != 196) return;
    const std::span all(bytes);
    CHECK(hex(all.subspan(0, 16)) == "02000000010000000100000000000000");  // 2 nodes, 1 edge, 1 output
    CHECK(hex(all.subspan(96, 32)) == "060000000100000007000000050000000000000001000000" "0000000002000000");
    CHECK(hex(all.subspan(128, 32)) == "020000000100000002000000" + std::string(40, '0'));
    CHECK(hex(all.subspan(160, 16)) == "06000000000000000800000000000000");
    CHECK(hex(all.subspan(176, 8)) == "0000000001000000");
    CHECK(hex(all.subspan(184, 12)) == "78496e70757464" "44656e7365");  // xInputdDense
}

TEST_CASE("the preprocessing section lies byte for byte as documented") {
    Preprocessing p;
    p.resize = 256;
    p.crop = 224;
    p.order = mdl::PixelOrder::bgr;
    p.mean_count = 1;
    p.scale_count = 2;
    p.mean[0] = 1.0f;
    p.scale[1] = -2.0f;
    const auto bytes = preprocessing_bytes(p);
    CHECK(bytes.has_value());
    if (!bytes) return;
    CHECK(hex(*bytes) == "00010000e0000000020000000100000002000000" "0000803f000000000000000000000000" "00000000000000c00000000000000000" +
                             std::string(24, '0'));
}

TEST_CASE("numbers that stand in files never change") {
    static_assert(static_cast<int>(StoredElement::f32) == 1 && static_cast<int>(StoredElement::f16) == 2);
    static_assert(static_cast<int>(StoredElement::u8) == 3 && static_cast<int>(StoredElement::i8) == 4);
    static_assert(stored_order(mdl::PixelOrder::any) == 0 && stored_order(mdl::PixelOrder::rgb) == 1);
    static_assert(stored_order(mdl::PixelOrder::bgr) == 2);
    CHECK(element_bytes(StoredElement::f32) == 4);
    CHECK(element_bytes(static_cast<StoredElement>(9)) == 0);
    CHECK(element_name(static_cast<StoredElement>(9)) == std::string_view("unknown"));
}

TEST_CASE("text with control characters is not printable and UTF-8 is") {
    static_assert(is_printable("conv/1:0 \xc3\xa9"));
    CHECK(is_printable(""));
    CHECK_FALSE(is_printable("\x1b[31m"));
    CHECK_FALSE(is_printable("a\nb"));
    CHECK_FALSE(is_printable(std::string_view("\x7f")));
}

}  // namespace
