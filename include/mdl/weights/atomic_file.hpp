// mdl: writes a file so that others see the old one or the whole new one, never a part (POSIX; for tools, not for phones).
// SPDX-License-Identifier: MIT
#pragma once

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
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
/// as it was. A symbolic link stays one: the file that it names is replaced. What is no regular file (a pipe, a device) and what
/// this process has open already (/dev/stdout) are never replaced: they are written to as they are, from the first `write` on.
class AtomicFile {
public:
    AtomicFile(AtomicFile&& other) noexcept
        : path_(std::move(other.path_)),
          target_(std::move(other.target_)),
          temporary_(std::move(other.temporary_)),
          descriptor_(std::exchange(other.descriptor_, -1)) {}
    AtomicFile(const AtomicFile&) = delete;
    auto operator=(const AtomicFile&) -> AtomicFile& = delete;
    auto operator=(AtomicFile&&) -> AtomicFile& = delete;
    ~AtomicFile() {
        if (descriptor_ < 0) return;
        ::close(descriptor_);
        if (!in_place()) ::unlink(temporary_.c_str());
    }

    /// Waits for a reader where `path` is a named pipe. Errors: cannot_write.
    static auto create(std::string path) -> Result<AtomicFile> {
        AtomicFile file;
        file.path_ = std::move(path);
        int open_already = -1;
        if (!file.follow_links(open_already)) return file.write_error(errno);
        if (open_already >= 0) return file.opened(::fcntl(open_already, F_DUPFD_CLOEXEC, 0));
        struct stat status {};
        if (::stat(file.path_.c_str(), &status) == 0) {
            if (S_ISDIR(status.st_mode))
                return Error(Errc::cannot_write, "\"", short_name(file.path_, 120), "\" is a folder; give the name of a file in it");
            if (!S_ISREG(status.st_mode)) {
                int descriptor = -1;
                do descriptor = ::open(file.path_.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
                while (descriptor < 0 && errno == EINTR);
                return file.opened(descriptor);
            }
        }
        // The process and a running number keep two writers apart; O_EXCL settles what is left over from a crash.
        for (int attempt = 0; attempt < 1000; ++attempt) {
            file.temporary_ = file.target_ + "." + std::to_string(::getpid()) + "-" + std::to_string(attempt) + ".tmp";
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
        if (in_place()) {
            if (::close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) return write_error(errno);
            return {};
        }
        // Some network file systems report a full disk here and at close only; some cannot sync at all.
        if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != ENOTSUP) return write_error(errno);
        const int descriptor = std::exchange(descriptor_, -1);
        if (::close(descriptor) != 0 && errno != EINTR) return give_up(errno);
        if (std::rename(temporary_.c_str(), target_.c_str()) != 0) return give_up(errno);
        if (const int handle = ::open(folder_of(target_).c_str(), O_RDONLY | O_CLOEXEC); handle >= 0) {
            static_cast<void>(::fsync(handle));  // the file is whole either way
            ::close(handle);
        }
        return {};
    }

private:
    AtomicFile() = default;

    auto in_place() const -> bool { return temporary_.empty(); }

    static auto folder_of(const std::string& path) -> std::string {
        const auto slash = path.find_last_of('/');
        return slash == std::string::npos ? "./" : path.substr(0, slash + 1);
    }

    /// The number in a name that means one of this process's own open files, else -1.
    static auto own_descriptor(std::string_view path) -> int {
        for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
            if (!path.starts_with(folder)) continue;
            int number = -1;
            const char* const end = path.data() + path.size();
            const auto read = std::from_chars(path.data() + folder.size(), end, number);
            if (read.ec == std::errc() && read.ptr == end && number >= 0) return number;
        }
        return -1;
    }

    /// Finds what `path` names behind its symbolic links, which need not exist yet. False: a link names itself; errno says so.
    auto follow_links(int& open_already) -> bool {
        target_ = path_;
        for (int followed = 0; followed < 40; ++followed) {
            open_already = own_descriptor(target_);
            char link[4096];
            const auto length = open_already >= 0 ? -1 : ::readlink(target_.c_str(), link, sizeof link);
            if (length <= 0 || length == sizeof link) return true;
            const std::string name(link, static_cast<std::size_t>(length));
            target_ = name.front() == '/' ? name : folder_of(target_) + name;
        }
        errno = ELOOP;
        return false;
    }

    /// This file, to be written in place; `descriptor` is negative where that failed.
    auto opened(int descriptor) -> Result<AtomicFile> {
        if (descriptor < 0) return write_error(errno);
        descriptor_ = descriptor;
        return std::move(*this);
    }

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
            case EROFS: return Error(Errc::cannot_write, "\"", name, "\" cannot be written: ", in_place() ? "it" : "its folder",
                                         " may not be written to");
            default: return Error(Errc::cannot_write, "\"", name, "\" cannot be written: ", std::string_view(std::strerror(code)));
        }
    }

    std::string path_;       // as given, for messages
    std::string target_;     // behind the links
    std::string temporary_;  // empty: written in place
    int descriptor_ = -1;
};

}  // namespace MDL_ISA
}  // namespace mdl::weights
