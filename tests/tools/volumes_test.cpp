// mdl: convolutions over three spatial axes, converted.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tools/interpreted.hpp"
#include "tools/says.hpp"

using mdl::tool::test::interpreted_difference;
using mdl::tool::test::says;
using mdl::tool::test::single;

TEST_CASE("a convolution of volumes is one over the frames and one along the depth") {
    auto model = single(13, {1, 2, 5, 6, 7});
    model.weights("w", {3, 2, 3, 3, 3});
    model.node("Conv", {"x", "w"}, {"y"}).integers("pads", {1, 1, 1, 1, 1, 1});
    CHECK(model.layers() ==
          "Transpose<0, 2, 1, 3, 4>; Reshape<5, 2, 6, 7>; Conv<9, Kernel<3>, Pad<1>, NoBias>; Reshape<1, 5, 9, 42>; Transpose<0, 2, 1, 3>; "
          "Conv<3, Kernel<3, 1>, Pad<1, 0>, Groups<3>, NoBias>; Reshape<1, 3, 5, 6, 7>");
    CHECK(interpreted_difference(model) < 1e-6);
}

TEST_CASE("convolutions of volumes with every option give the interpreter's numbers") {
    auto plain = single(13, {2, 4, 6, 7, 5});
    plain.weights("w", {6, 2, 2, 3, 1}).weights("b", {6});
    plain.node("Conv", {"x", "w", "b"}, {"y"})
        .integer("group", 2)
        .integers("strides", {2, 1, 2})
        .integers("dilations", {2, 2, 1})
        .integers("pads", {0, 1, 0, 2, 0, 1});
    CHECK(interpreted_difference(plain) < 1e-6);
    auto depthwise = single(13, {1, 3, 4, 5, 6});
    depthwise.weights("w", {3, 1, 3, 3, 3}).weights("b", {3});
    depthwise.node("Conv", {"x", "w", "b"}, {"y"}).integer("group", 3).string("auto_pad", "SAME_UPPER");
    CHECK(interpreted_difference(depthwise) < 1e-6);
    auto flat = single(13, {1, 3, 4, 5, 6});
    flat.weights("w", {4, 3, 1, 3, 3});
    flat.node("Conv", {"x", "w"}, {"y"}).integers("strides", {2, 1, 1});
    CHECK(interpreted_difference(flat) < 1e-6);
    auto transposed = single(13, {2, 4, 3, 4, 5});
    transposed.weights("w", {4, 3, 2, 3, 3}).weights("b", {6});
    transposed.node("ConvTranspose", {"x", "w", "b"}, {"y"})
        .integer("group", 2)
        .integers("strides", {2, 1, 2})
        .integers("pads", {0, 1, 1, 1, 0, 1});
    CHECK(interpreted_difference(transposed) < 1e-6);
}

TEST_CASE("what volumes cannot do is refused") {
    auto channels = single(13, {1, 3, 4, 5, 6});
    channels.weights("w", {4, 2, 1, 3, 3});
    channels.node("Conv", {"x", "w"}, {"y"});
    CHECK(says(channels.refusal(), {"Conv", "4x2x1x3x3", "3 channels"}));
    auto padded = single(13, {1, 4, 3, 4, 5});
    padded.weights("w", {4, 3, 2, 3, 3});
    padded.node("ConvTranspose", {"x", "w"}, {"y"}).integers("output_padding", {1, 0, 0});
    CHECK(says(padded.refusal(), {"ConvTranspose", "output_padding", "three"}));
    auto automatic = single(13, {1, 4, 3, 4, 5});
    automatic.weights("w", {4, 3, 2, 3, 3});
    automatic.node("ConvTranspose", {"x", "w"}, {"y"}).string("auto_pad", "SAME_LOWER");
    CHECK(says(automatic.refusal(), {"ConvTranspose", "auto_pad"}));
}
