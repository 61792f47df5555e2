// mdl: models of half precision, and integers and truth values as inputs or computed, become networks of float32 that compute the same.
// SPDX-License-Identifier: MIT
#include <fstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "onnx/element_types.hpp"
#include "tools/evaluate.hpp"
#include "tools/interpreted.hpp"
#include "tools/mdl_command.hpp"
#include "tools/onnx_builder.hpp"
#include "tools/says.hpp"
#include "weights/temporary_folder.hpp"

namespace {

using namespace mdl::tool;
using test::evaluate;
using test::interpreted_difference;
using test::ModelBuilder;
using test::says;
using test::single;
using test::Values;
using Type = mdl::onnx::TensorProto;

auto typed(ModelBuilder& model, const std::string& name, Type::DataType type) -> ModelBuilder& {
    for (auto& input : *model.proto.mutable_graph()->mutable_input())
        if (input.name() == name) input.mutable_type()->mutable_tensor_type()->set_elem_type(type);
    return model;
}

void halves(ModelBuilder& model, const std::string& name, std::initializer_list<std::int64_t> dims, const std::vector<int>& bits, Type::DataType type) {
    auto& tensor = *model.proto.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const auto dim : dims) tensor.add_dims(dim);
    for (const int half : bits) tensor.add_int32_data(half);
}

/// y = op(x, c) of integers of 64 bits, c an input too.
auto of_two(const char* op, const Values& x, const Values& c) -> Values {
    ModelBuilder model(13);
    const auto n = static_cast<std::int64_t>(x.size());
    model.input("x", {n}).input("c", {n}).output("y");
    typed(typed(model, "x", Type::INT64), "c", Type::INT64).node(op, {"x", "c"}, {"y"});
    CHECK(interpreted_difference(model, {{"x", x}, {"c", c}}) == 0);
    return evaluate(model.import(), {x, c})[0];
}

auto refused(Type::DataType type, const char* op) -> std::string {
    ModelBuilder model(13);
    model.input("x", {1, 1, 2, 2}).output("y");
    typed(model, "x", type).node(op, {"x"}, {"y"});
    return model.refusal();
}

}  // namespace

TEST_CASE("a model of float16 or bfloat16 is the same network in float32, and one note says so") {
    const auto check = [](Type::DataType type, const std::vector<int>& bits, const char* name) {
        ModelBuilder model(13);
        model.input("x", {1, 2}).output("y");
        typed(model, "x", type);
        halves(model, "w", {2, 2}, bits, type);  // 0.5, -2, 1.5, 1
        model.node("MatMul", {"x", "w"}, {"m"});
        model.node("Relu", {"m"}, {"y"});
        const Network network = model.import();
        CHECK(evaluate(network, {{4096.0625f, 10}})[0] == Values{2048.03125f + 15, 0});  // float16 would round the sum to 2063
        const auto notes = element_notes(model.proto);
        REQUIRE(notes.size() == 1);
        CHECK(notes[0] == std::string("the model computes in ") + name + "; mdl computes the same network in float32, so answers differ by the model's own rounding");
        CHECK(interpreted_difference(model) < 1e-6);
    };
    check(Type::FLOAT16, {0x3800, 0xc000, 0x3e00, 0x3c00}, "float16");
    check(Type::BFLOAT16, {0x3f00, 0xc000, 0x3fc0, 0x3f80}, "bfloat16");
}

TEST_CASE("casts to half precision and back, at the borders and inside, do nothing") {
    ModelBuilder model(13);
    model.input("x", {1, 4}).output("y");
    halves(model, "slope", {4}, {0x3800, 0xc000, 0x3e00, 0x3c00}, Type::FLOAT16);
    model.node("Cast", {"x"}, {"h"}).integer("to", Type::FLOAT16);
    model.node("Mul", {"h", "slope"}, {"m"});
    model.node("Cast", {"m"}, {"f"}).integer("to", Type::FLOAT);
    model.node("Exp", {"f"}, {"e"});
    model.node("Cast", {"e"}, {"eh"}).integer("to", Type::BFLOAT16);
    model.node("Relu", {"eh"}, {"r"});
    model.node("Cast", {"r"}, {"y"}).integer("to", Type::FLOAT);
    CHECK(model.layers() == "Scale<NoBias>; Exp; Relu");
    CHECK(element_notes(model.proto).size() == 1);
    CHECK(interpreted_difference(model) < 1e-6);
}

TEST_CASE("weights that are only stored in half precision need no note") {
    ModelBuilder model(13);
    model.input("x", {1, 2}).output("y");
    halves(model, "h", {2}, {0x3800, 0xc000}, Type::FLOAT16);
    model.node("Cast", {"h"}, {"w"}).integer("to", Type::FLOAT);
    model.node("Mul", {"x", "w"}, {"y"});
    CHECK(element_notes(model.proto).empty());
    CHECK(evaluate(model.import(), {{3, 5}})[0] == Values{1.5f, -10});
}

TEST_CASE("an image of bytes that the graph casts and scales is an input of whole numbers") {
    ModelBuilder model(13);
    model.input("image", {1, 2, 2, 3}).output("y").floats("most", {}, {255});
    typed(model, "image", Type::UINT8);
    model.node("Transpose", {"image"}, {"planes"}).integers("perm", {0, 3, 1, 2});
    model.node("Cast", {"planes"}, {"real"}).integer("to", Type::FLOAT);
    model.node("Div", {"real", "most"}, {"y"});
    const Network network = model.import();
    const auto notes = element_notes(model.proto);
    REQUIRE(notes.size() == 1);
    CHECK(notes[0] == "input 'image' holds integers; give them as floats");
    const Values bytes{0, 51, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    CHECK(evaluate(network, {bytes})[0][4] == doctest::Approx(51.0 / 255).epsilon(1e-6));
    CHECK(interpreted_difference(model, {{"image", bytes}}) < 1e-6);
}

TEST_CASE("tokens pick rows of a constant table, and a mask of truth values chooses") {
    ModelBuilder model(13);
    model.input("tokens", {1, 3}).input("mask", {1, 3, 1}).output("y").floats("table", {4, 2}, {0, 1, 10, 11, 20, 21, 30, 31}).floats("none", {1}, {-1});
    typed(typed(model, "tokens", Type::INT32), "mask", Type::BOOL);
    model.node("Cast", {"tokens"}, {"long"}).integer("to", Type::INT64);
    model.node("Gather", {"table", "long"}, {"rows"});
    model.node("Where", {"mask", "rows", "none"}, {"y"});
    CHECK(model.layers().find("Mod") == std::string::npos);  // nothing is cut of an integer
    const Network network = model.import();
    const auto notes = element_notes(model.proto);
    REQUIRE(notes.size() == 2);
    CHECK(notes[0] == "input 'tokens' holds integers; give them as floats, which are exact up to 2^24");
    CHECK(notes[1] == "input 'mask' holds truth values; give them as floats, 1 and 0");
    CHECK(evaluate(network, {{3, 0, 2}, {1, 1, 0}})[0] == Values{30, 31, 0, 1, -1, -1});
}

TEST_CASE("quotients and remainders of integer inputs are integers, those of what is cast to reals are reals") {
    CHECK(of_two("Div", {7, -7, 16777215, 6}, {2, 2, 3, -4}) == Values{3, -3, 5592405, -1});
    CHECK(of_two("Mod", {7, -7, 16777215, 6}, {2, 2, 3, -4}) == Values{1, 1, 0, -2});
    ModelBuilder model(13);
    model.input("x", {2}).output("y");
    typed(model, "x", Type::INT64);
    model.node("ArgMax", {"x"}, {"last"}).integer("keepdims", 1);
    model.node("Cast", {"x"}, {"a"}).integer("to", Type::FLOAT);
    model.node("Cast", {"last"}, {"b"}).integer("to", Type::FLOAT);
    model.node("Add", {"b", "b"}, {"two"});
    model.node("Div", {"a", "two"}, {"y"});
    CHECK(evaluate(model.import(), {{3, 7}})[0] == Values{1.5f, 3.5f});
}

TEST_CASE("integers are clipped between integers") {
    ModelBuilder model(13);
    model.input("x", {4}).output("y").integers("low", {}, {0}).integers("high", {}, {5});
    typed(model, "x", Type::INT64).node("Clip", {"x", "low", "high"}, {"y"});
    CHECK(evaluate(model.import(), {{-3, 2, 5, 9}})[0] == Values{0, 2, 5, 5});
}

TEST_CASE("an operator that would cut integers is refused, and so is an input that float32 does not hold") {
    CHECK(says(refused(Type::INT64, "ReduceMean"), {"ReduceMean", "computes with integers", "put Cast to float32 before it"}));
    CHECK(says(refused(Type::INT32, "ReduceL2"), {"ReduceL2", "computes with integers"}));
    CHECK(refused(Type::INT32, "ReduceSum").empty());
    CHECK(says(refused(Type::DOUBLE, "Relu"), {"input 'x'", "element type 11", "export the model in float32"}));
    CHECK(says(refused(Type::STRING, "Identity"), {"input 'x'", "element type 8"}));
    const auto refusal = [](auto build) {
        ModelBuilder model(13);
        model.input("x", {1, 1, 2, 2}).output("y").floats("root", {}, {0.5f}).floats("factors", {4}, {1, 1, 2, 2});
        build(typed(model, "x", Type::UINT8));
        return model.refusal();
    };
    CHECK(says(refusal([](auto& m) { m.node("Pow", {"x", "root"}, {"y"}); }), {"Pow", "computes with integers"}));
    CHECK(says(refusal([](auto& m) { m.node("Resize", {"x", "", "factors"}, {"y"}).string("mode", "linear"); }), {"Resize", "computes with integers"}));
    CHECK(refusal([](auto& m) { m.node("Resize", {"x", "", "factors"}, {"y"}); }).empty());
}

TEST_CASE("convert tells of integers once, not of those that nothing reads, and checks them on whole numbers") {
    const TemporaryFolder folder;
    const std::string file = folder / "model.onnx";
    ModelBuilder model(13);
    model.input("a", {1, 40}).input("b", {1, 40}).input("unread", {1}).output("y").integers("seven", {7}).integers("one", {1});
    typed(typed(typed(model, "a", Type::UINT8), "b", Type::INT64), "unread", Type::INT64);
    model.node("Cast", {"a"}, {"wide"}).integer("to", Type::INT64);
    model.node("Div", {"wide", "seven"}, {"q"});  // of reals from -1 to 1 it would be nought
    model.node("Add", {"b", "one"}, {"divisor"});
    model.node("Div", {"q", "divisor"}, {"y"});
    std::ofstream(file, std::ios::binary) << model.proto.SerializeAsString();
    const auto told = test::mdl_command({"convert", file, "-o", folder / "net", "--check", "--flags", "-O1"});
    INFO(told.output << told.errors);
    CHECK(told.exit == 0);
    CHECK(told.says({"note: input 'a' holds integers; give them as floats\n", "note: input 'b' holds integers; give them as floats, which are exact up to 2^24\n"}));
    CHECK(told.errors.find("input 'unread' holds") == std::string::npos);
    CHECK(told.output.find("on random numbers, whole ones for inputs of integers") != std::string::npos);
    CHECK(told.output.find("output 'y' differs by 0.00e+00 of 18") != std::string::npos);
}

TEST_CASE("arithmetic with integers cuts quotients and gives remainders the divisor's sign, exactly") {
    const std::vector<float> counts{-7, -6, -1, 0, 1, 5, 6, 16777215};
    const auto of = [&](const char* op, std::int64_t constant, bool first = false) {
        auto model = single(13, {8});
        model.integers("c", {}, {constant});
        model.node("Cast", {"x"}, {"i"}).integer("to", Type::INT64);
        model.node(op, {first ? "c" : "i", first ? "i" : "c"}, {"y"});
        CHECK(interpreted_difference(model, {{"x", counts}}) == 0);
        return evaluate(model.import(), {counts})[0];
    };
    CHECK(of("Div", 3) == Values{-2, -2, 0, 0, 0, 1, 2, 5592405});
    CHECK(of("Mod", 3) == Values{2, 0, 2, 0, 1, 2, 0, 0});
    CHECK(of("Mod", -3) == Values{-1, 0, -1, 0, -2, -1, 0, 0});
    CHECK(of("Sub", 2, true) == Values{9, 8, 3, 2, 1, -3, -4, -16777213});
    auto zero = single(13, {8});
    zero.integers("c", {}, {0});
    zero.node("Div", {"x", "c"}, {"y"});
    CHECK(says(zero.refusal(), {"Div", "divides an integer by zero"}));
}

TEST_CASE("a cast to reals does nothing, to integers cuts, to truth values asks whether a number is not zero") {
    const auto cast = [](Type::DataType to) {
        auto model = single(13, {1, 5});
        model.node("Cast", {"x"}, {"y"}).integer("to", to);
        return evaluate(model.import(), {{-1.5f, -0.5f, 0, 0.75f, 2}})[0];
    };
    for (const auto real : {Type::DOUBLE, Type::FLOAT16, Type::BFLOAT16}) CHECK(cast(real) == Values{-1.5, -0.5, 0, 0.75, 2});
    CHECK(cast(Type::INT32) == Values{-1, 0, 0, 0, 2});
    CHECK(cast(Type::BOOL) == Values{1, 1, 0, 1, 1});
    auto words = single(13, {1, 5});
    words.node("Cast", {"x"}, {"y"}).integer("to", Type::STRING);
    CHECK(says(words.refusal(), {"Cast", "element type 8", "export the model in float32"}));
}

TEST_CASE("an integer chosen by Where, and Xor of truth values, are numbers") {
    auto model = single(13, {1, 4});
    model.floats("zero", {1}, {0}).integers("one", {1}).integers("two", {2});
    model.floats("bound", {1}, {2});
    model.node("Greater", {"x", "zero"}, {"positive"});
    model.node("Greater", {"x", "bound"}, {"large"});
    model.node("Xor", {"positive", "large"}, {"between"});
    model.node("Where", {"between", "one", "two"}, {"y"});
    CHECK(evaluate(model.import(), {{-1, 1, 2, 3}})[0] == Values{2, 1, 1, 2});
    CHECK(interpreted_difference(model, {{"x", {-1, 1, 2, 3}}}) == 0);
}
