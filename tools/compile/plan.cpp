// mdl: reading of the plan out of a compiled file.
// SPDX-License-Identifier: MIT
#include "compile/plan.hpp"

#include <cstring>

#include "failure.hpp"
#include "read_file.hpp"

namespace mdl::tool {

namespace {

/// Moves what the bytes begin with into `values`.
template <class T>
auto take(std::string_view& bytes, T* values, std::int32_t count) -> bool {
    const std::size_t size = sizeof(T) * static_cast<std::size_t>(count);
    if (count < 0 || size > bytes.size()) return false;
    if (size > 0) std::memcpy(values, bytes.data(), size);  // of nothing there is no address
    bytes.remove_prefix(size);
    return true;
}

template <class T>
auto take(std::string_view& bytes, std::vector<T>& values, std::int32_t count) -> bool {
    if (count < 0 || static_cast<std::size_t>(count) > bytes.size() / sizeof(T)) return false;
    values.resize(static_cast<std::size_t>(count));
    return take(bytes, values.data(), count);
}

auto is_sound(const NetworkPlan& plan) -> bool {
    const auto ends = [](const auto& text) { return text[sizeof text - 1] == '\0'; };
    if (plan.nodes.empty() || !ends(plan.head.mark) || !ends(plan.head.isa)) return false;
    const auto is_node = [&](std::int32_t node, std::size_t end) { return node >= 0 && static_cast<std::size_t>(node) < end; };
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
        const PlannedNode& node = plan.nodes[i];
        if (!ends(node.operation) || !ends(node.kernel) || (node.source < 0 && node.input_count < 1)) return false;
        if (node.rank < 0 || node.rank > max_rank || node.first_input < 0 || node.input_count < 0 ||
            static_cast<std::size_t>(node.first_input) + static_cast<std::size_t>(node.input_count) > plan.edges.size())
            return false;
        for (int k = 0; k < node.input_count; ++k)
            if (!is_node(plan.edges[static_cast<std::size_t>(node.first_input + k)], i)) return false;
    }
    for (const std::int32_t output : plan.outputs)
        if (!is_node(output, plan.nodes.size())) return false;
    return true;
}

}  // namespace

auto find_plan(std::string_view bytes) -> NetworkPlan {
    for (std::size_t at = bytes.find(plan_mark); at != std::string_view::npos; at = bytes.find(plan_mark, at + 1)) {
        std::string_view rest = bytes.substr(at);
        NetworkPlan plan;
        if (take(rest, &plan.head, 1) && take(rest, plan.nodes, plan.head.node_count) && take(rest, plan.edges, plan.head.edge_count) &&
            take(rest, plan.outputs, plan.head.output_count) && is_sound(plan))
            return plan;
    }
    fail(Exit::compiler, "the compiled network holds no plan that mdl can read; leave -flto and the like out of --flags");
}

auto plan_network(const std::string& header, CompileOptions options) -> NetworkPlan {
    options.plan = true;
    const CompiledNetwork compiled = compile_network(header, options);
    const std::string bytes = read_file(compiled.library);
    if (compiled.temporary) discard(compiled);
    return find_plan(bytes);
}

}  // namespace mdl::tool
