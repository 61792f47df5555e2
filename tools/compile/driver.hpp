// mdl: the small program around a network that `mdl run` and `mdl bench` compile.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace mdl::tool {

/// C++ source that includes "net.hpp" and gives its network C functions; DriverFunctions in network_library.hpp lists them.
/// Throws Failure where the header declares no network.
auto driver_source(const std::string& header) -> std::string;

}  // namespace mdl::tool
