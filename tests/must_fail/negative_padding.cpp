// mdl: must not compile: a convolution that crops by negative padding.
// SPDX-License-Identifier: MIT
// expect: mdl: a padding is negative; give 0 or more, and cut with Slice
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Conv<8, mdl::Kernel<3>, mdl::Pad<-1>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
