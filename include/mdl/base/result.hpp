// mdl: Result<T>, what a function returns when the outside world can break it.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

#include <mdl/base/config.hpp>

namespace mdl {

/// Everything that the outside world can do wrong.
enum class Errc : unsigned char {
    ok,
    cannot_open,           ///< the file does not exist or may not be read
    cannot_write,          ///< the file or its folder may not be written, or the disk is full
    not_a_weights_file,    ///< the first bytes are not those of an .mdlw file
    unsupported_version,   ///< written by a newer mdl
    truncated,             ///< the file ends before its table says
    corrupt,               ///< a checksum, an offset or a size is wrong
    wrong_network,         ///< the fingerprint is that of another network
    missing_tensor,        ///< the file lacks a tensor that the network needs
    wrong_tensor,          ///< a tensor has another shape or element type than the network needs
    unsupported_encoding,  ///< a tensor is encoded in a way that this program has no decoder for
    out_of_memory,         ///< an allocation at load failed
    wrong_size,            ///< a span of runtime extent has another size than the network needs
    misaligned,            ///< the arena does not begin on a 64-byte boundary
};

inline namespace MDL_ISA {

/// Appends to a text of `size` characters in room for `capacity`, terminating zero included; returns the new size. Never inlined
/// and cold: inside every error, these loops were half of the code that loads a network.
[[gnu::noinline, gnu::cold]] constexpr auto append_text(char* text, std::size_t size, std::size_t capacity, const char* part, std::size_t count) noexcept
    -> std::size_t {
    for (std::size_t i = 0; i < count && size + 1 < capacity; ++i) text[size++] = part[i];
    return size;
}
[[gnu::noinline, gnu::cold]] constexpr auto append_number(char* text, std::size_t size, std::size_t capacity, bool negative, unsigned long long rest) noexcept
    -> std::size_t {
    char digits[24]{};
    int n = 24;
    do {
        digits[--n] = static_cast<char>('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (negative) digits[--n] = '-';
    return append_text(text, size, capacity, &digits[n], static_cast<std::size_t>(24 - n));
}

}  // namespace MDL_ISA

/// What went wrong, with a sentence that names the thing and the remedy. Owns its text; never allocates. It is passed between
/// instruction sets: its own functions are always inlined, or the linker might keep the copy that this CPU cannot run.
class Error {
public:
    static constexpr std::size_t capacity = 240;

    MDL_ALWAYS_INLINE constexpr Error() noexcept = default;
    /// Concatenates the parts, cut at `capacity - 1` characters.
    template <class... Parts>
    MDL_ALWAYS_INLINE constexpr Error(Errc code, Parts... parts) noexcept : code_(code) {
        (append(parts), ...);
    }

    MDL_ALWAYS_INLINE constexpr auto code() const noexcept -> Errc { return code_; }
    MDL_ALWAYS_INLINE constexpr auto message() const noexcept -> std::string_view { return {text_, size_}; }
    /// Zero-terminated, for printf.
    MDL_ALWAYS_INLINE constexpr auto c_str() const noexcept -> const char* { return text_; }

private:
    MDL_ALWAYS_INLINE constexpr void append(std::string_view part) noexcept { size_ = append_text(text_, size_, capacity, part.data(), part.size()); }
    MDL_ALWAYS_INLINE constexpr void append(const char* part) noexcept {
        size_ = append_text(text_, size_, capacity, part, __builtin_strlen(part));
    }
    template <class Integer>
        requires std::is_integral_v<Integer>
    MDL_ALWAYS_INLINE constexpr void append(Integer value) noexcept {
        const bool negative = std::is_signed_v<Integer> && value < 0;
        const auto magnitude = negative ? 0 - static_cast<unsigned long long>(value) : static_cast<unsigned long long>(value);
        size_ = append_number(text_, size_, capacity, negative, magnitude);
    }

    Errc code_ = Errc::ok;
    char text_[capacity]{};
    std::size_t size_ = 0;
};

/// A value or an Error. `if (auto r = f()) use(*r); else print(r.error().message());`
/// Works without exceptions; reading the wrong side is our own mistake and stops a debug build.
template <class T>
class [[nodiscard]] Result {
public:
    using value_type = T;

    MDL_ALWAYS_INLINE Result(T value) noexcept : has_value_(true) { ::new (static_cast<void*>(&value_)) T(std::move(value)); }
    MDL_ALWAYS_INLINE Result(Error error) noexcept : has_value_(false) { ::new (static_cast<void*>(&error_)) Error(error); }
    MDL_ALWAYS_INLINE Result(Result&& other) noexcept : has_value_(other.has_value_) {
        if (has_value_)
            ::new (static_cast<void*>(&value_)) T(std::move(other.value_));
        else
            ::new (static_cast<void*>(&error_)) Error(other.error_);
    }
    Result(const Result&) = delete;
    auto operator=(const Result&) -> Result& = delete;
    auto operator=(Result&&) -> Result& = delete;
    MDL_ALWAYS_INLINE ~Result() {
        if (has_value_) value_.~T();
    }

    MDL_ALWAYS_INLINE auto has_value() const noexcept -> bool { return has_value_; }
    MDL_ALWAYS_INLINE explicit operator bool() const noexcept { return has_value_; }
    MDL_ALWAYS_INLINE auto operator*() & noexcept -> T& { return MDL_ASSERT(has_value_), value_; }
    MDL_ALWAYS_INLINE auto operator*() const& noexcept -> const T& { return MDL_ASSERT(has_value_), value_; }
    MDL_ALWAYS_INLINE auto operator*() && noexcept -> T&& { return MDL_ASSERT(has_value_), std::move(value_); }
    MDL_ALWAYS_INLINE auto operator->() noexcept -> T* { return MDL_ASSERT(has_value_), &value_; }
    MDL_ALWAYS_INLINE auto operator->() const noexcept -> const T* { return MDL_ASSERT(has_value_), &value_; }
    MDL_ALWAYS_INLINE auto error() const noexcept -> const Error& { return MDL_ASSERT(!has_value_), error_; }

private:
    union {
        T value_;
        Error error_;
    };
    bool has_value_;
};

/// Success or an Error.
template <>
class [[nodiscard]] Result<void> {
public:
    using value_type = void;

    MDL_ALWAYS_INLINE constexpr Result() noexcept = default;
    MDL_ALWAYS_INLINE constexpr Result(Error error) noexcept : error_(error) {}

    MDL_ALWAYS_INLINE constexpr auto has_value() const noexcept -> bool { return error_.code() == Errc::ok; }
    MDL_ALWAYS_INLINE constexpr explicit operator bool() const noexcept { return has_value(); }
    MDL_ALWAYS_INLINE constexpr auto error() const noexcept -> const Error& { return error_; }

private:
    Error error_;
};

}  // namespace mdl
