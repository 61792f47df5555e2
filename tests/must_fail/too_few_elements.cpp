// mdl: must not compile: more elements asked for than there are.
// SPDX-License-Identifier: MIT
// expect: mdl: fewer elements lie along the axis than TopK asks for; ask for at most as many
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::TopK<4>> {};
static_assert(mdl::arena_bytes<Net> > 0);
