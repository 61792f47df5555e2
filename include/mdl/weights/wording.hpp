// mdl: shapes, fingerprints and names as they stand in messages; no heap.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mdl/base/config.hpp>
#include <mdl/tensor/shape.hpp>

namespace mdl::weights {
inline namespace MDL_ISA {

// Cold and never inlined: errors are rare, and inlined into each of them this text-making was 12 KB with Clang at -O3.

/// A shape as text: "16x3x5x5"; "scalar" for rank 0.
class ShapeText {
public:
    [[gnu::noinline, gnu::cold]] constexpr explicit ShapeText(const Shape& shape) noexcept {
        for (int axis = 0; axis < shape.rank; ++axis) {
            if (axis > 0) text_[size_++] = 'x';
            char digits[10]{};
            int n = 0;
            auto rest = static_cast<unsigned>(shape.dims[axis] < 0 ? 0 : shape.dims[axis]);
            do digits[n++] = static_cast<char>('0' + rest % 10);
            while ((rest /= 10) != 0);
            while (n > 0) text_[size_++] = digits[--n];
        }
    }
    constexpr auto view() const noexcept -> std::string_view { return size_ == 0 ? "scalar" : std::string_view(text_, size_); }

private:
    char text_[max_rank * 11]{};
    std::size_t size_ = 0;
};

/// A fingerprint as text: 16 hexadecimal digits.
class HexText {
public:
    [[gnu::noinline, gnu::cold]] constexpr explicit HexText(std::uint64_t number) noexcept {
        for (int i = 15; i >= 0; --i, number >>= 4) text_[i] = "0123456789abcdef"[number & 15];
    }
    constexpr auto view() const noexcept -> std::string_view { return {text_, sizeof text_}; }

private:
    char text_[16]{};
};

/// The end of a name that is too long for a message: what tells layers apart stands at the end.
[[gnu::noinline, gnu::cold]] constexpr auto short_name(std::string_view name, std::size_t most = 60) noexcept -> std::string_view {
    if (name.size() <= most) return name;
    name.remove_prefix(name.size() - most);
    // Never begin within a character of UTF-8.
    while (!name.empty() && (static_cast<unsigned char>(name.front()) & 0xc0) == 0x80) name.remove_prefix(1);
    return name;
}

}  // namespace MDL_ISA
}  // namespace mdl::weights
