// mdl: time by step: a table and a picture.
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

#include "compile/network_library.hpp"

namespace mdl::tool {

/// Runs `runs` times, `fill` before each, and prints what each step takes; draws it into the file `svg` unless that is empty.
/// Throws Failure where the file cannot be written.
void print_profile(NetworkLibrary& network, int runs, const std::string& svg, const std::function<void()>& fill);

}  // namespace mdl::tool
