// mdl: tests of instance and group norm over channel blocks against the reference.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <array>

#include <kernels/blocks/blocks.hpp>
#include <mdl/kernels/blocks/group_norm.hpp>
#include <mdl/kernels/reference/normalization.hpp>

using namespace mdl;
using namespace mdl::test;

namespace {

/// In place.
auto norm_error(const Shape& shape, int groups, const Floats& x, const Workers& parallel) -> double {
    Operation op;
    op.op = Op::group_norm;
    op.groups = groups, op.epsilon = 1e-3f;
    const Floats gamma = numbers(shape.channels(), 4), beta = numbers(shape.channels(), 5);
    Floats output = blocked(shape, x), expected = room(shape);
    Scratch scratch(kernels::group_norm_scratch_bytes(shape.channels()));
    const kernels::Buffers buffers{.input = output.data(), .output = output.data(), .scratch = scratch.data()};
    const Activation inner{ActivationKind::clip, -1.5f, 2.5f};
    kernels::group_norm(shape.channels(), groups, shape.height() * shape.width(), op.epsilon, kernels::epilogue_args(inner), gamma.data(),
                        beta.data(), buffers, parallel);
    kernels::reference::group_norm(op, shape, x.data(), gamma.data(), beta.data(), expected.data());
    return largest_difference(unblocked(shape, output), finished(expected, inner));
}

}  // namespace

TEST_CASE("group norm equals the reference for groups that share blocks, fill them or span them") {
    for (const auto& test : {std::array{1, 1}, {19, 19}, {18, 3}, {24, 3}, {32, 1}, {35, 5}})
        for (const auto& size : {std::array{1, 2}, {3, 5}, {9, 31}}) {
            CAPTURE(test[0]);
            CAPTURE(test[1]);
            const Shape shape{1, test[0], size[0], size[1]};
            // Values up to 6 with a factor of 1 / sqrt(variance) below 10: a few units in the last place.
            CHECK(norm_error(shape, test[1], numbers(shape, 3), one_worker) < 5e-6);
            CHECK(norm_error(shape, test[1], numbers(shape, 6), three_workers) < 5e-6);
        }
}

TEST_CASE("group norm of a large map far from zero loses no digits to its mean") {
    const Shape shape{1, 5, 128, 128};
    Floats x = numbers(shape, 3);
    for (float& value : x) value += 100;
    // 100 in floats has steps of 8e-6; the mean is that of 16384 numbers.
    CHECK(norm_error(shape, 5, x, one_worker) < 2e-5);
}

#else
TEST_CASE("the portable build has no group norm over channel blocks") { CHECK(MDL_SIMD == 0); }
#endif
