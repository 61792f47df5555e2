// mdl: ONNX operators on single elements become the layers that mean the same.
// SPDX-License-Identifier: MIT
#include <limits>

#include <doctest/doctest.h>

#include "tools/evaluate.hpp"
#include "tools/interpreted.hpp"
#include "tools/onnx_builder.hpp"

using mdl::tool::test::evaluate;
using mdl::tool::test::ModelBuilder;
using mdl::tool::test::single;
using mdl::tool::test::Values;

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

TEST_CASE("a slope that varies along rows is computed, not refused") {
    auto model = single(9, {1, 1, 2});
    model.floats("s", {2}, {0.5f, 0.25f});
    model.node("PRelu", {"x", "s"}, {"y"});
    CHECK(evaluate(model.import(), {{-4, -4}})[0] == Values{-2, -1});
}
