// mdl: Einsum, CumSum and Trilu, converted.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tools/interpreted.hpp"
#include "tools/says.hpp"

using mdl::tool::test::evaluate;
using mdl::tool::test::interpreted_difference;
using mdl::tool::test::ModelBuilder;
using mdl::tool::test::says;
using mdl::tool::test::single;
using mdl::tool::test::Values;

namespace {

using Sizes = std::initializer_list<std::int64_t>;

auto sum_of(const char* equation, Sizes a) -> ModelBuilder {
    auto model = single(13, a);
    model.node("Einsum", {"x"}, {"y"}).string("equation", equation);
    return model;
}
auto sum_of(const char* equation, Sizes a, Sizes b) -> ModelBuilder {
    auto model = single(13, a);
    model.input("z", b);
    model.node("Einsum", {"x", "z"}, {"y"}).string("equation", equation);
    return model;
}

}  // namespace

TEST_CASE("an Einstein sum of two operands is one product of matrices") {
    const auto scores = sum_of("bhqd,bhkd->bhqk", {1, 2, 3, 4}, {1, 2, 5, 4});
    CHECK(scores.layers() == "Reshape<2, 3, 4>; Transpose<0, 1, 3, 2>; Reshape<2, 4, 5>; MatMul; Reshape<1, 2, 3, 5>");
    CHECK(interpreted_difference(scores) < 1e-6);
    const ModelBuilder sums[]{sum_of("ij,jk->ik", {2, 3}, {3, 4}),
                              sum_of("ij,jk", {2, 3}, {3, 4}),
                              sum_of("ij,jk->ki", {2, 3}, {3, 4}),
                              sum_of("i,j->ij", {2}, {3}),
                              sum_of("i,i->", {5}, {5}),
                              sum_of("ijk,ikl->lji", {2, 3, 4}, {2, 4, 5}),
                              sum_of("ijk,jl->il", {2, 3, 4}, {3, 5}),
                              sum_of("bchw,bnc->bnhw", {1, 3, 2, 4}, {1, 5, 3}),
                              sum_of("...ij,...jk->...ik", {2, 3, 4}, {2, 4, 2})};
    for (const auto& model : sums) {
        INFO(model.proto.graph().node(0).attribute(0).s());
        CHECK(interpreted_difference(model) < 1e-6);
    }
}

TEST_CASE("an Einstein sum of one operand is a sum and a transposition") {
    CHECK(sum_of("ij->ji", {2, 3}).layers() == "Transpose<1, 0>");
    CHECK(sum_of("ijk->ki", {2, 3, 4}).layers() == "ReduceSum<Axes<1>, DropDims>; Transpose<1, 0>");
    for (const char* equation : {"ijk->ki", "kji", "i...->...", "ijk->"}) CHECK(interpreted_difference(sum_of(equation, {2, 3, 4})) < 1e-6);
}

TEST_CASE("sums that mdl cannot do are refused") {
    CHECK(says(sum_of("ii->i", {3, 3}).refusal(), {"Einsum", "'ii->i'", "diagonal"}));
    CHECK(says(sum_of("ij->ik", {3, 3}).refusal(), {"Einsum", "'ik'"}));
    CHECK(says(sum_of("ij->i", {3}).refusal(), {"Einsum", "does not fit", "3"}));
    CHECK(says(sum_of("ij,jk->ik", {2, 3}, {4, 5}).refusal(), {"Einsum", "two sizes for 'j', 3 and 4"}));
    CHECK(says(sum_of("ij,jk->ik", {2, 3}).refusal(), {"Einsum", "number of operands"}));
}

TEST_CASE("cumulative sums run along an axis, from either end, with or without the element itself") {
    for (const int axis : {0, 1, -1})
        for (const int exclusive : {0, 1})
            for (const int reverse : {0, 1}) {
                auto model = single(14, {2, 5, 3});
                model.integers("axis", {}, {axis});
                model.node("CumSum", {"x", "axis"}, {"y"}).integer("exclusive", exclusive).integer("reverse", reverse);
                CHECK(interpreted_difference(model) < 1e-6);
            }
    auto simple = single(14, {4});
    simple.integers("axis", {}, {0});
    simple.node("CumSum", {"x", "axis"}, {"y"});
    CHECK(evaluate(simple.import(), {{1, 2, 3, 4}})[0] == Values{1, 3, 6, 10});
    auto large = single(14, {1, 5000});
    large.integers("axis", {}, {1});
    large.node("CumSum", {"x", "axis"}, {"y"});
    CHECK(says(large.refusal(), {"CumSum", "5000", "4096"}));
}

TEST_CASE("a triangle keeps the elements on its side of a diagonal") {
    for (const int upper : {0, 1})
        for (const int k : {-1, 0, 2}) {
            auto model = single(14, {2, 3, 4});
            model.integers("k", {}, {k});
            model.node("Trilu", {"x", "k"}, {"y"}).integer("upper", upper);
            CHECK(interpreted_difference(model) == 0);
        }
    auto simple = single(14, {2, 2});
    simple.node("Trilu", {"x"}, {"y"});
    CHECK(evaluate(simple.import(), {{1, 2, 3, 4}})[0] == Values{1, 2, 0, 4});
    auto vector = single(14, {3});
    vector.node("Trilu", {"x"}, {"y"});
    CHECK(says(vector.refusal(), {"Trilu", "triangle"}));
}
