// mdl: must not compile: an RGB image of four channels.
// SPDX-License-Identifier: MIT
// expect: mdl: the pixel order does not fit the number of channels; Rgb, Bgr and Rgba go with 3, Grey with 1
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 4, mdl::Rgb>, mdl::Conv<8>> {};
static_assert(mdl::arena_bytes<Net> > 0);
