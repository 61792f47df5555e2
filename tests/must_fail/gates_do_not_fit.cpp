// mdl: must not compile: a recurrence without its dense layer.
// SPDX-License-Identifier: MIT
// expect: mdl: the recurrence takes [steps, gates * units] or [steps, batch, gates * units], which Dense<gates * units> before it gives, and states of [batch, units]
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::InputTensor<20, 40>, mdl::Recurrence<mdl::Lstm, 40>> {};
static_assert(mdl::arena_bytes<Net> > 0);
