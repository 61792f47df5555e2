// mdl: must not compile: the network's pixel order without the memory's.
// SPDX-License-Identifier: MIT
// expect: mdl: To<...> needs the order in memory too; add Rgb, Bgr or Rgba
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3, mdl::To<mdl::Bgr>>, mdl::Conv<8>> {};
static_assert(mdl::arena_bytes<Net> > 0);
