// mdl: must not compile: a product of matrices whose inner sizes differ.
// SPDX-License-Identifier: MIT
// expect: mdl: the matrices do not fit: the columns of the first must be the rows of the second; transpose one
#include <mdl/mdl.hpp>

struct Net : mdl::Sequential<mdl::InputTensor<1, 3, 4>, mdl::MatMul<mdl::Identity, mdl::Identity>> {};
static_assert(mdl::arena_bytes<Net> > 0);
