// mdl: must not compile: an option that means nothing to GridSample.
// SPDX-License-Identifier: MIT
// expect: mdl: of these options GridSample takes AlignCorners, Edge and Reflect
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<mdl::Node<"x", mdl::Input<8, 8, 3>>, mdl::Node<"g", mdl::InputTensor<1, 2, 4, 2>>,
                        mdl::Node<"y", mdl::GridSample<mdl::Linear, mdl::Wrap>, mdl::From<"x", "g">>> {};
static_assert(mdl::arena_bytes<Net> > 0);
