// mdl: the policies of the engine, as template arguments.
// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

namespace mdl {

/// Policy: every tensor keeps its own memory and is not fused away in place, so that `context.tensor<"name">()` shows what a
/// layer made. For debugging: the arena grows to the sum of all tensors.
struct KeepTensors {};

/// Policy: every convolution sums its products as they are defined. Without it, convolutions of stride 1 may run by Winograd's
/// algorithm, up to eight times faster and with two to seven times the weights in memory; it errs by some 1e-6 of a layer's
/// largest output where the direct sum errs by some 1e-7.
struct Exact {};

/// Policies of a Model, its Context and its Arena: `Model<Net, Options<KeepTensors>>`.
template <class... Policies>
struct Options {
    static_assert(((std::is_same_v<Policies, KeepTensors> || std::is_same_v<Policies, Exact>) && ...), "mdl: this is no policy of the engine; see mdl/engine/options.hpp for those it takes");
    static constexpr bool keep_tensors = (std::is_same_v<Policies, KeepTensors> || ...);
    static constexpr bool exact = (std::is_same_v<Policies, Exact> || ...);
};

}  // namespace mdl
