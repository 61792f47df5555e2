// mdl: arithmetic on shapes disappears from the graph.
// SPDX-License-Identifier: MIT
#include <bit>
#include <limits>

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

TEST_CASE("what exporters compute of sizes besides: remainders, powers, extremes, logic, products of a shape") {
    const auto of = [](const char* op, const std::vector<Tensor>& inputs) {
        ModelBuilder model(18);
        model.node(op, {}, {"c"});
        return folded(model, inputs, 18).integers;
    };
    using Integers = std::vector<std::int64_t>;
    const Tensor a = list({7, -7, 8}), b = list({3, 3, -3});
    CHECK(of("Mod", {a, b}) == Integers{1, 2, -1});
    CHECK(of("Max", {a, b, list({5, 5, 5})}) == Integers{7, 5, 8});
    CHECK(of("Min", {a, b}) == Integers{3, -7, -3});
    CHECK(of("Pow", {list({2, 3}), list({10, 2})}) == Integers{1024, 9});
    CHECK(of("LessOrEqual", {a, list({7})}) == Integers{1, 1, 0});
    CHECK(of("GreaterOrEqual", {a, list({7})}) == Integers{1, 0, 1});
    CHECK(of("And", {list({1, 1, 0}), list({1, 0, 0})}) == Integers{1, 0, 0});
    CHECK(of("Or", {list({1, 1, 0}), list({1, 0, 0})}) == Integers{1, 1, 0});
    CHECK(of("Not", {list({1, 0})}) == Integers{0, 1});
    CHECK(of("ReduceProd", {list({2, 3, 4})}) == Integers{24});
    CHECK(of("ReduceSum", {Tensor::of_integers({2, 2}, {1, 2, 3, 4}), list({0})}) == Integers{4, 6});
    CHECK(of("ReduceMax", {a}) == Integers{8});
    CHECK(of("ReduceMin", {a}) == Integers{-7});
}

TEST_CASE("reductions of constants keep their axes or not") {
    ModelBuilder model(18);
    model.node("ReduceMean", {}, {"c"}).integer("keepdims", 0);
    const Tensor table = Tensor::of_floats({2, 3}, {1, 2, 3, 4, 5, 6});
    const Tensor rows = folded(model, {table, list({-1})}, 18);
    CHECK(rows.dims == Dims{2});
    CHECK(*rows.floats == std::vector<float>{2, 5});
    ModelBuilder keeping(18);
    keeping.node("ReduceMean", {}, {"c"});
    CHECK(folded(keeping, {table}, 18).dims == Dims{1, 1});
}

TEST_CASE("integers that no constant can be are refused") {
    const auto refusal = [](const char* op, const std::vector<Tensor>& inputs, const char* attribute = nullptr, Dims values = {}) {
        ModelBuilder model;
        auto node = model.node(op, {}, {"c"});
        if (attribute != nullptr) node.integers(attribute, values);
        try {
            static_cast<void>(folded(model, inputs));
        } catch (const Failure& failure) {
            return std::string(failure.what());
        }
        return std::string();
    };
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();
    CHECK(refusal("Exp", {list({1000})}).find("integer of inf") != std::string::npos);
    CHECK(refusal("Pow", {list({10}), list({30})}).find("integer of 1e+30") != std::string::npos);
    CHECK(refusal("Mod", {list({10}), list({0})}).find("by zero") != std::string::npos);
    CHECK(refusal("Slice", {list({1, 2}), list({0, 0}), list({1, 1}), list({0, 0})}).find("axis twice") != std::string::npos);
    CHECK(refusal("Slice", {list({1, 2}), list({0}), list({1}), list({0}), list({least})}).find("step") != std::string::npos);
    CHECK(refusal("Transpose", {Tensor::of_integers({2, 2}, {1, 2, 3, 4})}, "perm", {0, 0}).find("axis twice") != std::string::npos);
    CHECK(refusal("Range", {list({0}), list({most}), list({1})}).find("endless") != std::string::npos);
    CHECK(refusal("Range", {list({0}), list({2}), Tensor::of_floats({}, {1})}).find("mixes") != std::string::npos);
    for (const char* op : {"ConstantOfShape", "Expand"}) {
        const Tensor shape = list({1 << 14, 1 << 14});
        const auto said = op[0] == 'C' ? refusal(op, {shape}) : refusal(op, {list({1}), shape});
        CHECK(said.find("16384x16384, too large for a phone") != std::string::npos);
    }
    CHECK(refusal("Reshape", {Tensor::of_floats({0}, {}), list({0, most / 2, most / 2})}).find("impossible") != std::string::npos);
    CHECK(refusal("Add", {Tensor::of_floats({1 << 14, 1}, std::vector<float>(1 << 14)), Tensor::of_floats({1 << 14}, std::vector<float>(1 << 14))}).find("too large") != std::string::npos);
}

TEST_CASE("constants that a model computes are counted together") {
    ModelBuilder model;
    model.input("x", {1, 4}).output("y").integers("shape", {1 << 12, 1 << 12}).integers("0", {0});
    model.node("ConstantOfShape", {"shape"}, {"c0"});
    for (int k = 0; k < 6; ++k) model.node("Neg", {"c" + std::to_string(k)}, {"c" + std::to_string(k + 1)});
    model.node("ReduceMax", {"c6"}, {"m"}).integers("axes", {0, 1});
    model.node("Add", {"x", "m"}, {"y"});
    CHECK(model.refusal().find("'c4') makes one constant too many") != std::string::npos);  // 2^24 elements each, of 2^26
}
