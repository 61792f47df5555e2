// mdl: what each step of a run is, takes and makes, for tables by layer. An app that does not include this header pays nothing.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include <mdl/engine/context.hpp>
#include <mdl/engine/describe.hpp>
#if MDL_SIMD
#include <mdl/kernels/blocks/layout.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/simd/fma.hpp>
#include <mdl/simd/tile.hpp>
#endif

namespace mdl {

/// One step of a run.
struct StepFacts {
    std::string_view layer{};   ///< the node's name, or its operator
    const char* kernel = "";
    Shape shape{};              ///< of the output
    int written = -1;           ///< number of the layer, as written, whose output the step makes; -1: a change of layout
    std::int64_t macs = 0;      ///< as the layer is defined, whatever the kernel saves of them
    std::int64_t bytes = 0;     ///< inputs, output and weights, each counted once
};

inline namespace MDL_ISA {

/// Steps of one run: nodes that need code.
template <class Net, class O = Options<>>
inline constexpr int step_count = static_cast<int>(engine::runnable<Net, O>.size());

/// The steps, in order of execution.
template <class Net, class O = Options<>>
inline constexpr auto steps = [] {
    constexpr const auto& g = engine::laid_out<Net, O>;
    std::array<StepFacts, static_cast<std::size_t>(step_count<Net, O>)> all{};
    for (std::size_t k = 0; k < all.size(); ++k) {
        const graph::Node& node = g.nodes[engine::runnable<Net, O>[k]];
        StepFacts& facts = all[k];
        facts.layer = node.name.empty() ? std::string_view(graph::name_of(node.operation)) : node.name;
        facts.kernel = engine::name_of(static_cast<engine::Kernel>(node.choice.kernel));
        facts.shape = node.shape;
        facts.written = node.makes;
        facts.macs = graph::macs_of(node);
        facts.bytes = graph::storage_bytes(node, engine::block_channels);
        for (const int input : g.inputs(node)) facts.bytes += graph::storage_bytes(g.nodes[input], engine::block_channels);
        for (int w = 0; w < node.weight_count; ++w) facts.bytes += 4 * node.weights[w].shape.count();
    }
    return all;
}();

/// Runs once, as `run()` does, and adds to `milliseconds` what each step took.
template <class Net, class O>
void run_timed(Context<Net, O>& context, std::span<double, static_cast<std::size_t>(step_count<Net, O>)> milliseconds) noexcept {
    using Clock = std::chrono::steady_clock;
    auto last = Clock::now();
    context.run_steps([&](int step, const engine::Frame&) noexcept {
        const auto now = Clock::now();
        milliseconds[static_cast<std::size_t>(step)] += std::chrono::duration<double, std::milli>(now - last).count();
        last = Clock::now();
    });
}

/// Elements of the largest tensor that a step makes.
template <class Net, class O = Options<>>
inline constexpr std::int64_t largest_step = [] {
    std::int64_t largest = 0;
    for (const StepFacts& facts : steps<Net, O>) largest = std::max(largest, facts.shape.count());
    return largest;
}();

/// Runs once, as `run()` does, and calls `see(k, values)` with what step k has made, row-major in its shape. `room` holds at least
/// largest_step<Net, O> floats.
template <class Net, class O, class See>
void run_observed(Context<Net, O>& context, std::span<float> room, See see) noexcept {
    // Where each step's output lies, and whether in channel blocks.
    static constexpr auto places = []<std::size_t... K>(std::index_sequence<K...>) {
        return std::array<engine::Place, sizeof...(K)>{engine::place_of<Net, O>(engine::runnable<Net, O>[K])...};
    }(std::make_index_sequence<engine::runnable<Net, O>.size()>{});
    context.run_steps([&](int step, const engine::Frame& frame) noexcept {
        const auto k = static_cast<std::size_t>(step);
        const graph::Node& node = engine::laid_out<Net, O>.nodes[engine::runnable<Net, O>[k]];
        const float* values = places[k].floats(frame);
        const auto count = static_cast<std::size_t>(node.shape.count());
#if MDL_SIMD
        if (node.choice.out == graph::Layout::blocks) {
            kernels::to_rows(node.shape.channels(), node.shape.height() * node.shape.width(), values, room.data(), Serial{});
            values = room.data();
        }
#endif
        see(step, std::span<const float>(values, count));
    });
}

/// Multiply-adds of one core, in GFLOP/s (two operations each), as this build's instructions reach them: the best of a
/// few short loops of independent sums. 0 without SIMD.
inline auto measured_peak() noexcept -> double {
#if MDL_SIMD
    constexpr int sums = 10, rounds = 200000;
    double best = 0;
    for (int repeat = 0; repeat < 10; ++repeat) {
        simd::Vector acc[sums];
        for (auto& one : acc) one = simd::broadcast(static_cast<float>(repeat));
        const simd::Vector factor = simd::broadcast(0.5f);
        const auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < rounds; ++i) simd::unroll<sums>([&](auto k) MDL_INLINE_LAMBDA { acc[k.value] = simd::fma(acc[k.value], factor, factor); });
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        float used = 0;
        for (const auto& one : acc) used += simd::sum(one);
        if (used != 0) best = std::max(best, 2e-9 * sums * simd::lanes * rounds / seconds);
    }
    return best;
#else
    return 0;
#endif
}

}  // namespace MDL_ISA
}  // namespace mdl
