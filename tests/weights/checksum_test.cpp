// mdl: tests of the checksum.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <mdl/weights/checksum.hpp>

namespace {

using mdl::weights::checksum;

auto of_text(std::string_view text) -> std::uint64_t {
    return checksum(std::as_bytes(std::span(text.data(), text.size())));
}

constexpr auto pattern_checksum(std::size_t size) -> std::uint64_t {
    std::byte bytes[64]{};
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + 3);
    return checksum({bytes, size});
}

auto pattern(std::size_t size) -> std::vector<std::byte> {
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + 3);
    return bytes;
}

// All values from XXH64 of libxxhash 0.8.1, seed 0.
TEST_CASE("the checksum is XXH64 as the reference library computes it") {
    CHECK(checksum({}) == 0xef46db3751d8e999u);
    CHECK(of_text("a") == 0xd24ec4f1a98c6e5bu);
    CHECK(of_text("abc") == 0x44bc2cf5ad770999u);
    CHECK(of_text("MDLW") == 0x545d0a43bf81d221u);
    // Every path: with and without blocks of 32, of 8, of 4, and single bytes. Byte i is 7 i + 3.
    for (const auto& [size, expected] : {std::pair<std::size_t, std::uint64_t>{1, 0x1f25c8d0bc1f4bb6u}, {3, 0x31d2363f52e564c9u},
                                         {4, 0x9bb64b7d66ee9fdau}, {7, 0x9a7b149959ce60d8u}, {8, 0xdab99d95c6f90092u},
                                         {12, 0xd52e407833af5133u}, {31, 0xa2aa5f33cc4a6119u}, {32, 0x23c3c17ef790fd97u},
                                         {33, 0x50a7cfc7ba588784u}, {39, 0x880bbeea606e4b37u}, {63, 0x5e3e54b431c7493cu},
                                         {64, 0x0eb64b3ef6eeb01fu}, {100, 0xa61f8d4c170fe531u}, {1000, 0x5f235fa033f1a3fbu}})
        CHECK(checksum(pattern(size)) == expected);
}

TEST_CASE("compiled and running, the checksum is the same") {
    static_assert(pattern_checksum(63) == 0x5e3e54b431c7493cu);
    CHECK(pattern_checksum(63) == 0x5e3e54b431c7493cu);
}

TEST_CASE("the checksum does not depend on where the bytes lie") {
    const auto bytes = pattern(100);
    for (std::size_t shift = 0; shift < 9; ++shift) {
        std::vector<std::byte> moved(shift);
        moved.insert(moved.end(), bytes.begin(), bytes.end());
        CHECK(checksum(std::span(moved).subspan(shift)) == checksum(bytes));
    }
}

TEST_CASE("every single flipped bit changes the checksum") {
    for (const std::size_t size : {1u, 5u, 40u, 129u}) {
        auto bytes = pattern(size);
        const auto before = checksum(bytes);
        int unseen = 0;
        for (std::size_t bit = 0; bit < size * 8; ++bit) {
            bytes[bit / 8] ^= std::byte{1} << (bit % 8);
            unseen += checksum(bytes) == before;
            bytes[bit / 8] ^= std::byte{1} << (bit % 8);
        }
        CHECK(unseen == 0);
    }
}

// A sum of words without rotation lets two flips of the top bit cancel out.
TEST_CASE("flips of the top bits of two words do not cancel out") {
    auto bytes = pattern(256);
    const auto before = checksum(bytes);
    int unseen = 0;
    for (std::size_t a = 7; a < bytes.size(); a += 8)
        for (std::size_t b = a + 8; b < bytes.size(); b += 8) {
            bytes[a] ^= std::byte{0x80};
            bytes[b] ^= std::byte{0x80};
            unseen += checksum(bytes) == before;
            bytes[a] ^= std::byte{0x80};
            bytes[b] ^= std::byte{0x80};
        }
    CHECK(unseen == 0);
}

}  // namespace
