// mdl: ONNX operators that move, cut, pad and resize become the layers that mean the same.
// SPDX-License-Identifier: MIT
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
