// mdl: must not compile: a mean of two values for three channels.
// SPDX-License-Identifier: MIT
// expect: mdl: Mean and ScaleBy take one number, or one for each of at most four channels
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3, mdl::Mean<104.5, 117>>, mdl::Conv<8>> {};
static_assert(mdl::arena_bytes<Net> > 0);
