// mdl: each ONNX operator becomes the layer that means the same.
// SPDX-License-Identifier: MIT
#include <limits>

#include <doctest/doctest.h>

#include <mdl/graph/fingerprint.hpp>
#include <mdl/mdl.hpp>

#include "codegen/run_graph.hpp"
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

TEST_CASE("Clip takes its bounds from attributes up to opset 10 and from inputs since") {
    auto old = single(10, {1, 4});
    old.node("Clip", {"x"}, {"y"}).real("min", 0).real("max", 6);
    CHECK(old.layers() == "Relu6");
    auto current = single(11, {1, 4});
    current.floats("lo", {}, {-0.5f}).floats("hi", {}, {2});
    current.node("Clip", {"x", "lo", "hi"}, {"y"});
    CHECK(current.layers() == "Clip<-0.5, 2>");
    auto open = single(11, {1, 4});
    open.floats("lo", {}, {0});
    open.node("Clip", {"x", "lo"}, {"y"});
    CHECK(open.layers() == "Relu");
}

TEST_CASE("Clip to one value is that value, to infinity no bound, and an empty range is refused") {
    auto point = single(11, {1, 3});
    point.floats("two", {}, {2});
    point.node("Clip", {"x", "two", "two"}, {"y"});
    CHECK(point.layers() == "Clip<2, 2>");
    CHECK(evaluate(point.import(), {{-1, 2, 3}})[0] == Values{2, 2, 2});
    const float infinity = std::numeric_limits<float>::infinity();
    auto open = single(10, {1, 3});
    open.node("Clip", {"x"}, {"y"}).real("min", -infinity).real("max", infinity);
    open.proto.mutable_graph()->mutable_node(0)->set_name("open");
    CHECK(open.layers() == "Reshape<1, 3>");  // an output of its own
    auto empty = single(10, {1, 3});
    empty.node("Clip", {"x"}, {"y"}).real("min", 3).real("max", 2);
    CHECK(empty.refusal().find("from 3 to 2") != std::string::npos);
}

TEST_CASE("activations keep their parameters") {
    const auto one = [](const char* op) {
        auto model = single(14, {1, 4});
        model.node(op, {"x"}, {"y"});
        return model.layers();
    };
    CHECK(one("Relu") == "Relu");
    CHECK(one("LeakyRelu") == "LeakyRelu<>");
    CHECK(one("Elu") == "Elu<>");
    CHECK(one("Sigmoid") == "Sigmoid");
    CHECK(one("Tanh") == "Tanh");
    CHECK(one("HardSigmoid") == "HardSigmoid<0.2, 0.5>");
    CHECK(one("HardSwish") == "HardSwish");
    CHECK(one("Exp") == "Exp");
    auto leaky = single(13, {1, 4});
    leaky.node("LeakyRelu", {"x"}, {"y"}).real("alpha", 0.3f);
    CHECK(leaky.layers() == "LeakyRelu<0.3>");
}

TEST_CASE("a slope for each channel or for all is a parametric relu") {
    auto model = single(9, {1, 2, 1, 2});
    model.floats("s", {1, 1, 1}, {0.5f});
    model.node("PRelu", {"x", "s"}, {"y"});
    CHECK(model.layers() == "Prelu");
    CHECK(evaluate(model.import(), {{-2, 2, -4, 4}})[0] == Values{-1, 2, -2, 4});
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

TEST_CASE("arithmetic with a constant for each channel is a scale layer") {
    auto model = single(13, {1, 2, 1, 1});
    model.floats("c", {2, 1, 1}, {2, 4});
    model.node("Mul", {"x", "c"}, {"m"});
    model.node("Sub", {"c", "m"}, {"s"});
    model.node("Div", {"s", "c"}, {"y"});
    CHECK(model.layers() == "Scale<NoBias>; Scale<>; Scale<NoBias>");
    CHECK(evaluate(model.import(), {{3, 5}})[0] == Values{(2 - 6) / 2.0f, (4 - 20) / 4.0f});
}

TEST_CASE("arithmetic with any other constant reads it from the weights file") {
    auto model = single(13, {1, 2, 2, 2});
    model.weights("c", {1, 1, 2, 2});
    model.node("Add", {"x", "c"}, {"y"});
    CHECK(model.layers() == "Constant<1, 1, 2, 2>; Add");
}

TEST_CASE("sums of several tensors are added in turn") {
    ModelBuilder model(13);
    model.input("a", {1, 2}).input("b", {1, 2}).input("c", {1, 2}).output("y");
    model.node("Sum", {"a", "b", "c"}, {"y"});
    CHECK(model.layers() == "Add; Add");
    CHECK(evaluate(model.import(), {{1, 2}, {3, 4}, {5, 6}})[0] == Values{9, 12});
}

TEST_CASE("slices and splits in every opset cut the same parts") {
    auto old = single(9, {1, 6, 2, 2});
    old.node("Slice", {"x"}, {"y"}).integers("axes", {1, 2}).integers("starts", {2, -1}).integers("ends", {-1, 1000});
    CHECK(old.layers() == "Slice<Axis<1>, Begin<2>, End<5>>; Slice<Axis<2>, Begin<1>, End<2>>");
    auto split = single(13, {1, 6, 2, 2});
    split.integers("sizes", {2, 4});
    split.node("Split", {"x", "sizes"}, {"a", "b"}).integer("axis", 1);
    split.node("Concat", {"b", "a"}, {"y"}).integer("axis", 1);
    CHECK(split.layers() == "Slice<Axis<1>, Begin<0>, End<2>>; Slice<Axis<1>, Begin<2>, End<6>>; Concat");
    auto even = single(18, {1, 5});
    even.node("Split", {"x"}, {"y", "z"}).integer("axis", 1).integer("num_outputs", 2);
    CHECK(even.layers() == "Slice<Axis<1>, Begin<0>, End<3>>");
}

TEST_CASE("reshapes become flatten, or nothing, where that says the same") {
    auto flat = single(13, {1, 3, 2, 2});
    flat.integers("s", {0, -1});
    flat.node("Reshape", {"x", "s"}, {"y"});
    CHECK(flat.layers() == "Flatten");
    auto moved = single(13, {1, 5, 1, 1});
    moved.node("Transpose", {"x"}, {"t"}).integers("perm", {0, 2, 3, 1});
    moved.node("Squeeze", {"t"}, {"s"});
    moved.node("Relu", {"s"}, {"y"});
    CHECK(moved.layers() == "Reshape<1, 1, 1, 5>; Reshape<5>; Relu");
}

TEST_CASE("constants of one value beside computed parts are padding") {
    auto model = single(13, {1, 2, 2, 2});
    model.floats("z", {1, 1, 2, 2}, {0, 0, 0, 0});
    model.node("Concat", {"x", "z"}, {"y"}).integer("axis", 1);
    CHECK(model.layers() == "PadTensor<Before<0, 0, 0, 0>, After<0, 1, 0, 0>>");
    auto pad = single(11, {1, 2, 2, 2});
    pad.integers("p", {0, 0, 1, 2, 0, 0, 3, 4});
    pad.node("Pad", {"x", "p"}, {"y"});
    CHECK(pad.layers() == "ZeroPad<1, 2, 3, 4>");
}

TEST_CASE("neighbouring elements picked by constant indices are a slice") {
    auto model = single(13, {1, 4, 2, 2});
    model.proto.mutable_graph()->add_initializer()->CopyFrom([] {
        mdl::onnx::TensorProto index;
        index.set_name("i");
        index.set_data_type(mdl::onnx::TensorProto::INT64);
        index.add_int64_data(-1);
        return index;
    }());
    model.node("Gather", {"x", "i"}, {"y"}).integer("axis", 1);
    CHECK(model.layers() == "Slice<Axis<1>, Begin<3>, End<4>>; Reshape<1, 2, 2>");
}

TEST_CASE("maps of one number keep their names and parameters") {
    const auto one = [](const char* op) {
        auto model = single(20, {1, 4});
        model.node(op, {"x"}, {"y"});
        return model.layers();
    };
    CHECK(one("Erf") == "Erf");
    CHECK(one("Gelu") == "Gelu");
    CHECK(one("Mish") == "Mish");
    CHECK(one("Softplus") == "Softplus");
    CHECK(one("Selu") == "Selu<>");
    CHECK(one("IsInf") == "IsInf<true, true>");
    auto tanh = single(20, {1, 4});
    tanh.node("Gelu", {"x"}, {"y"}).string("approximate", "tanh");
    CHECK(tanh.layers() == "GeluTanh");
    auto celu = single(12, {1, 4});
    celu.node("Celu", {"x"}, {"y"}).real("alpha", -1);
    CHECK(celu.refusal().find("positive") != std::string::npos);
}

TEST_CASE("powers by one constant are products, roots, reciprocals or powers") {
    const auto raised = [](float exponent) {
        auto model = single(13, {1, 4});
        model.floats("e", {}, {exponent});
        model.node("Pow", {"x", "e"}, {"y"});
        return model.layers();
    };
    CHECK(raised(2) == "Mul");
    CHECK(raised(0.5f) == "Sqrt");
    CHECK(raised(-1) == "Reciprocal");
    CHECK(raised(0.75f) == "Power<0.75>");
    ModelBuilder model(13);
    model.input("x", {1, 2}).input("e", {1, 2}).output("y");
    model.node("Pow", {"x", "e"}, {"y"});
    CHECK(model.layers() == "Pow");
    CHECK(evaluate(model.import(), {{2, 3}, {3, 2}})[0] == Values{8, 9});
}

TEST_CASE("slices keep their steps, and negative padding crops") {
    auto model = single(13, {1, 6});
    model.integers("s", {-1}).integers("e", {-100}).integers("a", {1}).integers("d", {-2});
    model.node("Slice", {"x", "s", "e", "a", "d"}, {"y"});
    CHECK(model.layers() == "Slice<Axis<1>, Begin<5>, Step<-2>>");
    CHECK(evaluate(model.import(), {{0, 1, 2, 3, 4, 5}})[0] == Values{5, 3, 1});
    auto crop = single(13, {1, 6});
    crop.integers("p", {0, -1, 0, 1});
    crop.node("Pad", {"x", "p"}, {"y"}).string("mode", "edge");
    CHECK(crop.layers() == "Slice<Axis<1>, Begin<1>, End<6>>; PadTensor<Before<0, 0>, After<0, 1>, Edge>");
    CHECK(evaluate(crop.import(), {{0, 1, 2, 3, 4, 5}})[0] == Values{1, 2, 3, 4, 5, 5});
}

TEST_CASE("a reduction of everything is one number") {
    auto model = single(13, {1, 3});
    model.node("ReduceSum", {"x"}, {"y"}).integer("keepdims", 0);
    CHECK(model.layers() == "ReduceSum<Axes<0, 1>>; Reshape<1>");
    CHECK(evaluate(model.import(), {{1, 2, 3}})[0] == Values{6});
}

TEST_CASE("resizing keeps factors or sizes, and names what is not the default") {
    auto sizes = single(13, {1, 2, 4, 4});
    sizes.integers("s", {1, 2, 8, 6});
    sizes.node("Resize", {"x", "", "", "s"}, {"y"}).string("mode", "linear").string("coordinate_transformation_mode", "align_corners");
    CHECK(sizes.layers() == "Resize<Linear, OutputSize<8, 6>, AlignCorners>");
    auto factors = single(11, {1, 2, 4, 4});
    factors.floats("f", {4}, {1, 1, 2, 2}).floats("r", {0}, {});
    factors.node("Resize", {"x", "r", "f"}, {"y"}).string("nearest_mode", "floor").string("coordinate_transformation_mode", "asymmetric");
    CHECK(factors.layers() == "Resize<Nearest, Factor<2>, Asymmetric, LowerNeighbour>");
    auto old = single(9, {1, 2, 4, 4});
    old.floats("f", {4}, {1, 1, 2, 3});
    old.node("Upsample", {"x", "f"}, {"y"}).string("mode", "linear");
    CHECK(old.layers() == "Resize<Linear, Factor<2, 3>, Asymmetric>");
    auto channels = single(11, {1, 2, 4, 4});
    channels.floats("f", {4}, {1, 2, 1, 1});
    channels.node("Resize", {"x", "", "f"}, {"y"});
    CHECK(channels.refusal().find("rows and columns") != std::string::npos);
}

TEST_CASE("the rounding of positions, which only nearest reads, is no part of another resize") {
    using Interpolated = mdl::Sequential<mdl::Input<4, 4, 1>, mdl::Resize<mdl::Linear, mdl::Factor<2>>>;
    using Nearest = mdl::Sequential<mdl::Input<4, 4, 1>, mdl::Resize<mdl::Nearest, mdl::Factor<2>, mdl::LowerNeighbour>>;
    const auto resized = [](const char* mode) {
        auto model = single(13, {1, 1, 4, 4});
        model.floats("f", {4}, {1, 1, 2, 2});
        model.node("Resize", {"x", "", "f"}, {"y"}).string("mode", mode).string("nearest_mode", "floor");  // as PyTorch writes both
        return mdl::graph::fingerprint(*mdl::tool::build_graph(model.import()));
    };
    CHECK(resized("linear") == mdl::fingerprint<Interpolated>);
    CHECK(resized("nearest") == mdl::fingerprint<Nearest>);
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

TEST_CASE("Expand repeats axes of size 1, Gather reads any indices, Where chooses by constants") {
    auto expand = single(13, {3, 1});
    expand.integers("s", {2, 1, 4});
    expand.node("Expand", {"x", "s"}, {"y"});
    CHECK(expand.layers() == "Reshape<1, 3, 1>; Tile<2, 1, 4>");
    auto gather = single(13, {1, 4});
    gather.integers("i", {3, 0, -1});
    gather.node("Gather", {"x", "i"}, {"y"}).integer("axis", 1);
    CHECK(gather.layers() == "Constant<3>; Gather");
    CHECK(evaluate(gather.import(), {{5, 6, 7, 8}})[0] == Values{8, 5, 8});
    auto where = single(16, {1, 3});
    where.integers("c", {1, 0, 1}).floats("n", {1}, {-1});
    where.node("Where", {"c", "x", "n"}, {"y"});
    CHECK(where.layers() == "Constant<3>; Constant<1>; Where");
    CHECK(evaluate(where.import(), {{5, 6, 7}})[0] == Values{5, -1, 7});
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

TEST_CASE("a slope that varies along rows is computed, not refused") {
    auto model = single(9, {1, 1, 2});
    model.floats("s", {2}, {0.5f, 0.25f});
    model.node("PRelu", {"x", "s"}, {"y"});
    CHECK(evaluate(model.import(), {{-4, -4}})[0] == Values{-2, -1});
}

TEST_CASE("of an If whose condition the shapes decide, the branch that is taken is converted") {
    for (const int rank : {2, 3}) {
        ModelBuilder model(13);
        if (rank == 2) model.input("x", {1, 4});
        else model.input("x", {1, 2, 2});
        model.output("y");
        model.integers("three", {3}).integers("zero", {0});
        model.node("Shape", {"x"}, {"s"});
        model.node("Shape", {"s"}, {"r"});
        model.node("Gather", {"r", "zero"}, {"n"});
        model.node("Equal", {"n", "three"}, {"c"});
        model.node("If", {"c"}, {"y"});
        auto* const node = model.proto.mutable_graph()->mutable_node(4);
        for (const bool taken : {true, false}) {
            auto* const attribute = node->add_attribute();
            attribute->set_name(taken ? "then_branch" : "else_branch");
            auto* const inner = attribute->mutable_g()->add_node();
            inner->set_op_type(taken ? "Relu" : "Tanh");
            inner->add_input("x");
            inner->add_output(taken ? "t" : "e");
            attribute->mutable_g()->add_output()->set_name(taken ? "t" : "e");
        }
        CHECK(model.layers() == (rank == 3 ? "Relu" : "Tanh"));
    }
}

TEST_CASE("a part that is cut out and resized is sampled by a constant grid, with a value of its own outside") {
    const auto cropped = [](const std::vector<float>& part, const char* mode, std::int64_t rows) {
        auto model = single(13, {1, 2, 5, 6});
        model.floats("part", {8}, part).integers("sizes", {1, 2, rows, 4});
        model.node("Resize", {"x", "part", "", "sizes"}, {"y"})
            .string("coordinate_transformation_mode", "tf_crop_and_resize")
            .string("mode", mode)
            .real("extrapolation_value", 7);
        return model;
    };
    CHECK(cropped({0, 0, 0.25f, 0.5f, 1, 1, 0.75f, 1}, "linear", 3).layers() == "Constant<1, 3, 4, 2>; GridSample<Linear, Edge>");
    for (const char* mode : {"linear", "cubic"})
        for (const std::int64_t rows : {1, 3}) {
            CHECK(interpreted_difference(cropped({0, 0, 0.25f, 0.5f, 1, 1, 0.75f, 1}, mode, rows)) < 2e-6);
            CHECK(interpreted_difference(cropped({0, 0, 0.4f, -0.2f, 1, 1, 1.2f, 0.6f}, mode, rows)) < 2e-6);
        }
    CHECK(says(cropped({0, 0, 0, 0, 1, 1, 1, 1}, "nearest", 3).refusal(), {"Resize", "linear or cubic", "Slice"}));
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
