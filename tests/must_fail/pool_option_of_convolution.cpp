// mdl: must not compile: an option of convolution on a pooling layer.
// SPDX-License-Identifier: MIT
// expect: mdl: an option does not belong to this layer; see the layer's documentation for those it takes
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 4>, mdl::Pool<mdl::Max, mdl::Kernel<2>, mdl::Groups<2>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
