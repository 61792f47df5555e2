// mdl: fork, exec, wait4.
// SPDX-License-Identifier: MIT
#include "compile/process.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <iostream>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failure.hpp"

namespace mdl::tool {

auto run_program(const std::vector<std::string>& arguments, const std::string& waiting) -> Finished {
    using Clock = std::chrono::steady_clock;
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) fail(Exit::io, "cannot make a pipe: ", std::strerror(errno));
    std::vector<char*> argv;
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const auto begin = Clock::now();
    const pid_t child = ::fork();
    if (child < 0) {
        ::close(ends[0]);
        ::close(ends[1]);
        fail(Exit::io, "cannot start '", arguments[0], "': ", std::strerror(errno));
    }
    if (child == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        ::execvp(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    Finished finished;
    bool told = waiting.empty();
    for (char buffer[4096];;) {
        pollfd readable{ends[0], POLLIN, 0};
        if (!told && ::poll(&readable, 1, 1000) == 0) {
            std::cerr << waiting << std::flush;
            told = true;
        }
        const auto count = ::read(ends[0], buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        finished.output.append(buffer, static_cast<std::size_t>(count));
    }
    ::close(ends[0]);
    int status = 0;
    rusage usage{};
    while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    finished.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    finished.peak_megabytes = static_cast<double>(usage.ru_maxrss) / 1024;
    finished.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (told && !waiting.empty()) std::cerr << ' ' << static_cast<int>(finished.seconds + 0.5) << " s\n";
    return finished;
}

}  // namespace mdl::tool
