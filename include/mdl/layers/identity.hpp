// mdl: Identity, the empty branch.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>

namespace mdl {

namespace layers {

constexpr auto same_shape(Operation&, std::span<const Shape> in) -> graph::Inference { return shaped(in[0]); }

}  // namespace layers

/// y = x. Makes no node: `Add<Identity, Branch>` reads its own input.
struct Identity {
    static constexpr graph::Description description{{}, &layers::same_shape, 1, 1};
};
/// Dropout does nothing in prediction.
using Dropout = Identity;

}  // namespace mdl
