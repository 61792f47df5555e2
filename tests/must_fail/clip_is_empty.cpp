// mdl: must not compile: a clip whose lower bound is the larger.
// SPDX-License-Identifier: MIT
// expect: mdl: the clip's lower bound lies above its upper bound; exchange them
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Clip<6, 0>> {};
static_assert(mdl::arena_bytes<Net> > 0);
