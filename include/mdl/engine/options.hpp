// mdl: the policies of the engine, as template arguments.
// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

#include <mdl/layers/options.hpp>

namespace mdl {

/// Policy: every tensor keeps its own memory and is not fused away in place, so that `context.tensor<"name">()` shows what a
/// layer made. For debugging: the arena grows to the sum of all tensors.
struct KeepTensors {};

/// Policy: every convolution sums its products as they are defined. Without it, convolutions of stride 1 may run by Winograd's
/// algorithm, up to four times faster and with 1.3 to 4 times the weights in memory; it errs by some 1e-6 of a layer's
/// largest output where the direct sum errs by some 1e-7.
struct Exact {};

/// Where Prefer<Speed> is the default. (Size is the option of Lrn as well; Prefer takes either as a template.)
template <int = 0>
struct Speed {};

/// Policy: `Prefer<Size>` takes the kernels with the least code, direct ones with few register tiles, one copy for all layers also of a
/// tiny network, and weights as they are; `Prefer<Speed>`, the default, what is fastest.
template <template <int> class What>
struct Prefer {
    static constexpr bool size = std::is_same_v<Prefer, Prefer<Size>>;
    static_assert(size || std::is_same_v<Prefer, Prefer<Speed>>, "mdl: prefer Size or Speed");
};

/// Policies of a Model, its Context and its Arena: `Model<Net, Options<KeepTensors>>`.
template <class... Policies>
struct Options {
    template <class Policy>
    static constexpr bool has = (std::is_same_v<Policies, Policy> || ...);

    static_assert(((std::is_same_v<Policies, KeepTensors> || std::is_same_v<Policies, Exact> || std::is_same_v<Policies, Prefer<Size>> ||
                    std::is_same_v<Policies, Prefer<Speed>>) && ...),
                  "mdl: this is no policy of the engine; see mdl/engine/options.hpp for those it takes");
    static_assert(!(has<Prefer<Size>> && has<Prefer<Speed>>), "mdl: Prefer is given twice; prefer Size or Speed");
    static constexpr bool keep_tensors = has<KeepTensors>;
    static constexpr bool small = has<Prefer<Size>>;
    static constexpr bool exact = has<Exact> || small;
};

}  // namespace mdl
