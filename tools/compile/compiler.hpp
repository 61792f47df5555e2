// mdl: the machine's C++ compiler and what it needs to find mdl's headers.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mdl::tool {

struct Compiler {
    std::vector<std::string> command{};  ///< "g++", or "ccache clang++" in two words
    std::string version{};               ///< the first line of --version
};

/// $CXX, else g++, else clang++. Throws Failure that says what to install.
auto find_compiler() -> Compiler;

/// Folders with mdl's headers and those of its dependencies: of the installation that this program is part of, else of the
/// source tree that it was built from. Throws Failure where mdl/mdl.hpp is in none.
auto include_folders() -> std::vector<std::filesystem::path>;

/// Every macro that this command predefines, xsimd's version and choices among them, and so the instruction set that
/// -march=native means on this machine. Empty where the compiler refuses the command.
auto predefined_macros(std::vector<std::string> command) -> std::string;

/// "-O3 -march=native", or what the user gives instead.
auto split_words(const std::string& text) -> std::vector<std::string>;

}  // namespace mdl::tool
