// mdl: tests of the reference reader of images.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/image.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "../numbers.hpp"

using namespace mdl;
using kernels::reference::import_image;
using test::numbers, test::room;

TEST_CASE("interleaved bytes become planes, mean and scale in the network's order") {
    // Two pixels in BGR memory; the network wants RGB.
    const std::uint8_t memory[] = {10, 20, 30, 40, 50, 255};
    const ImageFormat format{.element = Element::u8,
                             .layout = PixelLayout::hwc,
                             .order = PixelOrder::bgr,
                             .swap_red_blue = true,
                             .mean_count = 3,
                             .scale_count = 3,
                             .mean = {30, 20, 10},
                             .scale = {1, 0.5f, 2}};
    auto y = room({1, 3, 1, 2});
    import_image(format, {1, 3, 1, 2}, memory, y.data());
    CHECK(y == std::vector<float>{0, 225, 0, 15, 0, 60});
}

TEST_CASE("the alpha of rgba is skipped, in either layout and order") {
    const std::uint8_t interleaved[] = {1, 2, 3, 99, 4, 5, 6, 98};
    const std::uint8_t planar[] = {1, 4, 2, 5, 3, 6, 99, 98};
    ImageFormat format{.element = Element::u8, .layout = PixelLayout::hwc, .order = PixelOrder::rgba};
    auto y = room({1, 3, 2, 1});
    import_image(format, {1, 3, 2, 1}, interleaved, y.data());
    CHECK(y == std::vector<float>{1, 4, 2, 5, 3, 6});
    format.swap_red_blue = true;
    import_image(format, {1, 3, 2, 1}, interleaved, y.data());
    CHECK(y == std::vector<float>{3, 6, 2, 5, 1, 4});
    format.layout = PixelLayout::chw;
    import_image(format, {1, 3, 2, 1}, planar, y.data());
    CHECK(y == std::vector<float>{3, 6, 2, 5, 1, 4});
}

TEST_CASE("one mean and one scale serve all channels") {
    const float memory[] = {1, 2, 3, 4};
    const ImageFormat format{.order = PixelOrder::any, .mean_count = 1, .scale_count = 1, .mean = {1}, .scale = {10}};
    auto y = room({1, 2, 1, 2});
    import_image(format, {1, 2, 1, 2}, memory, y.data());
    CHECK(y == std::vector<float>{0, 10, 20, 30});
}

TEST_CASE("a plain format copies tensors of any rank, and both layouts agree for grey") {
    for (const Shape& shape : {Shape{1, 10}, Shape{1, 1, 7, 5}, Shape{2, 3, 4, 5}, Shape{2, 5, 3}}) {
        const auto x = numbers(shape, 1);
        auto y = room(shape);
        import_image({}, shape, x.data(), y.data());
        CHECK(y == x);
    }
    const Shape shape{1, 1, 7, 5};
    const auto x = numbers(shape, 2);
    auto y = room(shape);
    import_image({.layout = PixelLayout::hwc, .order = PixelOrder::grey}, shape, x.data(), y.data());
    CHECK(y == x);
}

TEST_CASE("each image of a batch is read from its own memory") {
    const Shape shape{2, 3, 3, 5}, one{1, 3, 3, 5};
    const auto x = numbers(shape, 3);
    const ImageFormat format{.layout = PixelLayout::hwc, .order = PixelOrder::rgb, .swap_red_blue = true};
    auto y = room(shape), first = room(one), second = room(one);
    import_image(format, shape, x.data(), y.data());
    import_image(format, one, x.data(), first.data());
    import_image(format, one, x.data() + 45, second.data());
    first.insert(first.end(), second.begin(), second.end());
    CHECK(y == first);
}
