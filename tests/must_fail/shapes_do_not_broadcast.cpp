// mdl: must not compile: a residual whose body changes the channels.
// SPDX-License-Identifier: MIT
// expect: mdl: the shapes cannot be combined elementwise; axes must be equal or 1
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 16>, mdl::Residual<mdl::Conv<32, mdl::Kernel<3>, mdl::Pad<1>>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
