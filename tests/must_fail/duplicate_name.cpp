// mdl: must not compile: two nodes of one name.
// SPDX-License-Identifier: MIT
// expect: mdl: two nodes of a Graph have the same name; rename one
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<
    mdl::Node<"image", mdl::Input<8, 8, 3>>,
    mdl::Node<"conv", mdl::Conv<8, mdl::Kernel<3>>, mdl::From<"image">>,
    mdl::Node<"conv", mdl::Relu, mdl::From<"image">>,
    mdl::Output<"conv">> {};
static_assert(mdl::arena_bytes<Net> > 0);
