// mdl: must not compile: an output that no node makes.
// SPDX-License-Identifier: MIT
// expect: mdl: Output names a node that the Graph does not have; correct the name or add the node
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<
    mdl::Node<"image", mdl::Input<8, 8, 3>>,
    mdl::Node<"conv", mdl::Conv<8, mdl::Kernel<3>>, mdl::From<"image">>,
    mdl::Output<"cnov">> {};
static_assert(mdl::arena_bytes<Net> > 0);
