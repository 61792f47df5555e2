// mdl: must not compile: a pooling window that lies wholly in the padding.
// SPDX-License-Identifier: MIT
// expect: mdl: the padding is as large as the kernel, so a window would see nothing but padding; pad less
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Pool<mdl::Max, mdl::Kernel<2>, mdl::Pad<2>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
