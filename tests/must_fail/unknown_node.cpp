// mdl: must not compile: a node that reads a name which no node has.
// SPDX-License-Identifier: MIT
// expect: mdl: From names a node that the Graph does not have; correct the name or add the node
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<
    mdl::Node<"image", mdl::Input<8, 8, 3>>,
    mdl::Node<"conv", mdl::Conv<8, mdl::Kernel<3>>, mdl::From<"imgae">>,
    mdl::Output<"conv">> {};
static_assert(mdl::arena_bytes<Net> > 0);
