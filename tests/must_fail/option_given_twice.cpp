// mdl: must not compile: an option given twice.
// SPDX-License-Identifier: MIT
// expect: mdl: an option is given twice to one layer; keep one of them
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Conv<8, mdl::Kernel<3>, mdl::Stride<2>, mdl::Stride<1>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
