// mdl: the checksum of everything in a weights file: XXH64 with seed 0.
// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include <mdl/base/byte_reader.hpp>
#include <mdl/base/config.hpp>

namespace mdl::weights {
inline namespace MDL_ISA {

namespace detail {

inline constexpr std::uint64_t xxh_prime1 = 0x9e3779b185ebca87u;
inline constexpr std::uint64_t xxh_prime2 = 0xc2b2ae3d27d4eb4fu;
inline constexpr std::uint64_t xxh_prime3 = 0x165667b19e3779f9u;
inline constexpr std::uint64_t xxh_prime4 = 0x85ebca77c2b2ae63u;
inline constexpr std::uint64_t xxh_prime5 = 0x27d4eb2f165667c5u;

constexpr auto xxh_round(std::uint64_t sum, std::uint64_t word) noexcept -> std::uint64_t {
    return std::rotl(sum + word * xxh_prime2, 31) * xxh_prime1;
}

}  // namespace detail

/// XXH64, seed 0: every step is a bijection of its word, so a change within one word never goes unseen, and any other damage
/// does with a chance of 2^-64. Four independent sums keep the multiplier busy; where 64-bit multiplies are fast it runs at the
/// memory's speed.  Source: Collet, xxHash specification 0.1.1, "XXH64 algorithm description".
[[gnu::noinline]] constexpr auto checksum(std::span<const std::byte> bytes) noexcept -> std::uint64_t {
    using namespace detail;
    const std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    std::uint64_t hash = xxh_prime5;
    if (left >= 32) {
        std::uint64_t a = xxh_prime1 + xxh_prime2, b = xxh_prime2, c = 0, d = 0 - xxh_prime1;
        for (; left >= 32; at += 32, left -= 32) {
            a = xxh_round(a, load_little<std::uint64_t>(at));
            b = xxh_round(b, load_little<std::uint64_t>(at + 8));
            c = xxh_round(c, load_little<std::uint64_t>(at + 16));
            d = xxh_round(d, load_little<std::uint64_t>(at + 24));
        }
        hash = std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
        for (const std::uint64_t sum : {a, b, c, d}) hash = (hash ^ xxh_round(0, sum)) * xxh_prime1 + xxh_prime4;
    }
    hash += bytes.size();
    for (; left >= 8; at += 8, left -= 8)
        hash = std::rotl(hash ^ xxh_round(0, load_little<std::uint64_t>(at)), 27) * xxh_prime1 + xxh_prime4;
    if (left >= 4) {
        hash = std::rotl(hash ^ load_little<std::uint32_t>(at) * xxh_prime1, 23) * xxh_prime2 + xxh_prime3;
        at += 4;
        left -= 4;
    }
    for (; left > 0; ++at, --left) hash = std::rotl(hash ^ static_cast<std::uint64_t>(*at) * xxh_prime5, 11) * xxh_prime1;
    hash = (hash ^ hash >> 33) * xxh_prime2;
    hash = (hash ^ hash >> 29) * xxh_prime3;
    return hash ^ hash >> 32;
}

}  // namespace MDL_ISA
}  // namespace mdl::weights
