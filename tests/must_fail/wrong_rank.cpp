// mdl: must not compile: a convolution of a vector.
// SPDX-License-Identifier: MIT
// expect: mdl: the layer takes a tensor of another rank; reshape or flatten before it
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::InputTensor<1, 64>, mdl::Conv<8, mdl::Kernel<3>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
