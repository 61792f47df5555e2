// mdl: the policies of the engine, as template arguments.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
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

/// Cores that issue instructions in program order, Cortex-A7, A53, A55, A510, or as their operands arrive, the big ones.
struct InOrder {};
struct OutOfOrder {};

/// Policy: the cores that the innermost loops are scheduled for. `Cores<InOrder>` takes loops in inline assembly on ARM
/// (docs/decisions/0006), `Cores<OutOfOrder>` those of fewest instructions; results are the same to the last bit. The default is InOrder on
/// ARMv7 and OutOfOrder elsewhere; only ARM has both.
template <class Issue>
struct Cores {
    static_assert(std::is_same_v<Issue, InOrder> || std::is_same_v<Issue, OutOfOrder>, "mdl: cores are InOrder or OutOfOrder");
};

/// Policies of a Model, its Context and its Arena: `Model<Net, Options<KeepTensors>>`.
template <class... Policies>
struct Options {
    template <class Policy>
    static constexpr bool has = (std::is_same_v<Policies, Policy> || ...);

    static_assert(((std::is_same_v<Policies, KeepTensors> || std::is_same_v<Policies, Exact> || std::is_same_v<Policies, Prefer<Size>> ||
                    std::is_same_v<Policies, Prefer<Speed>> || std::is_same_v<Policies, Cores<InOrder>> ||
                    std::is_same_v<Policies, Cores<OutOfOrder>>) && ...),
                  "mdl: this is no policy of the engine; see mdl/engine/options.hpp for those it takes");
    static_assert(!(has<Prefer<Size>> && has<Prefer<Speed>>), "mdl: Prefer is given twice; prefer Size or Speed");
    static_assert(!(has<Cores<InOrder>> && has<Cores<OutOfOrder>>), "mdl: Cores is given twice; name InOrder or OutOfOrder");
    static constexpr bool keep_tensors = has<KeepTensors>;
    static constexpr bool small = has<Prefer<Size>>;
    static constexpr bool exact = has<Exact> || small;
    /// Empty: the target's default.
    static constexpr std::optional<bool> in_order = has<Cores<InOrder>>      ? std::optional(true)
                                                    : has<Cores<OutOfOrder>> ? std::optional(false)
                                                                             : std::nullopt;
};

}  // namespace mdl
