// mdl: must not compile: branches of different height side by side.
// SPDX-License-Identifier: MIT
// expect: mdl: the concatenated tensors differ in another axis than the joined one; make their sizes equal
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Concat<mdl::Conv<8, mdl::Kernel<1>>, mdl::Conv<8, mdl::Kernel<3>>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
