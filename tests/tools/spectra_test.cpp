// mdl: DFT and STFT, converted.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tools/interpreted.hpp"
#include "tools/says.hpp"

using mdl::tool::test::evaluate;
using mdl::tool::test::interpreted_difference;
using mdl::tool::test::says;
using mdl::tool::test::single;
using mdl::tool::test::Values;

TEST_CASE("a Fourier transform is a dense layer") {
    auto model = single(17, {1, 4, 1});
    model.node("DFT", {"x"}, {"y"});
    CHECK(model.layers() == "Reshape<1, 4>; Dense<8, NoBias>; Reshape<1, 4, 2>");
    const auto spectrum = evaluate(model.import(), {{1, 2, 3, 4}})[0];
    const Values expected{10, 0, -2, 2, -2, 0, -2, -2};
    for (std::size_t i = 0; i < 8; ++i) CHECK(spectrum[i] == doctest::Approx(static_cast<double>(expected[i])).epsilon(1e-6));
}

TEST_CASE("transforms along every axis, of real and complex numbers, longer and shorter, give the interpreter's numbers") {
    for (const int parts : {1, 2})
        for (const int axis : {1, 2, -2}) {
            auto model = single(17, {2, 5, 6, parts});
            model.node("DFT", {"x"}, {"y"}).integer("axis", axis);
            CHECK(interpreted_difference(model) < 1e-6);
            auto inverse = single(17, {2, 5, 6, parts});
            inverse.node("DFT", {"x"}, {"y"}).integer("axis", axis).integer("inverse", 1);
            CHECK(interpreted_difference(inverse) < 1e-6);
        }
    for (const std::int64_t length : {4, 9}) {
        auto model = single(17, {2, 6, 1});
        model.integers("length", {}, {length});
        model.node("DFT", {"x", "length"}, {"y"}).integer("onesided", 1);
        CHECK(interpreted_difference(model) < 1e-6);
    }
    auto current = single(20, {2, 5, 6, 1});
    current.integers("axis", {}, {1});
    current.node("DFT", {"x", "", "axis"}, {"y"});
    CHECK(interpreted_difference(current) < 1e-6);
}

TEST_CASE("a short-time transform is a convolution with a kernel of windowed waves") {
    auto model = single(17, {1, 20, 1});
    model.integers("step", {}, {4}).integers("length", {}, {8});
    model.node("STFT", {"x", "step", "", "length"}, {"y"});
    CHECK(model.layers() ==
          "Reshape<1, 1, 1, 20>; Conv<10, Kernel<1, 8>, Stride<1, 4>, NoBias>; Reshape<1, 10, 4>; Transpose<0, 2, 1>; Reshape<1, 4, 5, 2>");
    CHECK(interpreted_difference(model) < 1e-6);
    auto complex = single(17, {2, 19, 2});
    complex.integers("step", {}, {3}).weights("window", {7});
    complex.node("STFT", {"x", "step", "window"}, {"y"}).integer("onesided", 0);
    CHECK(interpreted_difference(complex) < 1e-6);
}

TEST_CASE("transforms of no fixed length, or of half an inverse, are refused") {
    auto half = single(17, {1, 4, 2});
    half.node("DFT", {"x"}, {"y"}).integer("inverse", 1).integer("onesided", 1);
    CHECK(says(half.refusal(), {"DFT", "half a spectrum"}));
    auto parts = single(17, {1, 4, 3});
    parts.node("DFT", {"x"}, {"y"});
    CHECK(says(parts.refusal(), {"DFT", "1x4x3", "pairs"}));
    auto frames = single(17, {1, 6, 1});
    frames.integers("step", {}, {4}).integers("length", {}, {8});
    frames.node("STFT", {"x", "step", "", "length"}, {"y"});
    CHECK(says(frames.refusal(), {"STFT", "8 samples", "signal of 6"}));
    auto neither = single(17, {1, 6, 1});
    neither.integers("step", {}, {4});
    neither.node("STFT", {"x", "step"}, {"y"});
    CHECK(says(neither.refusal(), {"STFT", "frame length"}));
    auto zero = single(17, {1, 6, 1});
    zero.integers("step", {}, {0}).integers("length", {}, {4});
    zero.node("STFT", {"x", "step", "", "length"}, {"y"});
    CHECK(says(zero.refusal(), {"STFT", "frame step"}));
    auto large = single(17, {1, 100000, 1});
    large.node("DFT", {"x"}, {"y"});
    CHECK(says(large.refusal(), {"DFT", "100000", "app"}));
}
