// mdl: Result<T>, what a function returns when the outside world can break it.
// SPDX-License-Identifier: MIT
#pragma once

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
    wrong_target,          ///< packed for another instruction set, or this CPU lacks the one it was built for
};

/// What went wrong, with a sentence that names the thing and the remedy. Owns its text; never allocates.
class Error {
public:
    static constexpr std::size_t capacity = 240;

    constexpr Error() noexcept = default;
    /// Concatenates the parts, cut at `capacity - 1` characters.
    template <class... Parts>
    constexpr Error(Errc code, Parts... parts) noexcept : code_(code) {
        (append(parts), ...);
    }

    constexpr auto code() const noexcept -> Errc { return code_; }
    constexpr auto message() const noexcept -> std::string_view { return {text_, size_}; }
    /// Zero-terminated, for printf.
    constexpr auto c_str() const noexcept -> const char* { return text_; }

private:
    constexpr void append(std::string_view part) noexcept {
        for (const char c : part)
            if (size_ + 1 < capacity) text_[size_++] = c;
    }
    constexpr void append(const char* part) noexcept { append(std::string_view(part)); }
    template <class Integer>
        requires std::is_integral_v<Integer>
    constexpr void append(Integer value) noexcept {
        char digits[24]{};
        int n = 0;
        const bool negative = std::is_signed_v<Integer> && value < 0;
        auto rest = negative ? 0 - static_cast<unsigned long long>(value) : static_cast<unsigned long long>(value);
        do {
            digits[n++] = static_cast<char>('0' + rest % 10);
            rest /= 10;
        } while (rest != 0);
        if (negative) digits[n++] = '-';
        while (n > 0) append(std::string_view(&digits[--n], 1));
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

    Result(T value) noexcept : has_value_(true) { ::new (static_cast<void*>(&value_)) T(std::move(value)); }
    Result(Error error) noexcept : has_value_(false) { ::new (static_cast<void*>(&error_)) Error(error); }
    Result(Result&& other) noexcept : has_value_(other.has_value_) {
        if (has_value_)
            ::new (static_cast<void*>(&value_)) T(std::move(other.value_));
        else
            ::new (static_cast<void*>(&error_)) Error(other.error_);
    }
    Result(const Result&) = delete;
    auto operator=(const Result&) -> Result& = delete;
    auto operator=(Result&&) -> Result& = delete;
    ~Result() {
        if (has_value_) value_.~T();
    }

    auto has_value() const noexcept -> bool { return has_value_; }
    explicit operator bool() const noexcept { return has_value_; }
    auto operator*() & noexcept -> T& { return MDL_ASSERT(has_value_), value_; }
    auto operator*() const& noexcept -> const T& { return MDL_ASSERT(has_value_), value_; }
    auto operator*() && noexcept -> T&& { return MDL_ASSERT(has_value_), std::move(value_); }
    auto operator->() noexcept -> T* { return MDL_ASSERT(has_value_), &value_; }
    auto operator->() const noexcept -> const T* { return MDL_ASSERT(has_value_), &value_; }
    auto error() const noexcept -> const Error& { return MDL_ASSERT(!has_value_), error_; }

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

    constexpr Result() noexcept = default;
    constexpr Result(Error error) noexcept : error_(error) {}

    constexpr auto has_value() const noexcept -> bool { return error_.code() == Errc::ok; }
    constexpr explicit operator bool() const noexcept { return has_value(); }
    constexpr auto error() const noexcept -> const Error& { return error_; }

private:
    Error error_;
};

}  // namespace mdl
