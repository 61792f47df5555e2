// mdl: must not compile: an input behind another layer.
// SPDX-License-Identifier: MIT
// expect: mdl: an Input layer stands in the middle; put it first, or give it a Node of its own in a Graph
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Relu, mdl::Input<8, 8, 3>> {};
static_assert(mdl::arena_bytes<Net> > 0);
