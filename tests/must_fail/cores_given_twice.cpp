// mdl: must not compile: two kinds of cores.
// SPDX-License-Identifier: MIT
// expect: mdl: Cores is given twice; name InOrder or OutOfOrder
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Conv<8>> {};
static_assert(mdl::arena_bytes<Net, mdl::Options<mdl::Cores<mdl::InOrder>, mdl::Cores<mdl::OutOfOrder>>> > 0);
