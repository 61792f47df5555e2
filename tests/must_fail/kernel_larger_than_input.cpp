// mdl: must not compile: a convolution kernel larger than its input.
// SPDX-License-Identifier: MIT
// expect: mdl: the kernel is larger than its padded input; shrink the kernel or pad the input
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<4, 4, 3>, mdl::Conv<8, mdl::Kernel<7>, mdl::Pad<1>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
