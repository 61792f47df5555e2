// mdl: tests of replacing a file in one step.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <csignal>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mdl/weights/atomic_file.hpp>
#include <weights/temporary_folder.hpp>

namespace {

using mdl::Errc;
using mdl::weights::AtomicFile;

auto bytes_of(std::string_view text) -> std::span<const std::byte> { return std::as_bytes(std::span(text.data(), text.size())); }

auto content(const std::string& path) -> std::string {
    std::string text;
    if (std::FILE* const file = std::fopen(path.c_str(), "rb")) {
        for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) text += static_cast<char>(c);
        std::fclose(file);
    }
    return text;
}

auto write_all(const std::string& path, std::string_view text) -> mdl::Result<void> {
    auto file = AtomicFile::create(path);
    if (!file) return file.error();
    if (auto done = file->write(bytes_of(text)); !done) return done;
    return file->commit();
}

TEST_CASE("the old file stands until the new one is whole") {
    const TemporaryFolder folder;
    const std::string path = folder / "a";
    CHECK(write_all(path, "old").has_value());
    {
        auto file = AtomicFile::create(path);
        CHECK((file && file->write(bytes_of("new, half"))));
        CHECK(content(path) == "old");
        CHECK(folder.file_count() == 2);
    }  // never committed
    CHECK(content(path) == "old");
    CHECK(folder.file_count() == 1);
    CHECK(write_all(path, "new").has_value());
    CHECK(content(path) == "new");
    CHECK(folder.file_count() == 1);
}

TEST_CASE("two writers of one file do not disturb each other") {
    const TemporaryFolder folder;
    const std::string path = folder / "a";
    auto first = AtomicFile::create(path);
    auto second = AtomicFile::create(path);
    CHECK((first && second));
    if (!first || !second) return;
    CHECK((first->write(bytes_of("first")) && second->write(bytes_of("second"))));
    CHECK(second->commit().has_value());
    CHECK(content(path) == "second");
    CHECK(first->commit().has_value());
    CHECK(content(path) == "first");
    CHECK(folder.file_count() == 1);
}

TEST_CASE("the file's permissions follow the umask, not the temporary file") {
    const TemporaryFolder folder;
    const std::string path = folder / "a";
    const auto old = ::umask(022);
    CHECK(write_all(path, "x").has_value());
    ::umask(old);
    struct stat status {};
    CHECK(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0644);
}

TEST_CASE("a symbolic link stays one, and the file that it names is replaced in one step") {
    const TemporaryFolder folder;
    CHECK(::mkdir((folder / "deep").c_str(), 0777) == 0);
    const std::string real = folder / "deep/real", link = folder / "link", chain = folder / "deep/chain";
    CHECK(::symlink("deep/real", link.c_str()) == 0);  // relative to the link's folder, and still dangling
    CHECK(::symlink(link.c_str(), chain.c_str()) == 0);
    const auto is_link = [](const std::string& path) {
        struct stat status {};
        return ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
    };
    for (const auto& [path, text] : {std::pair{link, "first"}, std::pair{chain, "second"}}) {
        const std::string before = content(real);
        {
            auto file = AtomicFile::create(path);
            CHECK((file && file->write(bytes_of("half"))));
            CHECK(content(real) == before);
        }
        CHECK(write_all(path, text).has_value());
        CHECK(is_link(link));
        CHECK(is_link(chain));
        CHECK_FALSE(is_link(real));
        CHECK(content(real) == text);
    }
    CHECK(folder.file_count() == 2);  // deep, link
    const std::string loop = folder / "loop";
    CHECK(::symlink("loop", loop.c_str()) == 0);
    const auto written = write_all(loop, "x");
    CHECK_FALSE(written.has_value());
    CHECK(written.error().code() == Errc::cannot_write);
    CHECK(is_link(loop));
}

TEST_CASE("a named pipe is written to and stays a pipe") {
    const TemporaryFolder folder;
    const std::string path = folder / "pipe", link = folder / "link";
    CHECK(::mkfifo(path.c_str(), 0666) == 0);
    CHECK(::symlink("pipe", link.c_str()) == 0);
    const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
    CHECK(reader >= 0);
    for (const std::string& name : {path, link}) {
        CHECK(write_all(name, "through").has_value());
        char text[16]{};
        CHECK(::read(reader, text, sizeof text) == 7);
        CHECK(std::string_view(text) == "through");
    }
    ::close(reader);
    struct stat status {};
    CHECK(::stat(path.c_str(), &status) == 0);
    CHECK(S_ISFIFO(status.st_mode));
    CHECK(folder.file_count() == 2);
}

TEST_CASE("the name of a file that this process has open already means that file, as /dev/stdout does") {
    const TemporaryFolder folder;
    const std::string path = folder / "a", link = folder / "link";
    const int open_file = ::open(path.c_str(), O_RDWR | O_CREAT, 0666);
    CHECK(::write(open_file, "before ", 7) == 7);
    const std::string name = "/dev/fd/" + std::to_string(open_file);
    CHECK(::symlink(name.c_str(), link.c_str()) == 0);
    CHECK(write_all(name, "between ").has_value());
    CHECK(write_all(link, "and ").has_value());
    CHECK(::write(open_file, "after", 5) == 5);
    CHECK(content(path) == "before between and after");
    CHECK(folder.file_count() == 2);
    ::close(open_file);
    CHECK(write_all(name, "x").error().code() == Errc::cannot_write);  // closed meanwhile
    CHECK(content(path) == "before between and after");
}

TEST_CASE("a missing folder, a folder in the file's place and a file in the folder's place are named") {
    const TemporaryFolder folder;
    for (const auto& [path, words] : {std::pair{folder / "none/a", "folder does not exist"}, std::pair{folder.path(), "is a folder"}}) {
        const auto written = write_all(path, "x");
        CHECK_FALSE(written.has_value());
        CHECK(written.error().code() == Errc::cannot_write);
        CHECK(written.error().message().find(words) != std::string_view::npos);
    }
    CHECK(write_all(folder / "a", "x").has_value());
    CHECK_FALSE(write_all(folder / "a/b", "x").has_value());
    CHECK(folder.file_count() == 1);
}

TEST_CASE("a disk that fills up is an error and leaves no temporary file") {
    // /dev/full refuses every write, but a temporary file beside it would be another: a limit on file sizes does the same.
    const TemporaryFolder folder;
    const std::string path = folder / "a";
    CHECK(write_all(path, "old").has_value());
    struct rlimit before {};
    CHECK(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    struct rlimit small = before;
    small.rlim_cur = 4096;
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    CHECK(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto written = write_all(path, std::string(100000, 'x'));
    static_cast<void>(::setrlimit(RLIMIT_FSIZE, &before));
    std::signal(SIGXFSZ, old_handler);
    CHECK_FALSE(written.has_value());
    CHECK(written.error().code() == Errc::cannot_write);
    CHECK(content(path) == "old");
    CHECK(folder.file_count() == 1);
}

}  // namespace
