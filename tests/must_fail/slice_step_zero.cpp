// mdl: must not compile: a slice that does not move.
// SPDX-License-Identifier: MIT
// expect: mdl: the slice steps by 0; give a step that is not 0
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Slice<mdl::Step<0>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
