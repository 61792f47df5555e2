// mdl: must not compile: regions with two factors.
// SPDX-License-Identifier: MIT
// expect: mdl: RoiAlign takes one Factor for rows and columns, and Asymmetric or none of the options of coordinates
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<mdl::Node<"x", mdl::Input<8, 8, 3>>, mdl::Node<"r", mdl::InputTensor<1, 4>>,
                        mdl::Node<"y", mdl::RoiAlign<mdl::OutputSize<2>, mdl::Factor<0.5, 0.25>>, mdl::From<"x", "r">>> {};
static_assert(mdl::arena_bytes<Net> > 0);
