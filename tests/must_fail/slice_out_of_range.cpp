// mdl: must not compile: a slice past the end.
// SPDX-License-Identifier: MIT
// expect: mdl: the slice reaches outside its input, or is empty; keep 0 <= begin < end <= size
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 16>, mdl::Slice<mdl::Axis<1>, mdl::Begin<8>, mdl::End<20>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
