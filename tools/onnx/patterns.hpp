// mdl: recognises what exporters take apart: SiLU, hard swish, channel shuffle, norms, biases, growing concats.
// SPDX-License-Identifier: MIT
#pragma once

#include "network.hpp"

namespace mdl::tool {

/// Replaces known groups of layers by the one layer that they mean, removes layers that nothing reads, and gives every output
/// a layer of its own that carries its name.
void recognise_patterns(Network& network);

}  // namespace mdl::tool
