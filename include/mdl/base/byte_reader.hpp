// mdl: reads little-endian numbers out of bytes that nobody vouches for.
// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include <mdl/base/config.hpp>

namespace mdl {
inline namespace MDL_ISA {

/// Reads an unsigned integer that lies at `at` with its lowest byte first, at any alignment.
template <class Unsigned>
    requires std::is_unsigned_v<Unsigned>
constexpr auto load_little(const std::byte* at) noexcept -> Unsigned {
    if (!std::is_constant_evaluated() && std::endian::native == std::endian::little) {
        Unsigned value;  // one load instruction; the loop below is merged into one by Clang only
        std::memcpy(&value, at, sizeof value);
        return value;
    }
    Unsigned value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i)
        value = static_cast<Unsigned>(value | static_cast<Unsigned>(static_cast<Unsigned>(at[i]) << (8 * i)));
    return value;
}

/// Walks over bytes and never leaves them. A read that would is answered with zero or nothing, and from then on `ok()` is
/// false and every read fails: a whole record is read first and checked once.
class ByteReader {
public:
    constexpr explicit ByteReader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}

    /// The next unsigned integer. (Stands before its users: Clang 14 evaluates them while compiling only so.)
    template <class Unsigned>
    constexpr auto number() noexcept -> Unsigned {
        const auto taken = bytes(sizeof(Unsigned));
        return taken.empty() ? Unsigned{} : load_little<Unsigned>(taken.data());
    }
    constexpr auto u8() noexcept -> std::uint8_t { return number<std::uint8_t>(); }
    constexpr auto u16() noexcept -> std::uint16_t { return number<std::uint16_t>(); }
    constexpr auto u32() noexcept -> std::uint32_t { return number<std::uint32_t>(); }
    constexpr auto u64() noexcept -> std::uint64_t { return number<std::uint64_t>(); }
    constexpr auto f32() noexcept -> float { return std::bit_cast<float>(u32()); }

    /// The next `size` bytes; takes 64 bits so that a size out of a file needs no check before.
    constexpr auto bytes(std::uint64_t size) noexcept -> std::span<const std::byte> {
        if (!ok_ || size > bytes_.size() - at_) {
            ok_ = false;
            return {};
        }
        const auto taken = bytes_.subspan(at_, static_cast<std::size_t>(size));
        at_ += taken.size();
        return taken;
    }
    constexpr void skip(std::uint64_t size) noexcept { static_cast<void>(bytes(size)); }
    auto text(std::uint64_t size) noexcept -> std::string_view {
        const auto taken = bytes(size);
        return {reinterpret_cast<const char*>(taken.data()), taken.size()};
    }

    constexpr auto ok() const noexcept -> bool { return ok_; }
    constexpr auto position() const noexcept -> std::size_t { return at_; }
    constexpr auto remaining() const noexcept -> std::size_t { return bytes_.size() - at_; }

private:
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

}  // namespace MDL_ISA
}  // namespace mdl
