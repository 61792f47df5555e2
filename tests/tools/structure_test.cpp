// mdl: a network is written the way a person would.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/graph/fingerprint.hpp>

#include "codegen/names.hpp"
#include "codegen/run_graph.hpp"
#include "codegen/spelling.hpp"
#include "tools/onnx_builder.hpp"

using namespace mdl::tool;
using mdl::tool::test::ModelBuilder;

TEST_CASE("a branch that skips a body is a residual, whichever operand it is") {
    ModelBuilder model;
    model.input("x", {1, 3, 4, 4}).output("y");
    model.node("Relu", {"x"}, {"a"});
    model.node("Tanh", {"a"}, {"b"});
    model.node("Add", {"b", "x"}, {"y"});
    CHECK(model.type() == "struct Net : Sequential<Input<4, 4, 3, F32, Chw>, Residual<Relu, Tanh>> {};");
}

TEST_CASE("branches nest, and a gate multiplies its own input") {
    ModelBuilder model;
    model.input("x", {1, 3, 4, 4}).output("y").weights("w", {3, 3, 1, 1});
    model.node("GlobalAveragePool", {"x"}, {"p"});
    model.node("Conv", {"p", "w"}, {"c"});
    model.node("Sigmoid", {"c"}, {"s"});
    model.node("Mul", {"s", "x"}, {"g"});
    model.node("Relu", {"g"}, {"r"});
    model.node("Concat", {"r", "g"}, {"j"}).integer("axis", 2);
    model.node("Tanh", {"j"}, {"y"});
    CHECK(model.type() ==
          "struct Net : Sequential<Input<4, 4, 3, F32, Chw>, Mul<Identity, Sequential<GlobalPool<Average>, Conv<3, NoBias>, "
          "Sigmoid>>, "
          "Concat<Axis<2>, Relu, Identity>, Tanh> {};");
}

TEST_CASE("what is neither sequence nor branches is a graph where it stands") {
    ModelBuilder model;
    model.input("x", {1, 3, 4, 4}).output("y");
    model.node("Sigmoid", {"x"}, {"s"});
    model.node("Relu", {"s"}, {"a"});
    model.node("Tanh", {"s"}, {"b"});
    model.node("Add", {"a", "b"}, {"c"});
    model.node("Mul", {"b", "c"}, {"d"});
    model.node("Exp", {"d"}, {"y"});
    CHECK(model.type() ==
          "struct Net : Sequential<Input<4, 4, 3, F32, Chw>, Sigmoid, Graph<Node<\"a\", Relu, From<\"in\">>, Node<\"b\", Tanh, "
          "From<\"in\">>, "
          "Node<\"c\", Add<>, From<\"a\", \"b\">>, Node<\"d\", Mul<>, From<\"b\", \"c\">>>, Exp> {};");
}

TEST_CASE("several inputs and outputs make a graph with their names") {
    ModelBuilder model;
    model.input("in 1", {1, 2}).input("b", {1, 2}).output("sum:0").output("difference");
    model.node("Add", {"in 1", "b"}, {"sum:0"});
    model.node("Sub", {"in 1", "b"}, {"difference"});
    CHECK(model.type() ==
          "struct Net : Graph<Node<\"in_1\", InputTensor<1, 2>>, Node<\"b\", InputTensor<1, 2>>, Node<\"sum_0\", Add<>, "
          "From<\"in_1\", \"b\">>, "
          "Node<\"difference\", Subtract<>, From<\"in_1\", \"b\">>, Output<\"sum_0\", \"difference\">> {};");
}

TEST_CASE("an output that is an input passes through a layer of its own") {
    ModelBuilder model;
    model.input("x", {1, 2}).output("y").output("z");
    model.node("Identity", {"x"}, {"y"});
    model.node("Relu", {"x"}, {"z"});
    CHECK(model.layers() == "Relu; Reshape<1, 2>");
    const Network network = model.import();
    CHECK(network.outputs[0].name == "y");
    CHECK(network.outputs[0].layer == 2);
}

TEST_CASE("the graph built at run time has the order of the written type and its fingerprint is stable") {
    ModelBuilder model;
    model.input("x", {1, 3, 4, 4}).output("y");
    model.node("Relu", {"x"}, {"a"});
    model.node("Tanh", {"x"}, {"b"});
    model.node("Exp", {"a"}, {"c"});
    model.node("Add", {"c", "b"}, {"y"});
    Network network = model.import();
    arrange(network);  // branch by branch: relu, exp, tanh, add
    CHECK(network.layers[2].operation.activation.kind == mdl::ActivationKind::exp);
    CHECK(network.layers[3].operation.activation.kind == mdl::ActivationKind::tanh);
    CHECK(network.layers[4].inputs == std::vector<int>{2, 3});
    const auto first = mdl::graph::fingerprint(*build_graph(network));
    arrange(network);
    CHECK(mdl::graph::fingerprint(*build_graph(network)) == first);
}

TEST_CASE("reals are written with the fewest digits that give them back") {
    CHECK(real_text(0.1f) == "0.1");
    CHECK(real_text(1.0f / 6) == "0.16666667");
    CHECK(real_text(6) == "6");
    CHECK(real_text(1e-5f) == "1e-05");
}

TEST_CASE("file names become type names") {
    CHECK(struct_name("mobilenet_v1-1.0") == "MobilenetV110");
    CHECK(struct_name("3d") == "Net3d");
    CHECK(type_name_problem("Net_1").empty());
    CHECK(type_name_problem("class").find("word of C++") != std::string::npos);
    CHECK_FALSE(type_name_problem("a b").empty());
}
