// mdl: the plan of a network: what the compiler makes of it for a target.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <mdl/engine/plan_record.hpp>

#include "compile/cache.hpp"

namespace mdl::tool {

/// mdl::Plan with its sizes known at run time.
struct NetworkPlan {
    PlanHead head{};
    std::vector<PlannedNode> nodes{};
    std::vector<std::int32_t> edges{}, outputs{};
};

/// Compiles the network's plan, for which no kernel is compiled, and reads it from the file: nothing of it is run, so that the flags may be
/// for another CPU, and CXX a cross compiler. Throws Failure.
auto plan_network(const std::string& header, CompileOptions options) -> NetworkPlan;

/// Finds the plan in the bytes of a compiled file. Throws Failure.
auto find_plan(std::string_view bytes) -> NetworkPlan;

}  // namespace mdl::tool
