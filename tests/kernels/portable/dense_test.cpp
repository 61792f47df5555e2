// mdl: tests of the portable dense layer against the reference.
// SPDX-License-Identifier: MIT
#include "eigen_allocations.hpp"

#include <mdl/kernels/portable/dense.hpp>

#include <doctest/doctest.h>

#include <vector>

#include <mdl/kernels/reference/dense.hpp>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::largest_difference, test::numbers, test::room;

namespace {

auto difference(const Shape& in, const Shape& out, bool has_bias) -> double {
    const Operation op{.op = Op::dense, .bias = has_bias, .out_channels = out[out.rank - 1]};
    const auto inputs = in.count() / (out.count() / op.out_channels);
    const auto x = numbers(in, 1), w = numbers(inputs * op.out_channels, 2), bias = numbers(op.out_channels, 3);
    const float* bias_data = has_bias ? bias.data() : nullptr;
    auto y = room(out), expected = room(out);
    const int allocations =
        test::eigen_allocations([&] { portable::dense(op, in, out, x.data(), w.data(), bias_data, y.data()); });
    reference::dense(op, in, out, x.data(), w.data(), bias_data, expected.data());
    return allocations == 0 ? largest_difference(y, expected) : HUGE_VAL;
}

}  // namespace

TEST_CASE("the portable dense layer equals the reference for odd sizes, with and without bias") {
    for (const int inputs : {1, 2, 3, 5, 8, 17, 33, 101})
        for (const int outputs : {1, 2, 3, 7, 10, 31})
            for (const bool has_bias : {false, true}) CHECK(difference({1, inputs}, {1, outputs}, has_bias) == 0);
}

TEST_CASE("the portable dense layer takes batches, feature maps and sequences") {
    CHECK(difference({3, 19}, {3, 5}, true) == 0);
    CHECK(difference({2, 3, 5, 7}, {2, 11}, true) == 0);
    CHECK(difference({1, 6, 13}, {1, 6, 4}, false) == 0);
}

TEST_CASE("a large dense layer allocates nothing") {
    CHECK(difference({1, 4099}, {1, 257}, true) == 0);
}
