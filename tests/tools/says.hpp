// mdl: does a message hold all of these words?
// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>

#include <doctest/doctest.h>

namespace mdl::tool::test {

inline auto says(const std::string& message, std::initializer_list<const char*> words) -> bool {
    for (const char* word : words)
        if (message.find(word) == std::string::npos) {
            MESSAGE("missing '" << word << "' in: " << message);
            return false;
        }
    return true;
}

}  // namespace mdl::tool::test
