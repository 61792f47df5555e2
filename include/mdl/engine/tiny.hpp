// mdl: which networks are tiny: those that run as straight-line code with every size a constant.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/graph/macs.hpp>

namespace mdl::engine {
inline namespace MDL_ISA {

/// Multiply-adds up to which a network is tiny. Calls and sizes read at run time are what such a network mostly consists of: without
/// them a dense layer of 8 x 8 takes 35 instructions instead of 200, the digits of 256-64-10 2,923 instead of 4,795 (AVX2, callgrind).
inline constexpr std::int64_t tiny_macs = 100'000;

/// Policies: those of Options. Larger networks and Prefer<Size> keep one copy of each kernel for all layers.
template <class Policies, int N, int E, int O>
constexpr auto is_tiny(const graph::Graph<N, E, O>& g) noexcept -> bool {
    return !Policies::small && graph::total_macs(g) <= tiny_macs;
}

}  // namespace MDL_ISA
}  // namespace mdl::engine
