// mdl: must not compile: cells where there are none.
// SPDX-License-Identifier: MIT
// expect: mdl: only an Lstm has cells; leave out WithCells
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::InputTensor<20, 12>, mdl::Recurrence<mdl::Gru, 4, mdl::WithCells>> {};
static_assert(mdl::arena_bytes<Net> > 0);
