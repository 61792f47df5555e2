// mdl: must not compile: a policy that the engine does not know.
// SPDX-License-Identifier: MIT
// expect: mdl: this is no policy of the engine; see mdl/engine/options.hpp for those it takes
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::Input<8, 8, 3>, mdl::Conv<8>> {};
static_assert(mdl::arena_bytes<Net, mdl::Options<mdl::Relu>> > 0);
