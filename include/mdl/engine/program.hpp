// mdl: the compiler: from a network type to a program of steps with every place in memory known.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/engine/choose.hpp>
#include <mdl/engine/map_channels.hpp>
#include <mdl/engine/options.hpp>
#include <mdl/graph/diagnose.hpp>
#include <mdl/graph/fingerprint.hpp>
#include <mdl/graph/flatten.hpp>
#include <mdl/graph/fuse.hpp>
#include <mdl/graph/infer_shapes.hpp>
#include <mdl/graph/lay_out.hpp>
#include <mdl/graph/macs.hpp>
#include <mdl/graph/plan_memory.hpp>

namespace mdl::engine {

// One constexpr variable a pass: compilers bound the work of each constant evaluation, not their sum.

/// The network as written, with shapes.
template <class Net>
inline constexpr auto written = graph::infer_shapes(graph::flatten<Net>());

template <class Net>
struct DiagnosisOf {
    static constexpr graph::Diagnosis value = written<Net>.diagnosis;
};

/// A network type whose graph has no problem; a wrong one stops the build with a sentence.
template <class Net>
inline constexpr bool checked = graph::is_sound<DiagnosisOf<Net>>();

template <class Net>
inline constexpr auto fused = [] {
    if constexpr (checked<Net>)
        return graph::fuse(written<Net>);
    else
        return graph::Graph<1, 1, 1>{};
}();

inline namespace MDL_ISA {

template <class Net, class O>
inline constexpr auto chosen = choose<O>(fused<Net>);

/// What runs: fused, with kernels chosen, conversions inserted, and channels mapped.
template <class Net, class O>
inline constexpr auto laid_out =
    map_channels<O>(choose_conversions(graph::lay_out<chosen<Net, O>.node_count + graph::count_conversions(chosen<Net, O>)>(chosen<Net, O>)));

/// When nodes run: one after the other, in order.
template <int N>
struct Schedule {
    graph::Interval when[N > 0 ? N : 1]{};
    constexpr explicit Schedule(bool keep_tensors) noexcept {
        // Where every tensor is to outlive the run, all lives are the whole run.
        for (int i = 0; i < N; ++i) when[i] = keep_tensors ? graph::Interval{0, N - 1} : graph::Interval{i, i};
    }
};

template <class Net, class O>
inline constexpr auto memory = graph::plan_memory(laid_out<Net, O>, Schedule<laid_out<Net, O>.node_capacity>(O::keep_tensors).when, block_channels);

}  // namespace MDL_ISA
}  // namespace mdl::engine
