// mdl: must not compile: a reshape with two sizes left open.
// SPDX-License-Identifier: MIT
// expect: mdl: the reshape leaves two sizes open; write -1 once at most
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::InputTensor<1, 12>, mdl::Reshape<-1, -1>> {};
static_assert(mdl::arena_bytes<Net> > 0);
