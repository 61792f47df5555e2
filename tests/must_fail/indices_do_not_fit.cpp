// mdl: must not compile: indices of another shape than the updates.
// SPDX-License-Identifier: MIT
// expect: mdl: the indices do not fit: they need the data's rank, at most its sizes along all other axes and, in a scatter, the updates' shape; reshape or slice them
#include <mdl/mdl.hpp>

struct Net : mdl::Graph<mdl::Node<"x", mdl::InputTensor<2, 5>>, mdl::Node<"i", mdl::InputTensor<2, 3>>, mdl::Node<"u", mdl::InputTensor<2, 4>>,
                        mdl::Node<"y", mdl::ScatterElements<>, mdl::From<"x", "i", "u">>> {};
static_assert(mdl::arena_bytes<Net> > 0);
