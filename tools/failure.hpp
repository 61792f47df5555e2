// mdl: how the tool says that something went wrong: one sentence with a remedy, and an exit code.
// SPDX-License-Identifier: MIT
#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace mdl::tool {

/// Exit codes of the `mdl` command; listed in `mdl --help`.
enum class Exit : int {
    ok = 0,
    usage = 1,      ///< an unknown option, a wrong value, a file given for an input that does not exist
    bad_input = 2,  ///< a damaged file, or a model with something that mdl does not support
    compiler = 3,   ///< no compiler, or it failed
    io = 4,         ///< a file that cannot be read or written
    differs = 5,    ///< a check found answers further from the model's than the tolerance
};

class Failure : public std::runtime_error {
public:
    Failure(Exit exit, const std::string& sentence) : std::runtime_error(shown(sentence)), exit_(exit) {}
    auto exit() const noexcept -> Exit { return exit_; }

private:
    /// Names in a file may hold zeros, at which the sentence would end, and what steers a terminal.
    static auto shown(std::string sentence) -> std::string {
        for (char& c : sentence)
            if ((static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') || c == '\x7f') c = '?';
        return sentence;
    }

    Exit exit_;
};

/// The parts, one after another, as text.
template <class... Parts>
auto text(const Parts&... parts) -> std::string {
    std::ostringstream stream;
    (stream << ... << parts);
    return stream.str();
}

template <class... Parts>
[[noreturn]] void fail(Exit exit, const Parts&... parts) {
    throw Failure(exit, text(parts...));
}

}  // namespace mdl::tool
