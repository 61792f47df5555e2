// mdl: must not compile: a network that does not begin with an input.
// SPDX-License-Identifier: MIT
// expect: mdl: this layer has no input; begin the network with an Input layer, or name its inputs with From<...>
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Conv<8, mdl::Kernel<3>>, mdl::Relu> {};
static_assert(mdl::arena_bytes<Net> > 0);
