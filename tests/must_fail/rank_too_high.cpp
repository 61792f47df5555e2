// mdl: must not compile: a tensor of too many axes.
// SPDX-License-Identifier: MIT
// expect: mdl: a tensor has more axes than mdl::max_rank; merge axes with a reshape
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::InputTensor<1, 64>, mdl::Reshape<1, 2, 2, 2, 2, 2, 2>> {};
static_assert(mdl::arena_bytes<Net> > 0);
