// mdl: must not compile: a Sequential without layers.
// SPDX-License-Identifier: MIT
// expect: mdl: this Sequential is empty; put at least one layer into it
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<> {};
static_assert(mdl::arena_bytes<Net> > 0);
