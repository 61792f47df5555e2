// mdl: the command line, called by tests: its exit code and what it tells.
// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "commands/commands.hpp"
#include "failure.hpp"

namespace mdl::tool::test {

struct Told {
    int exit = 0;
    std::string output{}, errors{};

    auto says(std::initializer_list<const char*> words) const -> bool {
        for (const char* word : words)
            if (errors.find(word) == std::string::npos) {
                MESSAGE("missing '" << word << "' in: " << errors);
                return false;
            }
        return true;
    }
    auto says(Exit code, std::initializer_list<const char*> words) const -> bool {
        return exit == static_cast<int>(code) && says(words);
    }
};

inline auto mdl_command(const std::vector<std::string>& words) -> Told {
    std::vector<const char*> pointers{"mdl"};
    for (const auto& word : words) pointers.push_back(word.c_str());
    std::ostringstream out, errors;
    auto* const old_out = std::cout.rdbuf(out.rdbuf());
    auto* const old_errors = std::cerr.rdbuf(errors.rdbuf());
    Told told;
    told.exit = mdl::tool::run_command_line(static_cast<int>(pointers.size()), pointers.data());
    std::cout.rdbuf(old_out);
    std::cerr.rdbuf(old_errors);
    told.output = out.str();
    told.errors = errors.str();
    return told;
}

}  // namespace mdl::tool::test
