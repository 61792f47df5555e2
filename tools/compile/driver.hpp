// mdl: the small program around a network that `mdl run` and `mdl bench` compile.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace mdl::tool {

/// C++ source that includes "net.hpp" and gives its network C functions; DriverFunctions in network_library.hpp lists them.
/// `policies`: template arguments of mdl::Options. `profile`: with ProfileFunctions too. Throws Failure where the header
/// declares no network.
auto driver_source(const std::string& header, const std::string& policies, bool profile) -> std::string;

/// C++ source with the network's plan (mdl/engine/plan.hpp) as data and no code. Throws Failure as well.
auto plan_source(const std::string& header, const std::string& policies) -> std::string;

/// One step of a run, as the driver tells it.
struct DriverStep {
    char layer[96];
    char kernel[32];
    int rank;
    int dims[8];
    int written;  ///< number of the layer whose output the step makes, or -1
    long long macs, bytes;
};

}  // namespace mdl::tool
