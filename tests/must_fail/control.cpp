// mdl: must compile: the control, a right network with everything that the other cases use.
// SPDX-License-Identifier: MIT
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<
    mdl::Node<"image", mdl::Input<8, 8, 4>>,
    mdl::Node<"halves", mdl::Split<mdl::Parts<2>>, mdl::From<"image">>,
    mdl::Node<"left", mdl::Conv<8, mdl::Kernel<3>, mdl::Pad<1>>, mdl::From<"halves:0">>,
    mdl::Node<"right", mdl::Residual<mdl::Conv<2, mdl::Kernel<3>, mdl::Pad<1>>, mdl::Relu>, mdl::From<"halves:1">>,
    mdl::Node<"both", mdl::Concat<>, mdl::From<"left", "right">>,
    mdl::Node<"pool", mdl::Pool<mdl::Max, mdl::Kernel<2>, mdl::Stride<2>>, mdl::From<"both">>,
    mdl::Node<"scores", mdl::Sequential<mdl::Flatten, mdl::Dense<10>, mdl::Softmax>, mdl::From<"pool">>,
    mdl::Output<"scores">> {};
static_assert(mdl::arena_bytes<Net> > 0);
