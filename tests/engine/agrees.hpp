// mdl: a network of the layers under test behind a first convolution, and the law that it agrees with the reference.
// SPDX-License-Identifier: MIT
#pragma once

#include <doctest/doctest.h>

#include "support/engine_error.hpp"

namespace mdl::test {

template <class... Layers>
struct Net : Sequential<Input<13, 11, 3>, Conv<19, Kernel<3>, Pad<1>>, Layers...> {};

/// The tolerance is rounding: sums in another order, over a few layers.
template <class Network>
void agrees() {
    CHECK(engine_error<Network>() < 2e-5);
}

}  // namespace mdl::test
