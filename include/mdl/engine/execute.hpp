// mdl: the list of steps that a run walks through.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <utility>

#include <mdl/engine/execute_reference.hpp>
#include <mdl/engine/step.hpp>
#include <mdl/engine/tiny.hpp>
#if MDL_SIMD
#include <mdl/engine/execute_blocks.hpp>
#include <mdl/engine/execute_tiny.hpp>
#else
#include <mdl/engine/execute_portable.hpp>
#endif

namespace mdl::engine {
inline namespace MDL_ISA {

/// Does node i need code: is there anything that its neighbours do not do for it?
template <class Net, class O>
constexpr auto needs_code(int i) noexcept -> bool {
    const auto& g = laid_out<Net, O>;
    const graph::Node& node = g.nodes[i];
    if (node.choice.kernel == static_cast<int>(Kernel::nothing)) return false;
    if (node.operation.op != Op::concat || !node.choice.joins_in_place) return true;
    std::int64_t at = place_of<Net, O>(i).offset;
    for (const int part : g.inputs(i)) {
        const Place source = place_of<Net, O>(part);
        if (source.where != Place::Where::arena || source.offset != at) return true;
        at += graph::storage_bytes_exact(g.nodes[part], node.choice.out == graph::Layout::blocks ? block_channels : 1);
    }
    return false;
}

/// Numbers of the nodes that need code, in order of execution.
template <class Net, class O>
inline constexpr auto runnable = [] {
    constexpr int count = [] {
        int n = 0;
        for (int i = 0; i < laid_out<Net, O>.node_count; ++i) n += needs_code<Net, O>(i);
        return n;
    }();
    std::array<int, static_cast<std::size_t>(count)> nodes{};
    std::size_t next = 0;
    for (int i = 0; i < laid_out<Net, O>.node_count; ++i)
        if (needs_code<Net, O>(i)) nodes[next++] = i;
    return nodes;
}();

template <class Net, class O, int I>
constexpr auto step_function() noexcept -> StepFunction {
    constexpr const graph::Node& node = laid_out<Net, O>.nodes[I];
    constexpr auto kernel = static_cast<Kernel>(node.choice.kernel);
    if constexpr (kernel == Kernel::import_image)
        return &run_import_image<Net, O, I>;
    else if constexpr (node.operation.op == Op::concat && node.choice.joins_in_place && node.choice.out == graph::Layout::rows)
        return &run_joined_concat<Net, O, I>;
    else if constexpr (kernel == Kernel::reference)
        return &run_reference<Net, O, I>;
#if MDL_SIMD
    else if constexpr (runs_tiny(kernel))
        return &run_tiny<Net, O, I>;
#endif
    else
        return &run_fast<Net, O, I>;
}

template <class Net, class O>
inline constexpr auto step_functions = []<std::size_t... K>(std::index_sequence<K...>) {
    return std::array<StepFunction, sizeof...(K)>{step_function<Net, O, runnable<Net, O>[K]>()...};
}(std::make_index_sequence<runnable<Net, O>.size()>{});

/// Runs the whole network once.
template <class Net, class O>
void run_program(const Frame& frame) noexcept {
    if constexpr (is_tiny<O>(laid_out<Net, O>)) {
        // No table: the compiler sees the whole network at once.
        [&]<std::size_t... K>(std::index_sequence<K...>) MDL_INLINE_LAMBDA {
            (step_function<Net, O, runnable<Net, O>[K]>()(frame), ...);
        }(std::make_index_sequence<runnable<Net, O>.size()>{});
    } else {
        for (const StepFunction function : step_functions<Net, O>) function(frame);
    }
}

}  // namespace MDL_ISA
}  // namespace mdl::engine
