// mdl: must not compile: a mirror image of more rows than there are.
// SPDX-License-Identifier: MIT
// expect: mdl: a reflected or wrapped padding is wider than its input has elements to show; pad less, or with Edge
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::ReflectPad<8, 0, 0, 0>> {};
static_assert(mdl::arena_bytes<Net> > 0);
