// mdl: runs another program and measures it.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mdl::tool {

struct Finished {
    int exit_code = -1;        ///< 127: the program was not found
    double seconds = 0;
    double peak_megabytes = 0; ///< of the largest of the program and what it started
    std::string output{};      ///< stdout and stderr
};

/// Runs a program found by PATH and waits; its output is collected. `waiting`, where not empty, is shown on stderr if it takes
/// more than a second. Throws Failure only where no process can be made.
auto run_program(const std::vector<std::string>& arguments, const std::string& waiting) -> Finished;

}  // namespace mdl::tool
