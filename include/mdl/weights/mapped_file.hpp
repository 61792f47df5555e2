// mdl: a file mapped into memory, read only (POSIX).
// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mdl/base/config.hpp>
#include <mdl/base/result.hpp>
#include <mdl/weights/wording.hpp>

namespace mdl::weights {
inline namespace MDL_ISA {

/// Maps a whole file. The file must not be shortened while it is mapped (the kernel would stop the program); replacing it by
/// rename, as Writer does, is safe.
class MappedFile {
public:
    MappedFile(MappedFile&& other) noexcept : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    auto operator=(MappedFile&& other) noexcept -> MappedFile& {
        MappedFile taken(std::move(other));
        std::swap(data_, taken.data_);
        std::swap(size_, taken.size_);
        return *this;
    }
    MappedFile(const MappedFile&) = delete;
    auto operator=(const MappedFile&) -> MappedFile& = delete;
    ~MappedFile() {
        if (data_ != nullptr) ::munmap(data_, size_);
    }

    /// Errors: cannot_open (missing, not allowed, a folder or device), not_a_weights_file (empty), out_of_memory (no room to map).
    static auto open(const char* path) noexcept -> Result<MappedFile> {
        const std::string_view name = short_name(path, 120);
        // Without O_NONBLOCK a pipe would wait for a writer.
        int descriptor = -1;
        do descriptor = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        while (descriptor < 0 && errno == EINTR);
        if (descriptor < 0) return open_error(name, errno);
        auto mapped = map(descriptor, name);
        ::close(descriptor);
        return mapped;
    }

    auto bytes() const noexcept -> std::span<const std::byte> { return {static_cast<const std::byte*>(data_), size_}; }

    /// The file will be read once from front to back: the kernel reads ahead.
    void advise_sequential() const noexcept { static_cast<void>(::madvise(data_, size_, MADV_SEQUENTIAL)); }
    /// The bytes are done with: gives the whole pages among them back. They may be read again and then come from the file.
    void release(std::span<const std::byte> done) const noexcept {
        const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
        const auto begin = (reinterpret_cast<std::uintptr_t>(done.data()) + page - 1) / page * page;
        const auto end = (reinterpret_cast<std::uintptr_t>(done.data()) + done.size()) / page * page;
        if (begin < end) static_cast<void>(::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED));
    }

private:
    MappedFile(void* data, std::size_t size) noexcept : data_(data), size_(size) {}

    static auto map(int descriptor, std::string_view name) noexcept -> Result<MappedFile> {
        struct stat status {};
        if (::fstat(descriptor, &status) != 0) return open_error(name, errno);
        if (S_ISDIR(status.st_mode)) return Error(Errc::cannot_open, "\"", name, "\" is a folder; give the .mdlw file in it");
        if (!S_ISREG(status.st_mode)) return Error(Errc::cannot_open, "\"", name, "\" is not a regular file and cannot be mapped");
        if (status.st_size == 0) return Error(Errc::not_a_weights_file, "\"", name, "\" is empty; copy or convert it again");
        if (static_cast<std::uint64_t>(status.st_size) > std::numeric_limits<std::size_t>::max() / 2)
            return Error(Errc::out_of_memory, "\"", name, "\" is too large to map on this machine");
        const auto size = static_cast<std::size_t>(status.st_size);
        void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        if (data == MAP_FAILED)
            return Error(Errc::out_of_memory, "\"", name, "\" (", size, " bytes) cannot be mapped: system error ", errno);
        return MappedFile(data, size);
    }

    static auto open_error(std::string_view name, int code) noexcept -> Error {
        if (code == ENOENT || code == ENOTDIR) return Error(Errc::cannot_open, "there is no file \"", name, "\"; check the path");
        if (code == EACCES || code == EPERM)
            return Error(Errc::cannot_open, "\"", name, "\" may not be read; check its permissions");
        return Error(Errc::cannot_open, "\"", name, "\" cannot be opened: system error ", code);
    }

    void* data_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace MDL_ISA
}  // namespace mdl::weights
