// mdl: must not compile: a pooling window larger than its input.
// SPDX-License-Identifier: MIT
// expect: mdl: the kernel is larger than its padded input; shrink the kernel or pad the input
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<4, 4, 3>, mdl::Pool<mdl::Max, mdl::Kernel<5>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
