// mdl: ONNX operators of convolutions, products, pooling and norms become the layers that mean the same.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/mdl.hpp>

#include "codegen/layer_text.hpp"
#include "tools/evaluate.hpp"
#include "tools/interpreted.hpp"
#include "tools/onnx_builder.hpp"
#include "tools/says.hpp"

using mdl::tool::test::evaluate;
using mdl::tool::test::interpreted_difference;
using mdl::tool::test::ModelBuilder;
using mdl::tool::test::says;
using mdl::tool::test::single;
using mdl::tool::test::Values;

TEST_CASE("a convolution keeps kernel, stride, dilation, padding, groups and bias") {
    auto model = single(13, {1, 4, 9, 9});
    model.weights("w", {6, 2, 3, 2}).weights("b", {6});
    model.node("Conv", {"x", "w", "b"}, {"y"})
        .integers("strides", {2, 1})
        .integers("dilations", {1, 2})
        .integers("pads", {1, 0, 0, 2})
        .integer("group", 2);
    CHECK(model.layers() == "Conv<6, Kernel<3, 2>, Stride<2, 1>, Dilation<1, 2>, Pad<1, 0, 0, 2>, Groups<2>>");
}

TEST_CASE("a convolution with a group for each channel is depthwise, with a multiplier") {
    auto model = single(13, {1, 3, 8, 8});
    model.weights("w", {6, 1, 3, 3});
    model.node("Conv", {"x", "w"}, {"y"}).integer("group", 3).string("auto_pad", "SAME_UPPER");
    CHECK(model.layers() == "DepthwiseConv<Kernel<3>, Same, Multiplier<2>, NoBias>");
}

TEST_CASE("a template of which every option is the default keeps its brackets") {
    auto depthwise = single(13, {1, 3, 8, 8});
    depthwise.weights("w", {3, 1, 1, 1}).weights("b", {3});
    depthwise.node("Conv", {"x", "w", "b"}, {"y"}).integer("group", 3);
    CHECK(depthwise.layers() == "DepthwiseConv<>");
    // Nothing that C++ would read as a template without its arguments: the name of each operation with nothing set.
    const auto text = [](auto change) {
        mdl::Operation operation;
        change(operation);
        return mdl::tool::layer_text(operation);
    };
    using mdl::Op;
    using mdl::Operation;
    CHECK(text([](Operation& op) { op.op = Op::reduce, op.keep_dims = true; }) == "mdl::ReduceMean<>");
    CHECK(text([](Operation& op) { op.op = Op::batch_norm, op.epsilon = 1e-5f; }) == "mdl::BatchNorm<>");
    CHECK(text([](Operation& op) { op.op = Op::scale, op.bias = true; }) == "mdl::Scale<>");
    CHECK(text([](Operation& op) { op.op = Op::convolution, op.depthwise = true, op.bias = true; }) == "mdl::DepthwiseConv<>");
}

TEST_CASE("a one-dimensional convolution is one over maps of a single row") {
    auto model = single(13, {1, 2, 10});
    model.weights("w", {3, 2, 4});
    model.node("Conv", {"x", "w"}, {"y"}).integers("pads", {1, 2}).integers("strides", {2});
    CHECK(model.layers() == "Reshape<1, 2, 1, 10>; Conv<3, Kernel<1, 4>, Stride<1, 2>, Pad<0, 1, 0, 2>, NoBias>; Reshape<1, 3, 5>");
}

TEST_CASE("Gemm's alpha, beta and transposition go into the weights") {
    auto model = single(11, {1, 3});
    model.floats("w", {3, 2}, {1, 2, 3, 4, 5, 6}).floats("b", {2}, {10, 20});
    model.node("Gemm", {"x", "w", "b"}, {"y"}).real("alpha", 2).real("beta", 0.5f);
    CHECK(model.layers() == "Dense<2>");
    CHECK(evaluate(model.import(), {{1, 1, 1}})[0] == Values{2 * 9 + 5, 2 * 12 + 10});
}

TEST_CASE("a product with a constant matrix and the constant added to it are one dense layer") {
    auto model = single(13, {1, 2});
    model.floats("w", {2, 2}, {1, 2, 3, 4}).floats("b", {1, 2}, {10, 20});
    model.node("MatMul", {"x", "w"}, {"p"});
    model.node("Add", {"b", "p"}, {"y"});
    CHECK(model.layers() == "Dense<2>");
    CHECK(evaluate(model.import(), {{1, 1}})[0] == Values{14, 26});
}

TEST_CASE("a constant added for each channel after a convolution is its bias") {
    auto model = single(8, {1, 1, 4, 4});
    model.weights("w", {2, 1, 3, 3}).floats("b", {2, 1, 1}, {1, 2});
    model.node("Conv", {"x", "w"}, {"c"});
    model.node("Add", {"c", "b"}, {"y"});
    CHECK(model.layers() == "Conv<2, Kernel<3>>");
}

TEST_CASE("softmax flattens at its axis up to opset 12 and takes one axis since") {
    auto old = single(11, {1, 2, 2, 1});
    old.node("Softmax", {"x"}, {"y"});
    CHECK(old.layers() == "Reshape<1, 4>; Softmax; Reshape<1, 2, 2, 1>");
    const auto quarters = evaluate(old.import(), {{3, 3, 3, 3}})[0];
    for (const float value : quarters) CHECK(value == doctest::Approx(0.25));
    auto plain = single(11, {1, 5, 1, 1});
    plain.node("Softmax", {"x"}, {"y"});
    CHECK(plain.layers() == "Softmax");
    auto current = single(13, {1, 2, 2, 1});
    current.node("LogSoftmax", {"x"}, {"y"}).integer("axis", -2);
    CHECK(current.layers() == "LogSoftmaxAxis<2>");
}

TEST_CASE("pooling keeps rounding, padding and what it counts") {
    auto average = single(11, {1, 2, 7, 7});
    average.node("AveragePool", {"x"}, {"y"})
        .integers("kernel_shape", {3, 3})
        .integers("strides", {2, 2})
        .integers("pads", {1, 1, 1, 1})
        .integer("count_include_pad", 1)
        .integer("ceil_mode", 1);
    CHECK(average.layers() == "Pool<Average, Kernel<3>, Stride<2>, Pad<1>, Ceil, CountPadding>");
    auto largest = single(8, {1, 2, 7, 7});
    largest.node("MaxPool", {"x"}, {"y"}).integers("kernel_shape", {2, 3}).string("auto_pad", "SAME_LOWER");
    CHECK(largest.layers() == "Pool<Max, Kernel<2, 3>, SameLower>");
}

TEST_CASE("the mean over rows and columns is global pooling") {
    auto model = single(13, {1, 3, 4, 4});
    model.node("ReduceMean", {"x"}, {"y"}).integers("axes", {-1, -2}).integer("keepdims", 0);
    CHECK(model.layers() == "GlobalPool<Average>; Flatten");
    auto current = single(18, {1, 3, 4, 4});
    current.integers("a", {1});
    current.node("ReduceMean", {"x", "a"}, {"y"});
    CHECK(current.layers() == "ReduceMean<Axes<1>>");
}

TEST_CASE("a reduction of everything is one number") {
    auto model = single(13, {1, 3});
    model.node("ReduceSum", {"x"}, {"y"}).integer("keepdims", 0);
    CHECK(model.layers() == "ReduceSum<Axes<0, 1>>; Reshape<1>");
    CHECK(evaluate(model.import(), {{1, 2, 3}})[0] == Values{6});
}

TEST_CASE("a transposed convolution keeps its options, and cuts to the shape that is asked for") {
    auto model = single(11, {1, 4, 5, 5});
    model.weights("w", {4, 3, 3, 3}).weights("b", {6});
    model.node("ConvTranspose", {"x", "w", "b"}, {"y"})
        .integers("strides", {2, 2})
        .integers("pads", {1, 1, 1, 1})
        .integers("output_padding", {1, 1})
        .integer("group", 2);
    CHECK(model.layers() == "ConvTranspose<6, Kernel<3>, Stride<2>, Pad<1>, Groups<2>, OutputPadding<1>>");
    auto shaped = single(11, {1, 1, 3, 3});
    shaped.weights("w", {1, 2, 3, 3});
    shaped.node("ConvTranspose", {"x", "w"}, {"y"}).integers("strides", {3, 2}).integers("output_shape", {10, 6});
    CHECK(shaped.layers() == "ConvTranspose<2, Kernel<3>, Stride<3, 2>, Pad<0, 1, 0, 0>, OutputPadding<1, 0>, NoBias>");
}

TEST_CASE("products of computed matrices, and matrices with a constant on the left, are MatMul") {
    ModelBuilder model(13);
    model.input("a", {2, 3}).input("b", {4, 3}).input("c", {2, 4}).output("y");
    model.node("Gemm", {"a", "b", "c"}, {"y"}).integer("transB", 1).real("beta", 2);
    CHECK(model.layers() == "Transpose<1, 0>; MatMul; Constant<1>; Mul; Add");
    CHECK(evaluate(model.import(), {{1, 2, 3, 4, 5, 6}, {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}, {0, 0, 0, 1, 0, 0, 0, 0}})[0] == Values{1, 2, 3, 8, 4, 5, 6, 15});
    auto left = single(13, {3, 2});
    left.floats("m", {1, 3}, {1, 10, 100});
    left.node("MatMul", {"m", "x"}, {"y"});
    CHECK(left.layers() == "Constant<1, 3>; MatMul");
    CHECK(evaluate(left.import(), {{1, 2, 3, 4, 5, 6}})[0] == Values{531, 642});
}

TEST_CASE("pooling over three axes is pooling over two and then over one") {
    auto model = single(11, {1, 2, 4, 4, 4});
    model.node("MaxPool", {"x"}, {"y"}).integers("kernel_shape", {2, 2, 2}).integers("strides", {2, 2, 2});
    CHECK(model.layers() ==
          "Reshape<1, 8, 4, 4>; Pool<Max, Kernel<2>, Stride<2>>; Reshape<1, 2, 4, 4>; Pool<Max, Kernel<2, 1>, Stride<2, 1>>; Reshape<1, 2, 2, 2, 2>");
}

TEST_CASE("norms keep epsilon and axis; a group's scale in opset 18 is one for each of its channels") {
    auto layer = single(17, {1, 4, 6});
    layer.weights("g", {6}).weights("b", {6});
    layer.node("LayerNormalization", {"x", "g", "b"}, {"y"}).real("epsilon", 1e-6f);
    CHECK(layer.layers() == "LayerNorm<Epsilon<1e-06>>");
    auto instance = single(13, {1, 4, 6});
    instance.weights("g", {4}).weights("b", {4});
    instance.node("InstanceNormalization", {"x", "g", "b"}, {"y"});
    CHECK(instance.layers() == "InstanceNorm<>");
    auto group = single(18, {1, 4, 1, 1});
    group.floats("g", {2}, {1, 2}).floats("b", {2}, {10, 20});
    group.node("GroupNormalization", {"x", "g", "b"}, {"y"}).integer("num_groups", 2);
    CHECK(group.layers() == "GroupNorm<2>");
    const auto y = evaluate(group.import(), {{-1, 1, -1, 1}})[0];
    CHECK(y[0] == doctest::Approx(9));
    CHECK(y[3] == doctest::Approx(22));
}

TEST_CASE("normalisations by mean and variance, and by norms, are computed by their parts") {
    auto moments = single(13, {2, 3, 4, 5});
    moments.node("MeanVarianceNormalization", {"x"}, {"y"});
    CHECK(interpreted_difference(moments) < 1e-6);
    moments.proto.mutable_graph()->mutable_node(0)->add_attribute()->set_name("axes");
    for (const int axis : {1, -1}) moments.proto.mutable_graph()->mutable_node(0)->mutable_attribute(0)->add_ints(axis);
    CHECK(interpreted_difference(moments) < 1e-6);
    for (const int p : {1, 2}) {
        auto norm = single(13, {2, 3, 5});
        norm.node("LpNormalization", {"x"}, {"y"}).integer("p", p).integer("axis", 1);
        CHECK(interpreted_difference(norm) < 1e-6);
    }
    auto third = single(13, {2, 3, 5});
    third.node("LpNormalization", {"x"}, {"y"}).integer("p", 3);
    CHECK(says(third.refusal(), {"LpNormalization", "norm 3"}));
}
