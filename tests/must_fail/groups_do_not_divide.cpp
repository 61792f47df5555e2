// mdl: must not compile: groups that do not divide the channels.
// SPDX-License-Identifier: MIT
// expect: mdl: the groups do not divide the channels; choose a number that divides both input and output channels
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 6>, mdl::Conv<8, mdl::Kernel<3>, mdl::Groups<4>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
