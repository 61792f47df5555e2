// mdl: computes one node with the reference kernels, at run time: the truth for the tests of engine and converter.
// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <span>
#include <vector>

#include <mdl/tensor/operation.hpp>
#include <mdl/tensor/shape.hpp>

namespace mdl::test {

/// y = op(x...), where weight(k) is the node's weights tensor k. Not for inputs and constants.
void run_reference_node(const Operation& op, std::span<const Shape> shapes, const std::vector<const float*>& x, const Shape& out,
                        const std::function<const float*(int)>& weight, float* y);

}  // namespace mdl::test
