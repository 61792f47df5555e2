// mdl: writes a file so that others see the old one or the whole new one, never a part (POSIX; for tools, not for devices).
// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mdl/base/config.hpp>
#include <mdl/base/result.hpp>
#include <mdl/weights/wording.hpp>

namespace mdl::weights {
inline namespace MDL_ISA {

/// A temporary file beside `path` that takes its place in `commit`. Without it, the temporary file is removed and `path` stays
/// as it was.
class AtomicFile {
public:
    AtomicFile(AtomicFile&& other) noexcept
        : path_(std::move(other.path_)), temporary_(std::move(other.temporary_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
    AtomicFile(const AtomicFile&) = delete;
    auto operator=(const AtomicFile&) -> AtomicFile& = delete;
    auto operator=(AtomicFile&&) -> AtomicFile& = delete;
    ~AtomicFile() {
        if (descriptor_ < 0) return;
        ::close(descriptor_);
        ::unlink(temporary_.c_str());
    }

    /// Errors: cannot_write.
    static auto create(std::string path) -> Result<AtomicFile> {
        AtomicFile file;
        file.path_ = std::move(path);
        struct stat status {};
        if (::stat(file.path_.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
            return Error(Errc::cannot_write, "\"", short_name(file.path_, 120), "\" is a folder; give the name of a file in it");
        // The process and a running number keep two writers apart; O_EXCL settles what is left over from a crash.
        for (int attempt = 0; attempt < 1000; ++attempt) {
            file.temporary_ = file.path_ + "." + std::to_string(::getpid()) + "-" + std::to_string(attempt) + ".tmp";
            file.descriptor_ = ::open(file.temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
            if (file.descriptor_ >= 0) return file;
            if (errno != EEXIST && errno != EINTR) break;
        }
        return file.write_error(errno);
    }

    /// Errors: cannot_write, as when the disk is full.
    auto write(std::span<const std::byte> bytes) -> Result<void> {
        while (!bytes.empty()) {
            // Linux writes 2 GB at most in one call and macOS refuses more.
            const std::size_t most = std::size_t{1} << 30;
            const auto written = ::write(descriptor_, bytes.data(), bytes.size() < most ? bytes.size() : most);
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return write_error(written < 0 ? errno : ENOSPC);
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
        return {};
    }

    /// Puts the file in its place, on the disk before its name is. Errors: cannot_write.
    auto commit() -> Result<void> {
        // Some network file systems report a full disk here and at close only; some cannot sync at all.
        if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != ENOTSUP) return write_error(errno);
        const int descriptor = std::exchange(descriptor_, -1);
        if (::close(descriptor) != 0 && errno != EINTR) return give_up(errno);
        if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return give_up(errno);
        const auto slash = path_.find_last_of('/');
        const std::string folder = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
        if (const int handle = ::open(folder.c_str(), O_RDONLY | O_CLOEXEC); handle >= 0) {
            static_cast<void>(::fsync(handle));  // the file is whole either way
            ::close(handle);
        }
        return {};
    }

private:
    AtomicFile() = default;

    auto give_up(int code) const -> Error {
        ::unlink(temporary_.c_str());
        return write_error(code);
    }
    auto write_error(int code) const -> Error {
        const auto name = short_name(path_, 120);
        switch (code) {
            case ENOSPC:
            case EDQUOT: return Error(Errc::cannot_write, "\"", name, "\" cannot be written: the disk is full; make room and try again");
            case ENOENT:
            case ENOTDIR: return Error(Errc::cannot_write, "\"", name, "\" cannot be written: its folder does not exist; make it first");
            case EACCES:
            case EPERM:
            case EROFS: return Error(Errc::cannot_write, "\"", name, "\" cannot be written: its folder may not be written to");
            default: return Error(Errc::cannot_write, "\"", name, "\" cannot be written: ", std::string_view(std::strerror(code)));
        }
    }

    std::string path_, temporary_;
    int descriptor_ = -1;
};

}  // namespace MDL_ISA
}  // namespace mdl::weights
