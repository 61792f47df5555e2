// mdl: must not compile: an option that belongs to another layer.
// SPDX-License-Identifier: MIT
// expect: mdl: an option does not belong to this layer; see the layer's documentation for those it takes
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Conv<8, mdl::Kernel<3>, mdl::Ceil>> {};
static_assert(mdl::arena_bytes<Net> > 0);
