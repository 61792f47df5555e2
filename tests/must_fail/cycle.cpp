// mdl: must not compile: nodes that read each other.
// SPDX-License-Identifier: MIT
// expect: mdl: the nodes of a Graph read each other in a circle; a network must run from inputs to outputs
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<
    mdl::Node<"image", mdl::Input<8, 8, 3>>,
    mdl::Node<"sum", mdl::Add<>, mdl::From<"image", "relu">>,
    mdl::Node<"relu", mdl::Relu, mdl::From<"sum">>,
    mdl::Output<"relu">> {};
static_assert(mdl::arena_bytes<Net> > 0);
