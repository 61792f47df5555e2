// mdl: memory from the heap that begins on a 64-byte boundary.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <mdl/base/config.hpp>
#include <mdl/base/result.hpp>

namespace mdl {
inline namespace MDL_ISA {

/// Owns `size()` bytes, not initialised, aligned for every vector type and cache line in use. Moves, never copies or grows.
class AlignedBuffer {
public:
    static constexpr std::size_t alignment = 64;

    AlignedBuffer() noexcept = default;
    AlignedBuffer(AlignedBuffer&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    auto operator=(AlignedBuffer&& other) noexcept -> AlignedBuffer& {
        AlignedBuffer taken(std::move(other));
        std::swap(data_, taken.data_);
        std::swap(size_, taken.size_);
        return *this;
    }
    AlignedBuffer(const AlignedBuffer&) = delete;
    auto operator=(const AlignedBuffer&) -> AlignedBuffer& = delete;
    ~AlignedBuffer() {
        if (data_ != nullptr) ::operator delete(data_, std::align_val_t{alignment});
    }

    /// Errors: out_of_memory, which names the size. Zero bytes need no memory and always succeed.
    static auto create(std::size_t bytes) noexcept -> Result<AlignedBuffer> {
        AlignedBuffer buffer;
        if (bytes == 0) return buffer;
        // operator new rounds up to the alignment inside and some versions do not watch the overflow.
        void* const memory =
            bytes > static_cast<std::size_t>(-1) / 2 ? nullptr : ::operator new(bytes, std::align_val_t{alignment}, std::nothrow);
        if (memory == nullptr) return Error(Errc::out_of_memory, "there is no memory for ", bytes, " bytes");
        ask_for_large_pages(memory, bytes);
        buffer.data_ = static_cast<std::byte*>(memory);
        buffer.size_ = bytes;
        return buffer;
    }

    auto data() noexcept -> std::byte* { return data_; }
    auto data() const noexcept -> const std::byte* { return data_; }
    auto size() const noexcept -> std::size_t { return size_; }
    auto bytes() noexcept -> std::span<std::byte> { return {data_, size_}; }
    auto bytes() const noexcept -> std::span<const std::byte> { return {data_, size_}; }

    /// The memory as numbers: as many as fit whole.
    template <class T>
        requires std::is_trivial_v<T>
    auto as() noexcept -> std::span<T> {
        return {reinterpret_cast<T*>(data_), size_ / sizeof(T)};
    }
    template <class T>
        requires std::is_trivial_v<T>
    auto as() const noexcept -> std::span<const T> {
        return {reinterpret_cast<const T*>(data_), size_ / sizeof(T)};
    }

private:
    /// Weights stream through once a run: with pages of 4 KB the page table is walked for each of them
    /// (docs/decisions/0005). A wish only.
    static void ask_for_large_pages([[maybe_unused]] void* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
        constexpr std::size_t large = std::size_t{2} << 20, page = std::size_t{64} << 10;  // no kernel's pages are larger than 64 KB
        if (bytes < 2 * large) return;
        const std::size_t skipped = (page - reinterpret_cast<std::uintptr_t>(memory) % page) % page;
        static_cast<void>(madvise(static_cast<std::byte*>(memory) + skipped, (bytes - skipped) / page * page, MADV_HUGEPAGE));
#endif
    }

    std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace MDL_ISA
}  // namespace mdl
