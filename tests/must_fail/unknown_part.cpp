// mdl: must not compile: a part that the split does not have.
// SPDX-License-Identifier: MIT
// expect: mdl: this part of a Split does not exist; write
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<
    mdl::Node<"image", mdl::Input<8, 8, 4>>,
    mdl::Node<"halves", mdl::Split<mdl::Parts<2>>, mdl::From<"image">>,
    mdl::Node<"relu", mdl::Relu, mdl::From<"halves:2">>,
    mdl::Output<"relu">> {};
static_assert(mdl::arena_bytes<Net> > 0);
