// mdl: a string literal that can be a template argument.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mdl {

/// Text of N characters, terminating zero included: `Node<"conv1", ...>`.
template <std::size_t N>
struct FixedString {
    char text[N]{};

    constexpr FixedString(const char (&literal)[N]) noexcept {
        for (std::size_t i = 0; i < N; ++i) text[i] = literal[i];
    }
    constexpr auto view() const noexcept -> std::string_view { return {text, N - 1}; }
};

/// 64-bit FNV-1a of bytes, continued from `hash`.  Source: Fowler, Noll, Vo, draft-eastlake-fnv.
constexpr auto fnv1a(std::string_view bytes, std::uint64_t hash = 0xcbf29ce484222325u) noexcept -> std::uint64_t {
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

}  // namespace mdl
