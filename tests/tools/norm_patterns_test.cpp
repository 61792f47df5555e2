// mdl: norms that exporters of old opsets take apart are put together again.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cmath>

#include "tools/evaluate.hpp"
#include "tools/onnx_builder.hpp"

using mdl::tool::test::evaluate;
using mdl::tool::test::ModelBuilder;

namespace {

/// "t" becomes (x - mean) / sqrt(variance + 0.5) over the last axis, operator by operator.
auto normalised(std::initializer_list<std::int64_t> dims, bool subtracts_twice = false) -> ModelBuilder {
    ModelBuilder model;
    model.input("x", dims).floats("two", {}, {2}).floats("epsilon", {}, {0.5f});
    model.node("ReduceMean", {"x"}, {"mean"}).integers("axes", {-1});
    model.node("Sub", {"x", "mean"}, {"d"});
    if (subtracts_twice) model.node("Sub", {"x", "mean"}, {"e"});
    model.node("Pow", {subtracts_twice ? "e" : "d", "two"}, {"square"});
    model.node("ReduceMean", {"square"}, {"variance"}).integers("axes", {-1});
    model.node("Add", {"variance", "epsilon"}, {"sum"});
    model.node("Sqrt", {"sum"}, {"root"});
    model.node("Div", {"d", "root"}, {"t"});
    return model;
}

}  // namespace

TEST_CASE("mean, difference, square, mean, root and quotient with a factor and a summand are a layer norm of any rank") {
    for (const bool twice : {false, true}) {
        ModelBuilder matrix = normalised({2, 4}, twice);
        matrix.output("y").floats("gamma", {4}, {1, 2, 3, 4}).floats("beta", {4}, {10, 20, 30, 40});
        matrix.node("Mul", {"t", "gamma"}, {"s"});
        matrix.node("Add", {"s", "beta"}, {"y"});
        CHECK(matrix.layers() == "LayerNorm<Epsilon<0.5>>");
        const auto y = evaluate(matrix.import(), {{-1, 1, 1, -1, 5, 7, 7, 5}})[0];
        const float unit = 1 / std::sqrt(1.5f);
        REQUIRE(y.size() == 8);
        for (const std::size_t row : {0u, 4u}) {
            CHECK(y[row] == doctest::Approx(10 - unit));
            CHECK(y[row + 1] == doctest::Approx(20 + 2 * unit));
            CHECK(y[row + 2] == doctest::Approx(30 + 3 * unit));
            CHECK(y[row + 3] == doctest::Approx(40 - 4 * unit));
        }
    }
    ModelBuilder sequence = normalised({1, 3, 4});
    sequence.output("y").floats("gamma", {4}, {1, 2, 3, 4}).floats("beta", {4}, {10, 20, 30, 40});
    sequence.node("Mul", {"gamma", "t"}, {"s"});
    sequence.node("Add", {"s", "beta"}, {"y"});
    CHECK(sequence.layers() == "LayerNorm<Epsilon<0.5>>");
    ModelBuilder map = normalised({1, 2, 3, 4});
    map.output("y").floats("gamma", {4}, {1, 2, 3, 4});
    map.node("Mul", {"t", "gamma"}, {"y"});
    CHECK(map.layers() == "LayerNorm<Epsilon<0.5>, NoBias>");
    ModelBuilder bare = normalised({1, 3, 4});
    bare.output("t");
    CHECK(bare.layers() == "LayerNorm<Epsilon<0.5>, NoBias>");
}

TEST_CASE("what only looks like a layer norm, or like its weights, stays as it is") {
    ModelBuilder along_rows = normalised({1, 2, 4, 4});
    along_rows.output("y").floats("factor", {4, 1}, {1, 2, 3, 4});
    along_rows.node("Mul", {"t", "factor"}, {"y"});
    CHECK(along_rows.layers() == "LayerNorm<Epsilon<0.5>, NoBias>; Constant<4, 1>; Mul");
    ModelBuilder read_twice = normalised({2, 4});
    read_twice.output("y").output("t").floats("gamma", {4}, {1, 2, 3, 4});
    read_twice.node("Mul", {"t", "gamma"}, {"y"});
    CHECK(read_twice.layers() == "LayerNorm<Epsilon<0.5>, NoBias>; Scale<NoBias>");
    ModelBuilder added_first = normalised({2, 4});
    added_first.output("y").floats("gamma", {4}, {1, 2, 3, 4}).floats("beta", {4}, {10, 20, 30, 40});
    added_first.node("Add", {"t", "beta"}, {"s"});
    added_first.node("Mul", {"s", "gamma"}, {"y"});
    CHECK(added_first.layers() == "LayerNorm<Epsilon<0.5>>; Scale<NoBias>");
    ModelBuilder another_mean;
    another_mean.input("x", {2, 4}).output("y").floats("epsilon", {}, {0.5f});
    another_mean.node("ReduceMean", {"x"}, {"mean"}).integers("axes", {0});
    another_mean.node("Sub", {"x", "mean"}, {"d"});
    another_mean.node("Mul", {"d", "d"}, {"square"});
    another_mean.node("ReduceMean", {"square"}, {"variance"}).integers("axes", {-1});
    another_mean.node("Add", {"variance", "epsilon"}, {"sum"});
    another_mean.node("Sqrt", {"sum"}, {"root"});
    another_mean.node("Div", {"d", "root"}, {"y"});
    CHECK(another_mean.layers().find("LayerNorm") == std::string::npos);
}

TEST_CASE("an instance norm of the groups between two reshapes, a factor and a summand are a group norm") {
    ModelBuilder model;
    model.input("x", {1, 4, 1, 2}).output("y").integers("apart", {0, 2, -1}).integers("together", {1, 4, 1, 2}).floats("one", {2}, {1, 1});
    model.floats("zero", {2}, {0, 0}).floats("gamma", {4, 1, 1}, {1, 2, 3, 4}).floats("beta", {4, 1, 1}, {10, 20, 30, 40});
    model.node("Reshape", {"x", "apart"}, {"a"});
    model.node("InstanceNormalization", {"a", "one", "zero"}, {"n"}).real("epsilon", 0);
    model.node("Reshape", {"n", "together"}, {"t"});
    model.node("Mul", {"t", "gamma"}, {"s"});
    model.node("Add", {"s", "beta"}, {"y"});
    CHECK(model.layers() == "GroupNorm<2, Epsilon<0>>");
    CHECK(evaluate(model.import(), {{-1, 1, 1, -1, 7, 5, 5, 7}})[0] == mdl::tool::test::Values{9, 11, 22, 18, 33, 27, 36, 44});
}

TEST_CASE("a group norm with a factor and a summand of its own keeps its next ones apart") {
    ModelBuilder model;
    model.input("x", {1, 2, 3, 3}).output("y").floats("g", {2}, {2, 3}).floats("b", {2}, {4, 5}).floats("factor", {2, 1, 1}, {6, 7});
    model.node("InstanceNormalization", {"x", "g", "b"}, {"n"});
    model.node("Mul", {"n", "factor"}, {"y"});
    CHECK(model.layers() == "InstanceNorm<>; Scale<NoBias>");
    ModelBuilder other_channels;
    other_channels.input("x", {1, 4, 2, 2}).output("y").integers("apart", {0, 8, -1}).integers("together", {1, 4, 2, 2});
    other_channels.floats("g", {8}, {1, 1, 1, 1, 1, 1, 1, 1}).floats("b", {8}, {0, 0, 0, 0, 0, 0, 0, 0});
    other_channels.node("Reshape", {"x", "apart"}, {"a"});
    other_channels.node("InstanceNormalization", {"a", "g", "b"}, {"n"});
    other_channels.node("Reshape", {"n", "together"}, {"y"});
    CHECK(other_channels.layers().find("GroupNorm") == std::string::npos);
    CHECK(other_channels.layers().find("Reshape") != std::string::npos);
}
