// mdl: tests of reference grid sample and region of interest align.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/sampling.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::largest_difference, test::numbers, test::room;
using List = std::vector<float>;

namespace {

const List image{1, 2, 4, 8, -1, 3, 0.5f, 2, 5, -2, 1, 6};
const List places{0.25f, -0.5f, -1.5f, 0.75f, 1.125f, -1.25f, -0.9375f, -0.9375f, 2.75f, 3.5f};

auto sampled(Interpolation how, Fill fill, Coordinates coordinates, const List& grid = places) -> List {
    Operation op{.op = Op::grid_sample, .fill = fill};
    op.resampling.interpolation = how, op.resampling.coordinates = coordinates;
    op.k = -0.75f;
    const Shape out{1, 1, 1, static_cast<int>(grid.size() / 2)};
    auto y = room(out);
    reference::grid_sample(op, {1, 1, 3, 4}, out, image.data(), grid.data(), y.data());
    return y;
}

auto aligned(const Operation& op, const Shape& in, const List& x, const List& regions, const List& images = {}) -> List {
    const Shape out{static_cast<int>(regions.size() / 4), in.channels(), op.dims[0], op.dims[1]};
    auto y = room(out);
    reference::roi_align(op, in, out, x.data(), regions.data(), images.empty() ? nullptr : images.data(), y.data());
    return y;
}

auto region(int rows, int columns, int samples, Coordinates coordinates = Coordinates::half_pixel) -> Operation {
    Operation op{.op = Op::roi_align, .size = samples, .alpha = 1, .dims = {rows, columns}};
    op.resampling.coordinates = coordinates;
    return op;
}

}  // namespace

TEST_CASE("a grid reads between pixels, and outside zeros, the edge or the mirror image") {
    // Worked with Python by clipping and reflecting the places, as PyTorch does, where the kernel moves the pixels.
    using enum Coordinates;
    const auto linear = [](Fill fill, Coordinates coordinates) { return sampled(Interpolation::linear, fill, coordinates); };
    CHECK(linear(Fill::constant, half_pixel) == List{3.125f, 0, 0.25f, 0.37109375f, 0});
    CHECK(linear(Fill::edge, half_pixel) == List{3.125f, 5, 8, 1, 6});
    CHECK(linear(Fill::reflect, half_pixel) == List{3.125f, 1.5f, 8, 1, 0.5f});
    CHECK(linear(Fill::constant, align_corners) == List{2.28125f, 0.875f, 4.875f, 0.986328125f, 0});
    CHECK(linear(Fill::edge, align_corners) == List{2.28125f, 3.5f, 8, 0.986328125f, 6});
    CHECK(linear(Fill::reflect, align_corners) == List{2.28125f, 0.3125f, 5.8671875f, 0.986328125f, 0.9375f});
    const List cubic = sampled(Interpolation::cubic, Fill::constant, half_pixel);
    CHECK(cubic[0] == 3.611328125f);
    CHECK(cubic[1] == -0.46014404296875f);
    CHECK(sampled(Interpolation::nearest, Fill::edge, half_pixel) == List{4, 5, 8, 1, 6});
}

TEST_CASE("a grid that names each pixel's middle gives the image, whatever the interpolation") {
    List grid;
    for (int r = 0; r < 3; ++r)
        for (int q = 0; q < 4; ++q)
            grid.insert(grid.end(), {(2 * static_cast<float>(q) + 1) / 4 - 1, (2 * static_cast<float>(r) + 1) / 3 - 1});
    for (const auto how : {Interpolation::nearest, Interpolation::linear, Interpolation::cubic})
        CHECK(largest_difference(sampled(how, Fill::constant, Coordinates::half_pixel, grid), image) < 2e-6);  // thirds are rounded
}

TEST_CASE("places that are no numbers, or far away, are outside") {
    const float nan = NAN, far = std::numeric_limits<float>::max();
    CHECK(sampled(Interpolation::linear, Fill::constant, Coordinates::half_pixel, {nan, 0, far, far, -INFINITY, 0}) == List{0, 0, 0});
    CHECK(sampled(Interpolation::cubic, Fill::edge, Coordinates::align_corners, {far, far, -far, -far}) == List{6, 1});
    for (const float value : sampled(Interpolation::linear, Fill::reflect, Coordinates::half_pixel, {far, nan, -far, INFINITY}))
        CHECK(std::abs(value) <= 8);
}

TEST_CASE("every image of a batch and every channel is sampled by its image's grid") {
    const Shape in{2, 3, 3, 4}, out{2, 3, 2, 2};
    const auto x = numbers(in, 1), grid = numbers(Shape{2, 2, 2, 2}, 2);
    Operation op{.op = Op::grid_sample, .fill = Fill::edge};
    op.resampling.interpolation = Interpolation::linear;
    auto y = room(out), one = room({1, 1, 2, 2});
    reference::grid_sample(op, in, out, x.data(), grid.data(), y.data());
    for (int n = 0; n < 2; ++n)
        for (int c = 0; c < 3; ++c) {
            reference::grid_sample(op, {1, 1, 3, 4}, {1, 1, 2, 2}, x.data() + (n * 3 + c) * 12, grid.data() + n * 8, one.data());
            CHECK(List(y.begin() + (n * 3 + c) * 4, y.begin() + (n * 3 + c) * 4 + 4) == one);
        }
}

TEST_CASE("of an image that rises evenly each cell's mean is the value in its middle") {
    const Shape in{1, 1, 8, 9};
    List x;
    for (int r = 0; r < 8; ++r)
        for (int q = 0; q < 9; ++q) x.push_back(static_cast<float>(10 * r + q));
    for (const int samples : {0, 1, 2, 4}) {
        // Left 0.5, top 0.5: cells of 3 columns and 2 rows, the first pixel's middle at 0.5.
        CHECK(aligned(region(2, 2, samples), in, x, {1, 1, 7, 5}) == List{10 + 2 + 5, 17 + 3, 17 + 20, 40});
        CHECK(aligned(region(2, 2, samples, Coordinates::asymmetric), in, x, {1, 1, 7, 5}) == List{22.5f, 25.5f, 42.5f, 45.5f});
    }
    Operation half = region(1, 1, 2);
    half.alpha = 0.5f;
    CHECK(aligned(half, in, x, {2, 2, 14, 10}) == List{10 * 2.5f + 3.5f});
}

TEST_CASE("regions outside of the image, empty or endless, give zeros or end in time") {
    const List x(72, 1.0f);
    const float far = std::numeric_limits<float>::max();
    CHECK(aligned(region(1, 2, 2), {1, 1, 8, 9}, x, {20, 20, 25, 25}) == List{0, 0});
    CHECK(aligned(region(1, 1, 0), {1, 1, 8, 9}, x, {5, 5, 3, 3}) == List{0});
    CHECK(aligned(region(1, 1, 0), {1, 1, 8, 9}, x, {-far, -far, far, far, NAN, 0, 3, 3}).size() == 2);
}

TEST_CASE("each region reads its own image of the batch") {
    List x(2 * 2 * 4 * 4, 1.0f);
    for (std::size_t i = 32; i < 64; ++i) x[i] = i < 48 ? 2 : 3;
    CHECK(aligned(region(1, 1, 1), {2, 2, 4, 4}, x, {1, 1, 3, 3, 1, 1, 3, 3, 1, 1, 3, 3}, {1, 0, 7}) == List{2, 3, 1, 1, 2, 3});
}
