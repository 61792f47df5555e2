// mdl: arithmetic on shapes disappears from the graph.
// SPDX-License-Identifier: MIT
#include <bit>

#include <doctest/doctest.h>

#include "onnx/constant_folding.hpp"
#include "tools/onnx_builder.hpp"

using namespace mdl::tool;
using mdl::tool::test::ModelBuilder;

namespace {

/// Folds one node over constants.
auto folded(test::ModelBuilder& model, const std::vector<Tensor>& inputs, int opset = 13) -> Tensor {
    const auto& node = model.proto.graph().node(model.proto.graph().node_size() - 1);
    std::vector<const Tensor*> pointers;
    for (const auto& input : inputs) pointers.push_back(&input);
    Attributes attributes(node);
    auto result = fold_constants(node, attributes, pointers, opset, {});
    REQUIRE(result.has_value());
    CHECK(attributes.unread().empty());
    return std::move(result->front());
}

auto list(std::vector<std::int64_t> values) -> Tensor {
    const auto n = static_cast<std::int64_t>(values.size());
    return Tensor::of_integers({n}, std::move(values));
}

}  // namespace

TEST_CASE("a flatten written as shape, gather, concat and reshape becomes Flatten") {
    ModelBuilder model(11);
    model.input("x", {-1, 3, 2, 2}).output("y").integers("zero", {0}).integers("rest", {-1});
    model.node("Shape", {"x"}, {"s"});
    model.node("Gather", {"s", "zero"}, {"n"}).integer("axis", 0);
    model.node("Concat", {"n", "rest"}, {"t"}).integer("axis", 0);
    model.node("Reshape", {"x", "t"}, {"y"});
    CHECK(model.layers() == "Flatten");
}

TEST_CASE("half of the channels, as PyTorch's chunk asks for them, is a slice") {
    ModelBuilder model(13);
    model.input("x", {1, 6, 2, 2}).output("y").integers("one", {1}).integers("two", {2}).integers("zero", {0});
    model.node("Shape", {"x"}, {"s"});
    model.node("Gather", {"s", "one"}, {"c"}).integer("axis", 0);
    model.node("Add", {"c", "one"}, {"c1"});
    model.node("Div", {"c1", "two"}, {"half"});
    model.node("Mul", {"half", "two"}, {"end"});
    model.node("Slice", {"x", "half", "end", "one"}, {"y"});
    CHECK(model.layers() == "Slice<Axis<1>, Begin<3>, End<6>>");
}

TEST_CASE("integers divide towards zero and broadcast") {
    ModelBuilder model;
    model.node("Div", {"a", "b"}, {"c"});
    CHECK(folded(model, {list({7, -7}), Tensor::of_integers({}, {2})}).integers == std::vector<std::int64_t>{3, -3});
    Attributes attributes(model.proto.graph().node(0));
    const Tensor a = list({1}), zero = list({0});
    CHECK_THROWS_AS(static_cast<void>(fold_constants(model.proto.graph().node(0), attributes, {&a, &zero}, 13, {})), Failure);
}

TEST_CASE("slices go backwards and clamp") {
    ModelBuilder model;
    model.node("Slice", {"a", "s", "e", "x", "t"}, {"c"});
    CHECK(folded(model, {list({1, 2, 3, 4}), list({-1}), list({-100}), list({0}), list({-2})}).integers ==
          std::vector<std::int64_t>{4, 2});
    CHECK(folded(model, {list({1, 2, 3, 4}), list({1}), list({100}), list({0}), list({1})}).integers ==
          std::vector<std::int64_t>{2, 3, 4});
}

TEST_CASE("transposition, expansion and ranges give NumPy's elements") {
    ModelBuilder model;
    model.node("Transpose", {"a"}, {"c"});
    CHECK(folded(model, {Tensor::of_integers({2, 3}, {1, 2, 3, 4, 5, 6})}).integers == std::vector<std::int64_t>{1, 4, 2, 5, 3, 6});
    model.node("Expand", {"a", "s"}, {"c"});
    CHECK(folded(model, {Tensor::of_integers({2, 1}, {1, 2}), list({2, 2})}).integers == std::vector<std::int64_t>{1, 1, 2, 2});
    model.node("Range", {"a", "b", "c"}, {"d"});
    CHECK(folded(model, {Tensor::of_integers({}, {5}), Tensor::of_integers({}, {0}), Tensor::of_integers({}, {-2})}).integers ==
          std::vector<std::int64_t>{5, 3, 1});
}

TEST_CASE("squeeze, unsqueeze and concat keep the elements and change the shape") {
    ModelBuilder model;
    model.node("Unsqueeze", {"a", "x"}, {"c"});
    CHECK(folded(model, {list({1, 2}), list({0, -1})}).dims == Dims{1, 2, 1});
    model.node("Squeeze", {"a"}, {"c"});
    CHECK(folded(model, {Tensor::of_integers({1, 2, 1}, {1, 2})}).dims == Dims{2});
    model.node("Concat", {"a", "b"}, {"c"}).integer("axis", 1);
    CHECK(folded(model, {Tensor::of_integers({2, 1}, {1, 2}), Tensor::of_integers({2, 2}, {3, 4, 5, 6})}).integers ==
          std::vector<std::int64_t>{1, 3, 4, 2, 5, 6});
}

TEST_CASE("half precision, doubles and bytes are decoded to floats and integers") {
    mdl::onnx::TensorProto half;
    half.set_data_type(mdl::onnx::TensorProto::FLOAT16);
    half.add_dims(4);
    for (const int bits : {0x3c00, 0xc000, 0x0001, 0x7c00}) half.add_int32_data(bits);
    const Tensor a = decode(half, {});
    CHECK((*a.floats)[0] == 1);
    CHECK((*a.floats)[1] == -2);
    CHECK((*a.floats)[2] == 0x1p-24f);
    CHECK((*a.floats)[3] > 1e30f);
    mdl::onnx::TensorProto raw;
    raw.set_data_type(mdl::onnx::TensorProto::INT8);
    raw.add_dims(2);
    raw.set_raw_data(std::string("\xff\x05", 2));
    CHECK(decode(raw, {}).integers == std::vector<std::int64_t>{-1, 5});
    raw.set_raw_data("x");
    CHECK_THROWS_AS(static_cast<void>(decode(raw, {})), Failure);
}

TEST_CASE("a reshape keeps sizes at zeros and takes the rest at -1") {
    CHECK(reshaped({2, 3, 4}, {0, -1}, false) == Dims{2, 12});
    CHECK_THROWS_AS(static_cast<void>(reshaped({2, 3}, {4, -1}, false)), Failure);
    CHECK_THROWS_AS(static_cast<void>(reshaped({2, 3}, {-1, -1}, false)), Failure);
}
