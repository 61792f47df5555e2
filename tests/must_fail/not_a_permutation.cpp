// mdl: must not compile: a transpose that names an axis twice.
// SPDX-License-Identifier: MIT
// expect: mdl: the transpose does not name every axis once; give a permutation of 0 .. rank-1
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Transpose<0, 2, 2, 1>> {};
static_assert(mdl::arena_bytes<Net> > 0);
