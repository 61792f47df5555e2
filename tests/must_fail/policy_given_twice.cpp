// mdl: must not compile: two preferences.
// SPDX-License-Identifier: MIT
// expect: mdl: Prefer is given twice; prefer Size or Speed
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Conv<8>> {};
static_assert(mdl::arena_bytes<Net, mdl::Options<mdl::Prefer<mdl::Size>, mdl::Prefer<mdl::Speed>>> > 0);
