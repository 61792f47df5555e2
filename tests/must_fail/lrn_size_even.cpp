// mdl: must not compile: a normalisation over an even number of channels.
// SPDX-License-Identifier: MIT
// expect: mdl: local response normalisation needs an odd size; choose 3, 5, ...
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 16>, mdl::Lrn<mdl::Size<4>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
