// mdl: must not compile: a node that nobody reads.
// SPDX-License-Identifier: MIT
// expect: mdl: nobody reads this node and it is no output; remove it or name it in Output<...>
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<
    mdl::Node<"image", mdl::Input<8, 8, 3>>,
    mdl::Node<"forgotten", mdl::Conv<8, mdl::Kernel<3>>, mdl::From<"image">>,
    mdl::Node<"relu", mdl::Relu, mdl::From<"image">>,
    mdl::Output<"relu">> {};
static_assert(mdl::arena_bytes<Net> > 0);
