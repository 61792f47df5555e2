// mdl: finds the nesting of a network: sequences, branches that join again, and what is neither.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "network.hpp"

namespace mdl::tool {

struct Item;
/// Layers one after another.
using Chain = std::vector<Item>;

/// One element of a chain.
struct Item {
    enum class Kind { leaf, join, graph };
    Kind kind = Kind::leaf;
    int layer = -1;                 ///< leaf: the layer; join: the layer that joins the branches; graph: the last of `nodes`
    std::vector<Chain> branches{};  ///< join: one chain for each of the layer's inputs; an empty one passes the input through
    std::vector<int> nodes{};       ///< graph: layers in execution order
    int entry = -1;                 ///< graph: the layer outside of it that `nodes` read as "in"
};

/// The network as one chain, or as one graph item where it has several inputs or outputs, or constants.
struct Structure {
    bool is_chain = true;
    Chain chain{};             ///< its first item is the input
    std::vector<int> nodes{};  ///< all layers, where it is no chain
};

/// Finds the structure and puts the network's layers, and the branches of joins, into the order in which the written type
/// flattens: from then on the numbers of layers are those of the compiled graph.
auto arrange(Network& network) -> Structure;

}  // namespace mdl::tool
