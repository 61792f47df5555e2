// mdl: must not compile: a type among the layers that is none.
// SPDX-License-Identifier: MIT
// expect: mdl: this type is not a layer; write a layer of mdl/layers, a Sequential, Concat, Add, Mul, Residual or Graph of layers, or a struct derived from one of them
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, int> {};
static_assert(mdl::arena_bytes<Net> > 0);
