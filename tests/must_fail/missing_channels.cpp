// mdl: must not compile: a convolution without its number of output channels.
// SPDX-License-Identifier: MIT
// expect: mdl: a size, stride, dilation or channel count is not positive; give at least 1
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Conv<0, mdl::Kernel<3>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
