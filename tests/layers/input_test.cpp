// mdl: tests of inputs and constants.
// SPDX-License-Identifier: MIT
#include <mdl/layers/input.hpp>

#include <doctest/doctest.h>

#include "layers/inferred.hpp"

using namespace mdl;
using namespace mdl::test;

namespace {

template <class Layer>
constexpr ImageFormat format = Layer::description.operation.image;

}  // namespace

TEST_CASE("an image of rows, columns and channels is a feature map") {
    static_assert(infer<Input<16, 24, 3>>({}).is({1, 3, 16, 24}));
    CHECK(infer<Input<16, 24, 3>>({}).weight_count == 0);
    CHECK(Input<16, 24, 3>::description.min_inputs == 0);
    CHECK(Input<16, 24, 3>::description.max_inputs == 0);
}

TEST_CASE("an image is floats, row by row with interleaved channels, unless options say otherwise") {
    static_assert(format<Input<8, 8, 3>>.element == Element::f32 && format<Input<8, 8, 3>>.layout == PixelLayout::hwc);
    CHECK(format<Input<8, 8, 3, U8, Chw>>.element == Element::u8);
    CHECK(format<Input<8, 8, 3, U8, Chw>>.layout == PixelLayout::chw);
    CHECK(format<Input<8, 8, 3, Chw>>.is_plain());
    CHECK(!format<Input<8, 8, 3>>.is_plain());
}

TEST_CASE("with one channel or one pixel both layouts are the same memory, so it needs no conversion") {
    CHECK(format<Input<16, 16, 1>>.is_plain());
    CHECK(format<Input<1, 1, 40>>.is_plain());
    CHECK(!format<Input<16, 16, 1, U8>>.is_plain());
}

TEST_CASE("red and blue change places exactly where memory and network differ") {
    static_assert(!format<Input<8, 8, 3, Rgb>>.swap_red_blue && !format<Input<8, 8, 3, Bgr>>.swap_red_blue);
    CHECK(!format<Input<8, 8, 3, Rgb, To<Rgb>>>.swap_red_blue);
    CHECK(format<Input<8, 8, 3, Rgb, To<Bgr>>>.swap_red_blue);
    CHECK(format<Input<8, 8, 3, To<Bgr>, Rgba>>.swap_red_blue);
    CHECK(!format<Input<8, 8, 3, To<Rgb>, Rgba>>.swap_red_blue);
    CHECK(format<Input<8, 8, 3, Bgr, To<Rgb>>>.swap_red_blue);
    CHECK(!format<Input<8, 8, 3, To<Bgr>, Bgr>>.swap_red_blue);
}

TEST_CASE("mean and scale are one number for all channels or one for each") {
    constexpr ImageFormat image = format<Input<8, 8, 3, Mean<104.5, 117, 123>, ScaleBy<0.017>>>;
    static_assert(image.mean_count == 3 && image.scale_count == 1);
    CHECK(image.mean[0] == 104.5f);
    CHECK(image.mean[2] == 123.0f);
    CHECK(image.scale[0] == 0.017f);
    CHECK(infer<Input<8, 8, 3, Mean<104.5, 117, 123>, ScaleBy<0.017>>>({}).is({1, 3, 8, 8}));
    CHECK(infer<Input<8, 8, 9, Mean<1>>>({}).is({1, 9, 8, 8}));
    CHECK(infer<Input<8, 8, 3, Mean<1, 2>>>({}).shows(Problem::mean_count, {1, 3, 8, 8}, {2, 0}));
    CHECK(infer<Input<8, 8, 3, Mean<1>, ScaleBy<1, 2, 3, 4>>>({}).shows(Problem::mean_count, {1, 3, 8, 8}, {1, 4}));
}

TEST_CASE("the order of the pixels fits the number of channels") {
    CHECK(infer<Input<8, 8, 3, Rgba>>({}).is({1, 3, 8, 8}));
    CHECK(infer<Input<8, 8, 1, Grey>>({}).is({1, 1, 8, 8}));
    CHECK(infer<Input<8, 8, 4, Rgba>>({}).shows(Problem::image_channels, {1, 4, 8, 8}));
    CHECK(infer<Input<8, 8, 1, Rgb>>({}).shows(Problem::image_channels, {1, 1, 8, 8}));
    CHECK(infer<Input<8, 8, 1, Bgr>>({}).shows(Problem::image_channels, {1, 1, 8, 8}));
    CHECK(infer<Input<8, 8, 3, Grey>>({}).shows(Problem::image_channels, {1, 3, 8, 8}));
}

TEST_CASE("a tensor of any shape is a plain input") {
    static_assert(infer<InputTensor<1, 640>>({}).is({1, 640}));
    CHECK(infer<InputTensor<1, 1, 49, 10>>({}).is({1, 1, 49, 10}));
    CHECK(infer<InputTensor<1, 2, 3, 4, 5, 6>>({}).is({1, 2, 3, 4, 5, 6}));
    CHECK(format<InputTensor<1, 640>>.is_plain());
}

TEST_CASE("sizes are positive and their product fits an index") {
    CHECK(infer<Input<0, 8, 3>>({}).shows(Problem::not_positive, {1, 3, 0, 8}));
    CHECK(infer<InputTensor<1, -5>>({}).shows(Problem::not_positive, {1, -5}));
    CHECK(infer<Input<65536, 65536, 3>>({}).shows(Problem::too_large, {1, 3, 65536, 65536}));
    static_assert(infer<InputTensor<most, most, most, most, most, most>>({}).problem == Problem::too_large);
    CHECK(infer<InputTensor<most>>({}).is({most}));
}

TEST_CASE("a constant is a tensor of the weights file") {
    static_assert(infer<Constant<3, 1, 1>>({}).is({3, 1, 1}));
    CHECK(infer<Constant<3, 1, 1>>({}).weighs({{Role::value, {3, 1, 1}}}));
    CHECK(infer<Constant<>>({}).weighs({{Role::value, {}}}));
    CHECK(infer<Constant<0>>({}).shows(Problem::not_positive, {0}));
    CHECK(infer<Constant<65536, 65536>>({}).shows(Problem::too_large, {65536, 65536}));
    CHECK(Constant<1>::description.max_inputs == 0);
}
