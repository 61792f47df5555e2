// mdl: sizes that a model leaves open are asked for in one question, with the option that answers it; wrong answers are told.
// SPDX-License-Identifier: MIT
#include <string>

#include <doctest/doctest.h>

#include "tools/onnx_builder.hpp"
#include "tools/says.hpp"

using namespace mdl::tool;
using mdl::tool::test::ModelBuilder;
using mdl::tool::test::says;

namespace {

/// The name of an open size.
void name_size(ModelBuilder& model, int input, int axis, const char* name) {
    model.proto.mutable_graph()->mutable_input(input)->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim(axis)->set_dim_param(name);
}

auto photo(std::initializer_list<std::int64_t> dims) -> ModelBuilder {
    ModelBuilder model;
    model.input("image", dims).output("y");
    model.node("Relu", {"image"}, {"y"});
    return model;
}

auto refusal(const ModelBuilder& model, const ImportOptions& options) -> std::string {
    try {
        static_cast<void>(model.import(options));
    } catch (const Failure& failure) {
        return failure.what();
    }
    return {};
}

}  // namespace

TEST_CASE("an open batch is 1, other open sizes are asked for by name, with the option to give") {
    CHECK(photo({-1, 3, 8, 8}).import().shape(0) == mdl::Shape{1, 3, 8, 8});
    ModelBuilder model = photo({-1, 3, -1, -1});
    name_size(model, 0, 0, "batch");
    name_size(model, 0, 2, "height");
    name_size(model, 0, 3, "");
    CHECK(refusal(model, {}) == "input 'image' has the shape [batch, 3, height, ?]; mdl needs every size but the batch: give them, as in --shape image=1,3,224,224");
    CHECK(model.import(ImportOptions{{{"image", {1, 3, 4, 6}}}}).shape(0) == mdl::Shape{1, 3, 4, 6});
    CHECK(model.import(ImportOptions{{{"image", {2, 3, 4, 6}}}}).shape(0) == mdl::Shape{2, 3, 4, 6});
    CHECK(says(refusal(photo({-1, -1, 96, -1}), {}), {"--shape image=1,3,96,224"}));
}

TEST_CASE("a scalar is a tensor of one element, declared or given") {
    ModelBuilder model = photo({});
    CHECK(model.import(ImportOptions{{{"image", {}}}}).shape(0) == mdl::Shape{1});
    model.proto.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
    CHECK(model.import().shape(0) == mdl::Shape{1});
}

TEST_CASE("all open inputs are asked for at once, those without a shape too, in words for a shell") {
    ModelBuilder model;
    model.input("a", {-1, 16}).input("the mask", {-1, -1}).input("c", {}).output("y");
    name_size(model, 1, 1, "sequence");
    model.proto.mutable_graph()->mutable_input(2)->mutable_type()->mutable_tensor_type()->clear_shape();
    model.node("Relu", {"a"}, {"y"});
    CHECK(refusal(model, {}) ==
          "input 'the mask' has the shape [unknown, sequence], input 'c' declares no shape; mdl needs every size but the batch: "
          "give them, as in --shape 'the mask=1,224' --shape c=1,3,224,224");
    CHECK(says(refusal(model, {{{"c", {1}}}}), {"--shape 'the mask=1,224'"}));
    CHECK(model.import(ImportOptions{{{"the mask", {1, 5}}, {"c", {1}}}}).shape(0) == mdl::Shape{1, 16});
}

TEST_CASE("the graph follows the shape that was given") {
    ModelBuilder model = photo({-1, 2, -1, -1});
    model.proto.mutable_graph()->mutable_node(0)->set_output(0, "r");
    model.integers("two", {2}).integers("none", {0}).integers("-1", {-1}).integers("end", {9});
    model.node("Shape", {"image"}, {"s"});
    model.node("Slice", {"s", "two", "end", "none"}, {"sides"});
    model.node("ReduceProd", {"sides"}, {"area"});
    model.node("Concat", {"two", "area"}, {"wanted"}).integer("axis", 0);
    model.node("Reshape", {"r", "wanted"}, {"y"});
    const Network network = model.import(ImportOptions{{{"image", {1, 2, 3, 5}}}});
    CHECK(network.shape(network.outputs[0].layer) == mdl::Shape{2, 15});
}

TEST_CASE("wrong answers are told apart") {
    const ModelBuilder model = photo({-1, 3, -1, -1});
    CHECK(refusal(model, {{{"img", {1, 3, 4, 4}}}}) == "--shape names 'img', which is no input of the model; its inputs are 'image'");
    CHECK(refusal(model, {{{"image", {3, 4, 4}}}}) == "--shape gives 'image' 3 sizes; the model declares 4, [unknown, 3, unknown, unknown]");
    CHECK(says(refusal(model, {{{"image", {1, 3, 1 << 30, 1 << 30}}}}), {"--shape gives 'image'", "1x3x1073741824x1073741824", "2^31-1"}));
    CHECK(says(refusal(model, {{{"image", {1, 3, 1 << 14, 1 << 14}}}}), {"too large for a phone"}));
    CHECK(says(refusal(photo({1, 2, 3, 4, 5, 6, 7}), {}), {"input 'image' has the 7 axes", "at most 6"}));
    CHECK(says(refusal(photo({1, 1 << 20, 1 << 20}), {}), {"input 'image' has the shape", "2^31-1"}));
}
