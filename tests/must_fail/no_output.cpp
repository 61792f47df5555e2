// mdl: must not compile: a graph without nodes.
// SPDX-License-Identifier: MIT
// expect: mdl: the graph has no node and so no output; add nodes
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<mdl::Output<"scores">> {};
static_assert(mdl::arena_bytes<Net> > 0);
