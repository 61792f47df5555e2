// mdl: must not compile: a position searched along two axes.
// SPDX-License-Identifier: MIT
// expect: mdl: a position is searched along one axis; give Axes<n> with one number
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::ArgMax<mdl::Axes<1, 2>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
