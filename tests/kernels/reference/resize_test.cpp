// mdl: tests of the reference resizing.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/resize.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::largest_difference, test::numbers, test::room;

namespace {

auto resized(const Resampling& how, std::vector<float> x, int out, float factor = 0, float cubic = -0.75f) -> std::vector<float> {
    Operation op{.op = Op::resize, .resampling = how};
    op.beta = factor, op.k = cubic;
    const Shape in{1, 1, 1, static_cast<int>(x.size())}, to{1, 1, 1, out};
    auto y = room(to);
    reference::resize(op, in, to, x.data(), y.data());
    return y;
}

}  // namespace

TEST_CASE("rows of numbers resize to those worked by hand") {
    using enum Interpolation;
    using enum Coordinates;
    using List = std::vector<float>;
    CHECK(resized({nearest, asymmetric, Rounding::floor}, {1, 2, 3}, 6) == List{1, 1, 2, 2, 3, 3});
    CHECK(resized({nearest, half_pixel}, {1, 2, 3, 4}, 2) == List{1, 3});
    CHECK(resized({nearest, half_pixel, Rounding::prefer_ceil}, {1, 2, 3, 4}, 2) == List{2, 4});
    CHECK(resized({linear, half_pixel}, {1, 3}, 4) == List{1, 1.5f, 2.5f, 3});
    CHECK(resized({linear, align_corners}, {1, 4}, 4) == List{1, 2, 3, 4});
    CHECK(resized({linear, asymmetric}, {1, 3}, 4) == List{1, 2, 3, 3});
    CHECK(resized({linear, pytorch_half_pixel}, {1, 3, 5}, 1) == List{1});
    CHECK(resized({cubic, half_pixel}, {1, 2, 3, 4}, 8) ==
          List{0.89453125f, 1.19140625f, 1.66796875f, 2.296875f, 2.703125f, 3.33203125f, 3.80859375f, 4.10546875f});
}

TEST_CASE("the factor that is given counts where it is not the sizes' ratio") {
    // 0.6 * 4 is 2.4, of which 2 remain: the points lie 1 / 0.6 apart.
    const auto y = resized({Interpolation::linear, Coordinates::half_pixel}, {1, 2, 3, 4}, 2, 0.6f);
    CHECK(std::fabs(y[0] - 1.3333333f) < 1e-5f);
    CHECK(std::fabs(y[1] - 3.0f) < 1e-5f);
}

TEST_CASE("every way to resize keeps a constant, and itself at the same size") {
    const auto x = numbers(7, 2);
    for (const auto interpolation : {Interpolation::nearest, Interpolation::linear, Interpolation::cubic})
        for (const auto coordinates : {Coordinates::half_pixel, Coordinates::pytorch_half_pixel, Coordinates::align_corners, Coordinates::asymmetric})
            for (const bool exclude : {false, true}) {
                const Resampling how{interpolation, coordinates, Rounding::prefer_floor, exclude};
                CHECK(largest_difference(resized(how, x, 7), x) == 0);
                for (const int out : {1, 3, 7, 11})
                    CHECK(largest_difference(resized(how, std::vector<float>(5, 2.5f), out), std::vector<float>(static_cast<std::size_t>(out), 2.5f)) < 1e-6);
            }
}
