// mdl: operators that find elements and read or write them one by one, converted.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>

#include "tools/interpreted.hpp"
#include "tools/says.hpp"

using mdl::tool::test::evaluate;
using mdl::tool::test::interpreted_difference;
using mdl::tool::test::ModelBuilder;
using mdl::tool::test::says;
using mdl::tool::test::single;
using mdl::tool::test::Values;

TEST_CASE("TopK is the positions of the best, and the elements gathered from there") {
    auto model = single(11, {2, 6});
    model.output("where").integers("k", {2});
    model.node("TopK", {"x", "k"}, {"y", "where"});
    CHECK(model.layers() == "TopK<2>; GatherElements<>");
    const auto answers = evaluate(model.import(), {{1, 5, 3, 5, 2, 0, -1, -5, -3, -2, -9, -1}});
    CHECK(answers == std::vector<Values>{{5, 5, -1, -1}, {1, 3, 0, 5}});
    auto smallest = single(11, {2, 6});
    smallest.integers("k", {1});
    smallest.node("TopK", {"x", "k"}, {"y", ""}).integer("largest", 0).integer("axis", 0).integer("sorted", 0);
    CHECK(smallest.layers() == "TopK<1, Smallest, Axis<0>>; GatherElements<Axis<0>>");
    auto old = single(9, {3, 6});
    old.node("TopK", {"x"}, {"y", "z"}).integer("k", 4);
    CHECK(interpreted_difference(old) == 0);
    auto many = single(11, {2, 6});
    many.integers("k", {7});
    many.node("TopK", {"x", "k"}, {"y", "z"});
    CHECK(says(many.refusal(), {"TopK", "7 of 6"}));
    auto none = single(11, {2, 6});
    none.integers("k", {});
    none.node("TopK", {"x", "k"}, {"y", "z"});
    CHECK(says(none.refusal(), {"TopK", "0 numbers as its k"}));
}

TEST_CASE("elements are gathered by constant and by computed indices") {
    auto model = single(13, {2, 4});
    model.integers("i", {2, 3}, {0, -1, 2, 3, 3, -4});
    model.node("GatherElements", {"x", "i"}, {"y"}).integer("axis", 1);
    CHECK(interpreted_difference(model) == 0);
    ModelBuilder computed;
    computed.input("x", {3, 4}).input("i", {2, 4}).output("y");
    computed.node("GatherElements", {"x", "i"}, {"y"});
    CHECK(computed.layers() == "GatherElements<Axis<0>>");
    CHECK(interpreted_difference(computed, {{"i", {0, 1, 2, -1, -3, 2, 1, 0}}}) == 0);
    auto outside = single(13, {2, 4});
    outside.integers("i", {1, 1}, {4});
    outside.node("GatherElements", {"x", "i"}, {"y"}).integer("axis", 1);
    CHECK(says(outside.refusal(), {"GatherElements", "element 4", "axis of 4"}));
}

TEST_CASE("GatherND reads rows of a matrix, whatever the depth of its indices and the batch") {
    const auto differs = [](std::initializer_list<std::int64_t> dims, std::initializer_list<std::int64_t> indices, int batch) {
        auto model = single(13, {2, 3, 4});
        model.integers("i", dims, indices);
        model.node("GatherND", {"x", "i"}, {"y"}).integer("batch_dims", batch);
        // The same with the indices as numbers that the network gets.
        ModelBuilder computed;
        computed.input("x", {2, 3, 4}).input("i", dims).output("y");
        computed.node("GatherND", {"x", "i"}, {"y"}).integer("batch_dims", batch);
        const Values values(indices.begin(), indices.end());
        return std::max(interpreted_difference(model), interpreted_difference(computed, {{"i", values}}));
    };
    CHECK(differs({4, 1}, {1, 0, -1, -2}, 0) == 0);
    CHECK(differs({3, 2}, {1, 0, -1, -2, 0, 2}, 0) == 0);
    CHECK(differs({2, 1, 3}, {1, 2, 3, 0, -3, -4}, 0) == 0);
    CHECK(differs({2, 2, 1}, {1, 2, 0, -1}, 1) == 0);
    CHECK(differs({2, 3, 1}, {3, 2, 1, 0, -1, -4}, 2) == 0);
    auto deep = single(13, {2, 3});
    deep.integers("i", {1, 3}, {0, 0, 0});
    deep.node("GatherND", {"x", "i"}, {"y"});
    CHECK(says(deep.refusal(), {"GatherND", "3 indices for the 2 axes"}));
    auto outside = single(13, {2, 3});
    outside.integers("i", {1, 2}, {0, -4});
    outside.node("GatherND", {"x", "i"}, {"y"});
    CHECK(says(outside.refusal(), {"GatherND", "element -4", "axis of 3"}));
}

TEST_CASE("scatters write elements and rows, by constant and by computed indices, replaced or combined") {
    for (const char* how : {"none", "add", "mul", "max", "min"}) {
        ModelBuilder elements(18);
        elements.input("x", {3, 4}).input("u", {2, 3}).output("y").integers("i", {2, 3}, {0, -1, 2, 2, 0, 0});
        elements.node("ScatterElements", {"x", "i", "u"}, {"y"}).integer("axis", 1).string("reduction", how);
        CHECK(interpreted_difference(elements) < 1e-6);
        ModelBuilder rows(18);
        rows.input("x", {3, 4, 2}).input("u", {3, 2}).output("y").integers("i", {3, 2}, {0, -1, 2, 2, 0, 3});
        rows.node("ScatterND", {"x", "i", "u"}, {"y"}).string("reduction", how);
        CHECK(interpreted_difference(rows) < 1e-6);
        ModelBuilder computed(18);
        computed.input("x", {3, 4, 2}).input("u", {2, 4, 2}).input("i", {2, 1}).output("y");
        computed.node("ScatterND", {"x", "i", "u"}, {"y"}).string("reduction", how);
        CHECK(interpreted_difference(computed, {{"i", {-1, 0}}}) < 1e-6);
    }
    ModelBuilder old(10);
    old.input("x", {3, 4}).input("u", {1, 4}).output("y").integers("i", {1, 4}, {0, 1, 2, 0});
    old.node("Scatter", {"x", "i", "u"}, {"y"});
    CHECK(old.layers() == "Constant<1, 4>; ScatterElements<Axis<0>>");
    CHECK(interpreted_difference(old) == 0);
    ModelBuilder wide(10);
    wide.input("x", {3, 4}).input("u", {1, 5}).output("y").integers("i", {1, 5}, {0, 1, 2, 0, 1});
    wide.node("Scatter", {"x", "i", "u"}, {"y"});
    CHECK(says(wide.refusal(), {"Scatter", "indices do not fit"}));
    ModelBuilder unknown(18);
    unknown.input("x", {3, 4}).input("u", {1, 4}).output("y").integers("i", {1, 4}, {0, 1, 2, 0});
    unknown.node("ScatterElements", {"x", "i", "u"}, {"y"}).string("reduction", "mean");
    CHECK(says(unknown.refusal(), {"ScatterElements", "'mean'"}));
}

TEST_CASE("OneHot is a comparison with the positions along a new axis, of two values") {
    auto model = single(11, {2, 3});
    model.integers("depth", {4}).floats("values", {2}, {0, 1});
    model.node("OneHot", {"x", "depth", "values"}, {"y"});
    CHECK(evaluate(model.import(), {{0, 3, -1, 2, 7, -4}})[0] ==
          Values{1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0});
    auto others = single(11, {2, 3});
    others.integers("depth", {4}).floats("values", {2}, {-2, 5});
    others.node("OneHot", {"x", "depth", "values"}, {"y"}).integer("axis", 1);
    CHECK(interpreted_difference(others, {{"x", {0, 3, -1, 2, 7, -4}}}) == 0);
    auto none = single(11, {2, 3});
    none.integers("depth", {0}).floats("values", {2}, {0, 1});
    none.node("OneHot", {"x", "depth", "values"}, {"y"});
    CHECK(says(none.refusal(), {"OneHot", "depth 0"}));
}

TEST_CASE("a sequence of fixed length is reversed by gathering its steps") {
    for (const int time : {0, 1}) {
        auto model = single(10, {4, 4, 3});
        model.integers("lengths", {4, 1, 0, 3});
        model.node("ReverseSequence", {"x", "lengths"}, {"y"}).integer("time_axis", time).integer("batch_axis", 1 - time);
        CHECK(interpreted_difference(model) == 0);
    }
    auto wrong = single(10, {4, 4});
    wrong.integers("lengths", {4, 5, 0, 3});
    wrong.node("ReverseSequence", {"x", "lengths"}, {"y"});
    CHECK(says(wrong.refusal(), {"ReverseSequence", "5 of 4"}));
}

TEST_CASE("what MaxPool took out MaxUnpool puts back where it stood") {
    auto model = single(12, {1, 2, 6, 4});
    model.output("where");
    model.node("MaxPool", {"x"}, {"max", "where"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
    model.node("MaxUnpool", {"max", "where"}, {"y"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
    CHECK(interpreted_difference(model) == 0);
    for (const int order : {0, 1}) {
        auto positions = single(12, {1, 2, 7, 5});
        positions.output("where");
        positions.node("MaxPool", {"x"}, {"y", "where"})
            .integers("kernel_shape", {3, 2})
            .integers("strides", {2, 1})
            .integers("pads", {1, 0, 1, 1})
            .integer("storage_order", order);
        Values rising;  // without equals, whose order the two ways to count exchange
        for (int i = 0; i < 70; ++i) rising.push_back(static_cast<float>(i * 29 % 71));
        CHECK(interpreted_difference(positions, {{"x", rising}}) == 0);
    }
    auto signal = single(12, {1, 2, 9});
    signal.output("where");
    signal.node("MaxPool", {"x"}, {"y", "where"}).integers("kernel_shape", {3}).integers("strides", {3});
    CHECK(interpreted_difference(signal) == 0);
    auto wider = single(11, {1, 1, 2, 2});
    wider.integers("where", {1, 1, 2, 2}, {5, 7, 13, 15}).integers("shape", {1, 1, 5, 5});
    wider.node("MaxUnpool", {"x", "where", "shape"}, {"y"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
    CHECK(interpreted_difference(wider) == 0);
    auto outside = single(11, {1, 1, 1, 2});
    outside.integers("where", {1, 1, 1, 2}, {5, 8});
    outside.node("MaxUnpool", {"x", "where"}, {"y"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
    CHECK(says(outside.refusal(), {"MaxUnpool", "position 8", "8 elements"}));
    auto unclear = single(11, {1, 1, 5, 5});
    unclear.integers("shape", {1, 1, 5, 5});
    unclear.node("MaxPool", {"x"}, {"max", "where"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
    unclear.node("MaxUnpool", {"max", "where", "shape"}, {"y"}).integers("kernel_shape", {2, 2}).integers("strides", {2, 2});
    CHECK(says(unclear.refusal(), {"MaxUnpool", "1x1x5x5", "1x1x4x4", "Pad"}));
}

TEST_CASE("an operator of several inputs that is no template of its branches stands in a graph") {
    auto model = single(11, {1, 8, 1, 1});
    model.integers("k", {2}).weights("w", {8, 8, 1, 1});
    model.node("Conv", {"x", "w"}, {"c"});
    model.node("TopK", {"c", "k"}, {"t", "i"}).integer("axis", 1);
    model.node("Relu", {"t"}, {"y"});
    CHECK(model.type() ==
          "struct Net : Sequential<InputTensor<1, 8, 1, 1>, Conv<8, NoBias>, Graph<Node<\"t\", TopK<2>, From<\"in\">>, Node<\"t_2\", "
          "GatherElements<>, "
          "From<\"in\", \"t\">>>, Relu> {};");
}
