// mdl: the policies of the engine, as template arguments.
// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

namespace mdl {

/// Policy: every tensor keeps its own memory and is not fused away in place, so that `context.tensor<"name">()` shows what a
/// layer made. For debugging: the arena grows to the sum of all tensors.
struct KeepTensors {};

/// Policies of a Model, its Context and its Arena: `Model<Net, Options<KeepTensors>>`.
template <class... Policies>
struct Options {
    static_assert(((std::is_same_v<Policies, KeepTensors>) && ...), "mdl: this is no policy of the engine; see mdl/engine/options.hpp for those it takes");
    static constexpr bool keep_tensors = (std::is_same_v<Policies, KeepTensors> || ...);
};

}  // namespace mdl
