// mdl: must not compile: a softmax over an axis that the tensor does not have.
// SPDX-License-Identifier: MIT
// expect: mdl: the axis does not exist; the input has fewer axes (they count from 0: batch, channels, rows, columns)
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::InputTensor<1, 10>, mdl::SoftmaxAxis<2>> {};
static_assert(mdl::arena_bytes<Net> > 0);
