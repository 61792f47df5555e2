// mdl: must not compile: gates that are no activation.
// SPDX-License-Identifier: MIT
// expect: mdl: Gates takes an activation, as in Gates<HardSigmoid<0.2, 0.5>>
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::InputTensor<20, 4>, mdl::Recurrence<mdl::Rnn, 4, mdl::Gates<mdl::Softmax>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
