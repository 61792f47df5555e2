// mdl: laws of flattening and of names in a Graph.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include <mdl/graph/flatten.hpp>
#include <mdl/graph/infer_shapes.hpp>
#include <mdl/layers/activation.hpp>
#include <mdl/layers/composite.hpp>
#include <mdl/layers/convolution.hpp>
#include <mdl/layers/graph_layer.hpp>
#include <mdl/layers/input.hpp>
#include <mdl/layers/pooling.hpp>

using namespace mdl;
using graph::Problem;

namespace {

/// "number:operator(inputs)" of each node, for comparing whole graphs.
template <class G>
auto spell(const G& g) -> std::string {
    std::string text;
    for (int i = 0; i < g.node_count; ++i) {
        text += std::to_string(static_cast<int>(g.nodes[i].operation.op)) + "(";
        for (const int input : g.inputs(i)) text += std::to_string(input) + " ";
        text += ")";
    }
    for (int o = 0; o < g.output_count; ++o) text += ">" + std::to_string(g.outputs[o]);
    return text;
}

template <class Net>
constexpr Problem problem_of = graph::infer_shapes(graph::flatten<Net>()).diagnosis.problem;

using Image = Input<8, 8, 4>;

struct Chain : Sequential<Image, Residual<Conv<4>, Relu>, Concat<Conv<2>, Identity>, Relu> {};
// The same, its nodes written in another order.
struct Named : Graph<Node<"relu2", Relu, From<"join">>, Node<"in", Image>, Node<"a", Conv<4>, From<"in">>, Node<"b", Relu, From<"a">>,
                     Node<"sum", Add<>, From<"in", "b">>, Node<"c", Conv<2>, From<"sum">>, Node<"join", Concat<>, From<"c", "sum">>,
                     Output<"relu2">> {};

}  // namespace

TEST_CASE("a Sequential and a Graph of the same network flatten to the same nodes") {
    CHECK(spell(graph::flatten<Chain>()) == spell(graph::flatten<Named>()));
}

TEST_CASE("nodes stand after everything that they read") {
    constexpr auto g = graph::flatten<Named>();
    for (int i = 0; i < g.node_count; ++i)
        for (const int input : g.inputs(i)) CHECK(input < i);
}

TEST_CASE("an identity branch makes no node") {
    static_assert(graph::flatten<Sequential<Image, Identity, Relu, Dropout>>().node_count == 2);
    CHECK(graph::flatten<Sequential<Image, Add<Identity, Relu>>>().node_count == 3);
}

TEST_CASE("several inputs and outputs keep their order") {
    constexpr auto g = graph::flatten<Graph<Node<"x", Image>, Node<"y", Image>, Node<"s", Add<>, From<"y", "x">>, Node<"r", Relu, From<"x">>,
                                            Output<"s">, Output<"r", "y">>>();
    REQUIRE(g.output_count == 3);
    CHECK(g.input(2, 0) == 1);
    CHECK(g.nodes[g.outputs[0]].name == "s");
    CHECK(g.nodes[g.outputs[1]].name == "r");
    CHECK(g.nodes[g.outputs[2]].name == "y");
}

TEST_CASE("parts of a split are read by number, and a name that ends like a part is itself first") {
    constexpr auto g = graph::infer_shapes(graph::flatten<Graph<Node<"x:0", Image>, Node<"s", Split<Sizes<1, 3>>, From<"x:0">>, Node<"a", Relu, From<"s:1">>,
                                                                Node<"b", Relu, From<"s:0">>, Node<"j", Concat<>, From<"a", "b">>>>());
    REQUIRE(g.diagnosis.problem == Problem::none);
    CHECK(g.nodes[1].operation.begin == 1);
    CHECK(g.nodes[1].operation.end == 4);
    CHECK(g.nodes[3].shape == Shape{1, 1, 8, 8});
    CHECK(g.nodes[g.node_count - 1].shape == Shape{1, 4, 8, 8});
}

TEST_CASE("equal parts of a split cover the axis") {
    constexpr auto g = graph::infer_shapes(graph::flatten<Graph<Node<"x", Image>, Node<"s", Split<Parts<2>, Axis<-1>>, From<"x">>,
                                                                Node<"j", Concat<>, From<"s:1", "s:0">>>>());
    REQUIRE(g.diagnosis.problem == Problem::none);
    CHECK(g.nodes[1].operation.begin == 4);
    CHECK(g.nodes[1].operation.axis == 3);
    CHECK(g.nodes[2].operation.end == 4);
}

TEST_CASE("a Graph inside a Sequential reads what flows in by the name in") {
    constexpr auto g = graph::flatten<Sequential<Image, Graph<Node<"a", Relu, From<"in">>, Node<"b", Sigmoid, From<"in">>, Node<"m", Mul<>, From<"a", "b">>>, Relu>>();
    CHECK(g.node_count == 5);
    CHECK(g.input(1) == 0);
    CHECK(g.input(2) == 0);
    CHECK(g.input(4) == 3);
}

TEST_CASE("what is wrong with a graph is found") {
    CHECK(problem_of<Graph<Node<"x", Image>, Node<"a", Relu, From<"y">>>> == Problem::unknown_node);
    CHECK(problem_of<Graph<Node<"x", Image>, Node<"x", Relu, From<"x">>>> == Problem::duplicate_name);
    CHECK(problem_of<Graph<Node<"x", Image>, Node<"a", Add<>, From<"x", "b">>, Node<"b", Relu, From<"a">>>> == Problem::cycle);
    CHECK(problem_of<Graph<Node<"x", Image>, Node<"a", Relu, From<"x">>, Node<"b", Relu, From<"x">>>> == Problem::unread_node);
    CHECK(problem_of<Graph<Node<"x", Image>, Output<"z">>> == Problem::unknown_output);
    CHECK(problem_of<Graph<Node<"x", Image>, Node<"a", Relu, From<"x", "x">>>> == Problem::wrong_input_count);
    CHECK(problem_of<Graph<Node<"x", Image>, Node<"s", Split<Parts<2>>, From<"x">>, Node<"a", Relu, From<"s:2">>>> == Problem::unknown_part);
    CHECK(problem_of<Sequential<Conv<3>>> == Problem::no_input);
    CHECK(problem_of<Sequential<Image, Image>> == Problem::input_in_the_middle);
    CHECK(problem_of<Sequential<Image, Relu>> == Problem::none);
}

TEST_CASE("a diagnosis carries the name of what is wrong") {
    constexpr auto g = graph::flatten<Graph<Node<"x", Image>, Node<"a", Relu, From<"misspelt">>>>();
    CHECK(std::string_view(g.diagnosis.name) == "misspelt");
}
