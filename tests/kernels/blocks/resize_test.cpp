// mdl: tests of resizing over channel blocks against the reference.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <array>

#include <kernels/blocks/blocks.hpp>
#include <mdl/kernels/blocks/resize.hpp>
#include <mdl/kernels/reference/resize.hpp>

using namespace mdl;
using namespace mdl::test;

namespace {

auto resize_error(const Operation& op, const Shape& in, const Shape& out, const Workers& parallel) -> double {
    const Floats x = numbers(in, 3), input = blocked(in, x);
    Floats output = blocked_room(out), expected = room(out);
    Scratch scratch(kernels::resize_scratch_bytes(op, in, out, parallel.workers));
    const Interpolation how = op.resampling.interpolation;
    if (how == Interpolation::nearest) kernels::resize<1>(op, in, out, input.data(), output.data(), scratch.data(), parallel);
    if (how == Interpolation::linear) kernels::resize<2>(op, in, out, input.data(), output.data(), scratch.data(), parallel);
    if (how == Interpolation::cubic) kernels::resize<4>(op, in, out, input.data(), output.data(), scratch.data(), parallel);
    kernels::reference::resize(op, in, out, x.data(), expected.data());
    return largest_difference(unblocked(out, output), expected);
}

constexpr Coordinates every_coordinates[] = {Coordinates::half_pixel, Coordinates::pytorch_half_pixel, Coordinates::align_corners,
                                             Coordinates::asymmetric, Coordinates::half_pixel_nearest};

auto resizing(Interpolation interpolation, Coordinates coordinates) -> Operation {
    Operation op;
    op.op = Op::resize;
    op.k = -0.75f;
    op.resampling.interpolation = interpolation;
    op.resampling.coordinates = coordinates;
    return op;
}

}  // namespace

TEST_CASE("resizing equals the reference for every interpolation, rule of coordinates and size") {
    for (const Interpolation interpolation : {Interpolation::nearest, Interpolation::linear, Interpolation::cubic})
        for (const Coordinates coordinates : every_coordinates)
            for (const auto& size : {std::array{10, 14}, {13, 3}, {1, 1}, {5, 7}, {2, 29}})
                for (const int channels : {1, 16, 19}) {
                    CAPTURE(static_cast<int>(interpolation));
                    CAPTURE(static_cast<int>(coordinates));
                    CAPTURE(size[0]);
                    const Shape in{1, channels, 5, 7}, out{1, channels, size[0], size[1]};
                    Operation op = resizing(interpolation, coordinates);
                    for (const bool exclude : {false, true}) {
                        op.resampling.exclude_outside = exclude;
                        // Weights rounded to floats and sums of up to sixteen products of numbers up to 2; nothing is rounded in a copy.
                        const double limit = interpolation == Interpolation::nearest ? 0.0 : 2e-6;
                        CHECK(resize_error(op, in, out, one_worker) <= limit);
                        CHECK(resize_error(op, in, out, three_workers) <= limit);
                    }
                }
}

TEST_CASE("resizing keeps to the factors that are given and to every rounding of the nearest pixel") {
    for (const Rounding rounding : {Rounding::prefer_floor, Rounding::prefer_ceil, Rounding::floor, Rounding::ceil})
        for (const Coordinates coordinates : every_coordinates) {
            Operation op = resizing(Interpolation::nearest, coordinates);
            op.resampling.rounding = rounding;
            op.alpha = 2.6f, op.beta = 0.6f;
            const Shape in{1, 9, 5, 8}, out{1, 9, 13, 4};
            CHECK(resize_error(op, in, out, one_worker) == 0.0);
            op.resampling.interpolation = Interpolation::linear;
            CHECK(resize_error(op, in, out, one_worker) <= 2e-6);
        }
}

#else
TEST_CASE("the portable build does not resize channel blocks") { CHECK(MDL_SIMD == 0); }
#endif
