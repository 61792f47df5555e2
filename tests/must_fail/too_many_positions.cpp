// mdl: must not compile: positions that no float tells.
// SPDX-License-Identifier: MIT
// expect: mdl: a tensor has more elements than a float counts, 2^24, so their positions cannot be told; pool a smaller one
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::InputTensor<1, 64, 1024, 1024>, mdl::MaxPositions<mdl::Kernel<2>>> {};
static_assert(mdl::arena_bytes<Net> > 0);
