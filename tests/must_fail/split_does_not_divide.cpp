// mdl: must not compile: a split into parts that do not divide the channels.
// SPDX-License-Identifier: MIT
// expect: mdl: the number of parts does not divide the axis; give Sizes<...> or another number of parts
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<
    mdl::Node<"image", mdl::Input<8, 8, 4>>,
    mdl::Node<"parts", mdl::Split<mdl::Parts<3>>, mdl::From<"image">>,
    mdl::Node<"relu", mdl::Relu, mdl::From<"parts:0">>,
    mdl::Output<"relu">> {};
static_assert(mdl::arena_bytes<Net> > 0);
