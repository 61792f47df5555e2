// mdl: must not compile: blocks of 2 x 2 pixels out of channels that are no multiple of four.
// SPDX-License-Identifier: MIT
// expect: mdl: the block does not divide the tensor; choose a side that divides rows and columns, or whose square divides the channels
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<4, 4, 6>, mdl::DepthToSpace<2>> {};
static_assert(mdl::arena_bytes<Net> > 0);
