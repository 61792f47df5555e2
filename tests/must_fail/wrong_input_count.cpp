// mdl: must not compile: a convolution of two tensors.
// SPDX-License-Identifier: MIT
// expect: mdl: the layer takes another number of inputs; name as many in From<...> as it reads
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<
    mdl::Node<"image", mdl::Input<8, 8, 3>>,
    mdl::Node<"relu", mdl::Relu, mdl::From<"image">>,
    mdl::Node<"conv", mdl::Conv<8, mdl::Kernel<3>>, mdl::From<"image", "relu">>,
    mdl::Output<"conv">> {};
static_assert(mdl::arena_bytes<Net> > 0);
