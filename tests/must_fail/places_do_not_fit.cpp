// mdl: must not compile: a grid without pairs of coordinates.
// SPDX-License-Identifier: MIT
// expect: mdl: the places to read do not fit: a grid is [batch, rows, columns, 2], regions are [n, 4] with one image number each; reshape them
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<mdl::Node<"x", mdl::Input<8, 8, 3>>, mdl::Node<"g", mdl::InputTensor<1, 2, 4, 4>>,
                        mdl::Node<"y", mdl::GridSample<mdl::Linear>, mdl::From<"x", "g">>> {};
static_assert(mdl::arena_bytes<Net> > 0);
