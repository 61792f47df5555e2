// mdl: what exporters take apart is put together again.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tools/evaluate.hpp"
#include "tools/onnx_builder.hpp"

using mdl::tool::test::evaluate;
using mdl::tool::test::ModelBuilder;

TEST_CASE("x times its own sigmoid is a SiLU, times its own hard sigmoid a hard swish") {
    ModelBuilder model;
    model.input("x", {1, 4}).output("y");
    model.node("Sigmoid", {"x"}, {"s"});
    model.node("Mul", {"x", "s"}, {"m"});
    model.node("HardSigmoid", {"m"}, {"h"}).real("alpha", 1.0f / 6).real("beta", 0.5f);
    model.node("Mul", {"h", "m"}, {"y"});
    CHECK(model.layers() == "Silu; HardSwish");
}

TEST_CASE("hard swish and hard sigmoid written out in arithmetic are recognised") {
    ModelBuilder model(9);
    model.input("x", {1, 2, 3, 3}).output("y").floats("three", {1}, {3}).floats("six", {1}, {6});
    model.node("Add", {"x", "three"}, {"a"});
    model.node("Clip", {"a"}, {"c"}).real("min", 0).real("max", 6);
    model.node("Mul", {"x", "c"}, {"m"});
    model.node("Div", {"m", "six"}, {"s"});
    model.node("Add", {"s", "three"}, {"a2"});
    model.node("Clip", {"a2"}, {"c2"}).real("min", 0).real("max", 6);
    model.node("Div", {"c2", "six"}, {"y"});
    CHECK(model.layers() == "HardSwish; HardSigmoid<0.16666667, 0.5>");
}

TEST_CASE("reshape, transpose, reshape over the channels is a channel shuffle") {
    ModelBuilder model;
    model.input("x", {1, 6, 2, 2}).output("y").integers("apart", {1, 2, 3, 2, 2}).integers("together", {1, -1, 2, 2});
    model.node("Reshape", {"x", "apart"}, {"a"});
    model.node("Transpose", {"a"}, {"t"}).integers("perm", {0, 2, 1, 3, 4});
    model.node("Reshape", {"t", "together"}, {"y"});
    CHECK(model.layers() == "ChannelShuffle<2>");
}

TEST_CASE("a concat that begins with what another one joined reads that one") {
    ModelBuilder model;
    model.input("x", {1, 2, 2, 2}).output("y");
    model.node("Relu", {"x"}, {"a"});
    model.node("Concat", {"x", "a"}, {"c"}).integer("axis", 1);
    model.node("Tanh", {"c"}, {"b"});
    model.node("Concat", {"x", "a", "b"}, {"d"}).integer("axis", 1);
    model.node("Sigmoid", {"d"}, {"y"});
    CHECK(model.type() ==
          "struct Net : Sequential<InputTensor<1, 2, 2, 2>, Concat<Identity, Relu>, Concat<Identity, Tanh>, Sigmoid> {};");
}

TEST_CASE("an input of pixels that is only read channel by channel is an interleaved image") {
    ModelBuilder model;
    model.input("x", {1, 2, 2, 3}).output("y");
    model.node("Transpose", {"x"}, {"t"}).integers("perm", {0, 3, 1, 2});
    model.node("Relu", {"t"}, {"y"});
    CHECK(model.type() == "struct Net : Sequential<Input<2, 2, 3, F32, Hwc>, Relu> {};");
    const auto y = evaluate(model.import(), {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}})[0];
    CHECK(y[1] == 3);  // channel 0 of the second pixel
    CHECK(y[4] == 1);  // channel 1 of the first
}

TEST_CASE("several images in one input stay a tensor of them all") {
    ModelBuilder model;
    model.input("x", {2, 1, 2, 3}).output("y");
    model.node("Transpose", {"x"}, {"t"}).integers("perm", {0, 3, 1, 2});
    model.node("Relu", {"t"}, {"y"});
    CHECK(model.type() == "struct Net : Sequential<InputTensor<2, 1, 2, 3>, Transpose<0, 3, 1, 2>, Relu> {};");
    const auto y = evaluate(model.import(), {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}})[0];
    CHECK(y.size() == 12);
    CHECK(y[11] == 11);  // the last value of the second image
}

TEST_CASE("a layer with another reader keeps its result without the bias") {
    ModelBuilder model;
    model.input("x", {1, 1, 4, 4}).output("y").output("c").weights("w", {2, 1, 3, 3}).floats("b", {2, 1, 1}, {1, 2});
    model.node("Conv", {"x", "w"}, {"c"});
    model.node("Add", {"c", "b"}, {"y"});
    CHECK(model.layers() == "Conv<2, Kernel<3>, NoBias>; Scale<>");
}

TEST_CASE("a batch norm or a scale, and the scale behind it, are one layer where one factor is 1") {
    ModelBuilder model;
    model.input("x", {1, 2}).output("y").floats("one", {2}, {1, 1}).floats("zero", {2}, {0, 0}).floats("m", {2}, {1, 2}).floats("v", {2}, {4, 16});
    model.floats("f", {2}, {3, 5}).floats("b", {2}, {10, 20});
    model.node("BatchNormalization", {"x", "one", "zero", "m", "v"}, {"n"}).real("epsilon", 0);
    model.node("Mul", {"n", "f"}, {"s"});
    model.node("Add", {"s", "b"}, {"y"});
    CHECK(model.layers() == "BatchNorm<Epsilon<0>>");
    CHECK(evaluate(model.import(), {{5, 10}})[0] == mdl::tool::test::Values{16, 30});
    ModelBuilder scales;
    scales.input("x", {1, 2}).output("y").floats("f", {2}, {3, 5}).floats("b", {2}, {10, 20});
    scales.node("Mul", {"x", "f"}, {"s"});
    scales.node("Add", {"s", "b"}, {"y"});
    CHECK(scales.layers() == "Scale<>");
    CHECK(evaluate(scales.import(), {{1, 2}})[0] == mdl::tool::test::Values{13, 30});
}

TEST_CASE("scales that two layers read, or whose factors would be rounded, stay apart") {
    ModelBuilder model;
    model.input("x", {1, 2}).output("y").output("z").floats("f", {2}, {3, 5}).floats("b", {2}, {10, 20});
    model.node("Mul", {"x", "f"}, {"s"});
    model.node("Add", {"s", "b"}, {"y"});
    model.node("Mul", {"y", "f"}, {"t"});
    model.node("Mul", {"s", "f"}, {"z"});
    CHECK(model.layers() == "Scale<NoBias>; Scale<>; Scale<NoBias>");
}
