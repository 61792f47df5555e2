// mdl: must not compile: a reshape to another number of elements.
// SPDX-License-Identifier: MIT
// expect: mdl: the reshape changes the number of elements; its sizes must have the input's product
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::InputTensor<1, 12>, mdl::Reshape<1, 5, 2>> {};
static_assert(mdl::arena_bytes<Net> > 0);
