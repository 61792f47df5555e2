// mdl: must not compile: a tensor with more elements than an index can count.
// SPDX-License-Identifier: MIT
// expect: mdl: a tensor has more than 2^31-1 elements, too many for the index type; make the network smaller
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<65536, 65536, 3>, mdl::Conv<64>> {};
static_assert(mdl::arena_bytes<Net> > 0);
