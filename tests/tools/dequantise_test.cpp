// mdl: ONNX models that compute in integers become networks of reals, which differ from them by their rounding and nothing else.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "interpreter/interpreter.hpp"
#include "onnx/dequantise.hpp"
#include "tools/evaluate.hpp"
#include "tools/onnx_builder.hpp"
#include "tools/says.hpp"

namespace {

using namespace mdl::tool;
using test::says;
using test::Values;
using Type = mdl::onnx::TensorProto;

class QuantisedBuilder : public test::ModelBuilder {
public:
    using ModelBuilder::ModelBuilder;
    using Sizes = std::initializer_list<std::int64_t>;

    auto input(const std::string& name, Sizes dims) -> QuantisedBuilder& { return ModelBuilder::input(name, dims), *this; }
    auto output(const std::string& name) -> QuantisedBuilder& { return ModelBuilder::output(name), *this; }
    auto floats(const std::string& name, Sizes dims, const std::vector<float>& values) -> QuantisedBuilder& { return ModelBuilder::floats(name, dims, values), *this; }
    auto weights(const std::string& name, Sizes dims) -> QuantisedBuilder& { return ModelBuilder::weights(name, dims), *this; }
    auto stored(const std::string& name, std::initializer_list<std::int64_t> dims, const std::vector<int>& values, Type::DataType type = Type::INT8) -> QuantisedBuilder& {
        auto& tensor = *proto.mutable_graph()->add_initializer();
        tensor.set_name(name);
        tensor.set_data_type(type);
        for (const auto dim : dims) tensor.add_dims(dim);
        for (const int value : values) tensor.add_int32_data(value);
        return *this;
    }
    /// Scale and zero point, named `name`s and `name`z.
    auto rule(const std::string& name, float scale, int zero = 0, Type::DataType type = Type::UINT8) -> QuantisedBuilder& {
        floats(name + "s", {}, {scale});
        return stored(name + "z", {}, {zero}, type);
    }
    /// x, as QuantizeLinear and DequantizeLinear leave it.
    auto pair(const std::string& x, const std::string& made, const std::string& rule) -> void {
        node("QuantizeLinear", {x, rule + "s", rule + "z"}, {made + "_q"});
        node("DequantizeLinear", {made + "_q", rule + "s", rule + "z"}, {made});
    }
    auto of_integers(const std::string& name) -> void {
        for (auto& input : *proto.mutable_graph()->mutable_input())
            if (input.name() == name) input.mutable_type()->mutable_tensor_type()->set_elem_type(Type::UINT8);
    }

    auto model() const -> OnnxModel { return check_onnx(proto, {}); }
    auto notes() const -> std::vector<std::string> {
        OnnxModel copy = model();
        return dequantise(copy);
    }
    auto network() const -> Network {
        OnnxModel copy = model();
        static_cast<void>(dequantise(copy));
        return import_onnx(std::move(copy));
    }
    auto reals(const std::vector<Values>& inputs) const -> Values { return test::evaluate(network(), inputs)[0]; }
    /// What the model gives, rounding as it says.
    auto rounded(const std::vector<Values>& inputs) const -> Values {
        const OnnxModel copy = model();
        std::map<std::string, std::vector<double>> named;
        for (std::size_t k = 0; k < inputs.size(); ++k) named[proto.graph().input(static_cast<int>(k)).name()].assign(inputs[k].begin(), inputs[k].end());
        const auto arrays = Interpreter(copy, {}).run(named);
        const auto& values = arrays.at(proto.graph().output(0).name()).values;
        return {values.begin(), values.end()};
    }
    auto refusal() const -> std::string {
        try {
            static_cast<void>(network());
        } catch (const Failure& failure) {
            return failure.what();
        }
        return {};
    }
};

/// From -1 to 1.
auto numbers(std::size_t count) -> Values {
    Values values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<float>((i * 37 + 11) % 101) / 50 - 1);
    return values;
}

auto distance(const Values& a, const Values& b) -> float {
    REQUIRE(a.size() == b.size());
    float largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
    return largest;
}

auto operations(const Network& network) -> std::string {
    std::string result;
    for (const auto& layer : network.layers)
        if (layer.operation.op != mdl::Op::input) result += (result.empty() ? "" : "; ") + layer_text(layer.operation);
    return result;
}

}  // namespace

TEST_CASE("weights and biases behind DequantizeLinear are constants, with one scale or one a channel, and nothing is noted") {
    QuantisedBuilder model;
    model.input("x", {1, 2}).output("y").rule("w", 0.5f, 1, Type::INT8).stored("w", {2, 2}, {2, -4, 8, 6}).stored("b", {2}, {16, -16}, Type::INT32).floats("bs", {2}, {0.125f, 0.25f});
    model.node("DequantizeLinear", {"w", "ws", "wz"}, {"wf"});
    model.node("DequantizeLinear", {"b", "bs"}, {"bf"}).integer("axis", 0);
    model.node("Gemm", {"x", "wf", "bf"}, {"y"}).integer("transB", 1);
    CHECK(model.reals({{1, 10}}) == Values{0.5f * (1 - 50) + 2, 0.5f * (7 + 50) - 4});
    CHECK(model.notes().empty());
    CHECK(model.rounded({{1, 10}}) == model.reals({{1, 10}}));

    QuantisedBuilder channels;
    channels.input("x", {1, 2}).output("y").floats("s", {2}, {0.5f, 2}).stored("z", {2}, {0, 1}).stored("w", {2, 2}, {2, -4, 8, 6});
    channels.node("DequantizeLinear", {"w", "s", "z"}, {"wf"}).integer("axis", -1);
    channels.node("MatMul", {"x", "wf"}, {"y"});
    CHECK(channels.reals({{1, 10}}) == Values{0.5f * (2 + 80), 2 * (-5 + 50)});
}

TEST_CASE("blocks of weights share a scale") {
    QuantisedBuilder model(21);
    model.input("x", {1, 4}).output("y").floats("s", {2, 2}, {1, 2, 10, 20}).stored("w", {4, 2}, {1, 1, 2, 2, 3, 3, 4, 4});
    model.node("DequantizeLinear", {"w", "s"}, {"wf"}).integer("axis", 0).integer("block_size", 2);
    model.node("MatMul", {"x", "wf"}, {"y"});
    CHECK(model.reals({{1, 1, 1, 1}}) == Values{1 + 2 + 30 + 40, 2 * (1 + 2 + 30 + 40)});
    CHECK(model.rounded({{1, 1, 1, 1}}) == model.reals({{1, 1, 1, 1}}));
    model.proto.mutable_graph()->mutable_node(0)->mutable_attribute(1)->set_i(3);
    CHECK(model.reals({{1, 1, 1, 1}}) == Values{1 + 2 + 3 + 40, 2 * (1 + 2 + 3 + 40)});
    model.proto.mutable_graph()->mutable_node(0)->mutable_attribute(1)->set_i(1);
    CHECK(says(model.refusal(), {"DequantizeLinear", "2x2", "4x2"}));
}

TEST_CASE("constants that the model rounds itself are rounded, half to even, and saturate") {
    for (const auto type : {Type::INT8, Type::UINT8}) {
        QuantisedBuilder model;
        model.input("x", {1, 5}).output("y").rule("q", 0.5f, type == Type::INT8 ? 0 : 128, type).floats("c", {5}, {0.25f, 0.75f, 100, -100, -0.3f});
        model.pair("c", "r", "q");
        model.node("Add", {"x", "r"}, {"y"});
        CHECK(model.reals({{0, 0, 0, 0, 0}}) == Values{0, 1, 63.5f, -64, -0.5f});
        CHECK(model.rounded({{0, 0, 0, 0, 0}}) == model.reals({{0, 0, 0, 0, 0}}));
        CHECK(model.notes().empty());
    }
}

TEST_CASE("pairs around operators are left out, and a note says so; the answers are the model's within its steps") {
    QuantisedBuilder model;
    model.input("x", {1, 2, 5, 5}).output("y").weights("w", {3, 2, 3, 3}).rule("x", 1 / 127.0f, 127).rule("c", 8 / 255.0f, 128).rule("p", 8 / 255.0f, 128);
    model.pair("x", "xr", "x");
    model.node("Conv", {"xr", "w"}, {"c"});
    model.pair("c", "cr", "c");
    model.node("MaxPool", {"cr"}, {"p"}).integers("kernel_shape", {2, 2});
    model.pair("p", "y", "p");
    const auto notes = model.notes();
    REQUIRE(notes.size() == 1);
    CHECK(says(notes[0], {"rounds 3 tensors", "float32"}));
    CHECK(operations(model.network()) == "mdl::Conv<3, mdl::Kernel<3>, mdl::NoBias>; mdl::Pool<mdl::Max, mdl::Kernel<2>>");
    const auto x = numbers(50);
    // Half a step of the input times the weights of a window, a step of the output.
    const float step = 0.5f / 127 * 18 * 0.75f + 8 / 255.0f;
    CHECK(distance(model.reals({x}), model.rounded({x})) < step);
    CHECK(distance(model.reals({x}), model.rounded({x})) > 0);
}

TEST_CASE("a range that begins at zero is the activation that the quantiser left out, unless there is one") {
    const auto made = [](const char* op, int zero, Type::DataType type, int opset = 13) {
        QuantisedBuilder model(opset);
        model.input("x", {1, 4}).output("y").rule("q", 6 / 255.0f, zero, type);
        if (*op != '\0') model.node(op, {"x"}, {"a"});
        model.pair(*op != '\0' ? "a" : "x", "b", "q");
        model.node("Reshape", {"b", "shape"}, {"c"});
        model.integers("shape", {4, 1});
        model.pair("c", "y", "q");
        return model;
    };
    const Values x{-3, 1, 6, 9};
    for (const int opset : {10, 13}) {
        const auto model = made("", 0, Type::UINT8, opset);
        CHECK(distance(model.reals({x}), {0, 1, 6, 6}) < 1e-5f);
        CHECK(distance(model.reals({x}), model.rounded({x})) < 6 / 255.0f);
        const auto text = operations(model.network());
        CHECK(text.find("Clip") == text.rfind("Clip"));  // the second pair cuts nothing
    }
    CHECK(distance(made("", -128, Type::INT8).reals({x}), {0, 1, 6, 6}) < 1e-5f);
    CHECK(made("", 0, Type::INT8).reals({x}) == x);  // measured on both sides of zero
    CHECK(made("Relu", 0, Type::UINT8).reals({x}) == Values{0, 1, 6, 9});
}

TEST_CASE("operators on integers become those on reals, within the model's steps") {
    const auto x = numbers(50);
    QuantisedBuilder model;
    model.input("x", {1, 2, 5, 5}).output("y").rule("x", 1 / 127.0f, 127).rule("c", 8 / 255.0f, 128).rule("a", 16 / 255.0f, 128);
    model.floats("ws", {3}, {1 / 64.0f, 1 / 32.0f, 1 / 16.0f}).stored("wz", {3}, {0, 0, 0}).stored("b", {3}, {2000, -500, 0}, Type::INT32);
    std::vector<int> weights;
    for (int k = 0; k < 54; ++k) weights.push_back((k * 29 + 7) % 41 - 20);
    model.stored("w", {3, 2, 3, 3}, weights);
    model.node("QuantizeLinear", {"x", "xs", "xz"}, {"xq"});
    model.node("QLinearConv", {"xq", "xs", "xz", "w", "ws", "wz", "cs", "cz", "b"}, {"cq"}).integers("strides", {1, 1});
    model.node("QLinearAdd", {"cq", "cs", "cz", "cq", "cs", "cz", "as", "az"}, {"aq"});
    model.node("QLinearConcat", {"as", "az", "aq", "as", "az", "cq", "cs", "cz"}, {"dq"}).integer("axis", 1);
    model.node("QLinearGlobalAveragePool", {"dq", "as", "az", "cs", "cz"}, {"gq"}).integer("channels_last", 0);
    model.node("DequantizeLinear", {"gq", "cs", "cz"}, {"y"});
    for (auto& node : *model.proto.mutable_graph()->mutable_node())
        if (node.op_type().starts_with("QLinear") && node.op_type() != "QLinearConv") node.set_domain("com.microsoft");
    const auto reals = model.reals({x}), rounded = model.rounded({x});
    CHECK(distance(reals, rounded) < 16 / 255.0f + 8 / 255.0f);
    CHECK(distance(reals, Values(reals.size(), 0)) > 0.5f);
    CHECK(says(model.notes().at(0), {"rounds 5 tensors"}));
}

TEST_CASE("products of integer matrices become those of reals, with a bias or without") {
    QuantisedBuilder model;
    model.input("a", {2, 3}).output("y").rule("a", 1 / 100.0f, 100).rule("m", 0.125f, 128).rule("g", 0.25f, 128).floats("ws", {2}, {0.5f, 0.25f}).stored("wz", {2}, {1, 2});
    model.stored("w", {3, 2}, {1, -2, 3, -4, 5, 6}).stored("v", {4, 2}, {1, 2, 3, 4, 5, 6, 7, 8}).stored("vz", {}, {0}).floats("vs", {}, {0.5f}).stored("c", {4}, {10, 20, 30, 40}, Type::INT32);
    model.node("QuantizeLinear", {"a", "as", "az"}, {"aq"});
    model.node("QLinearMatMul", {"aq", "as", "az", "w", "ws", "wz", "ms", "mz"}, {"mq"});
    model.node("QGemm", {"mq", "ms", "mz", "v", "vs", "vz", "c", "gs", "gz"}, {"gq"}).integer("transB", 1);
    model.node("DequantizeLinear", {"gq", "gs", "gz"}, {"y"});
    const auto a = numbers(6);
    // Half a step of the middle, times both weights; a step of the end.
    CHECK(distance(model.reals({a}), model.rounded({a})) < 0.0625f * 7.5f + 0.25f);
}

TEST_CASE("dynamic quantisation is left out with the products that belong to it") {
    QuantisedBuilder model;
    model.input("x", {2, 3}).output("y").stored("w", {3, 2}, {1, -2, 3, -4, 5, 6}).stored("wz", {2}, {1, 2}).floats("ws", {2}, {0.5f, 0.25f});
    model.node("DynamicQuantizeLinear", {"x"}, {"q", "s", "z"});
    model.node("MatMulInteger", {"q", "w", "z", "wz"}, {"i"});
    model.node("Cast", {"i"}, {"f"}).integer("to", Type::FLOAT);
    model.node("Mul", {"s", "ws"}, {"scale"});
    model.node("Mul", {"f", "scale"}, {"y"});
    const auto x = numbers(6);
    CHECK(distance(model.reals({x}), model.rounded({x})) < 3 * 0.5f * (2 / 255.0f) * 5);
    CHECK(operations(model.network()).find("Dense<2") != std::string::npos);
}

TEST_CASE("a convolution of stored integers keeps their scale") {
    QuantisedBuilder model;
    model.input("x", {1, 1, 3, 3}).output("y").rule("x", 0.125f, 100).stored("w", {2, 1, 2, 2}, {1, 2, 3, 4, -1, -2, -3, -4});
    model.node("QuantizeLinear", {"x", "xs", "xz"}, {"q"});
    model.node("ConvInteger", {"q", "w", "xz"}, {"y"});
    const Values x{-1, 0.5f, 2, 0, 1, -2, 0.25f, 0.125f, 3};  // multiples of the scale: nothing is rounded
    CHECK(model.reals({x}) == model.rounded({x}));
}

TEST_CASE("inputs and outputs of integers are reals, and notes say of which rule") {
    QuantisedBuilder model;
    model.input("x", {1, 4}).output("y").rule("x", 0.5f, 3).rule("y", 0.25f, 130);
    model.of_integers("x");
    model.node("DequantizeLinear", {"x", "xs", "xz"}, {"r"});
    model.node("Relu", {"r"}, {"a"});
    model.node("QuantizeLinear", {"a", "ys", "yz"}, {"y"});
    const auto notes = model.notes();
    REQUIRE(notes.size() == 3);
    CHECK(says(notes[0], {"rounds 1 tensor to"}));
    CHECK(says(notes[1], {"input 'x' takes reals, 0.5 * (stored - 3)"}));
    CHECK(says(notes[2], {"output 'y' gives reals, 0.25 * (stored - 130)"}));
    CHECK(model.reals({{-1, 0, 1, 2}}) == Values{0, 0, 1, 2});
}

TEST_CASE("what reals cannot stand for is refused by name") {
    const auto refused = [](auto build) {
        QuantisedBuilder model;
        model.input("x", {1, 4}).output("y").rule("q", 0.5f, 3);
        build(model);
        return model.refusal();
    };
    CHECK(says(refused([](auto& m) {
                   m.node("ReduceMax", {"x"}, {"s"});
                   m.node("QuantizeLinear", {"x", "s", "qz"}, {"y"});
               }),
               {"QuantizeLinear", "scale", "float32 model"}));
    CHECK(says(refused([](auto& m) {
                   m.floats("many", {4}, {1, 2, 3, 4});
                   m.node("QuantizeLinear", {"x", "many"}, {"y"});
               }),
               {"QuantizeLinear", "4 numbers", "scale"}));
    CHECK(says(refused([](auto& m) {
                   m.floats("nought", {}, {0});
                   m.node("QuantizeLinear", {"x", "nought"}, {"y"});
               }),
               {"the scale 0"}));
    CHECK(says(refused([](auto& m) {
                   m.node("QuantizeLinear", {"x", "qs", "qz"}, {"i"});
                   m.node("Add", {"i", "i"}, {"y"});
               }),
               {"Add", "'i'", "DequantizeLinear"}));
    CHECK(says(refused([](auto& m) {
                   m.rule("other", 0.25f);
                   m.node("QuantizeLinear", {"x", "qs", "qz"}, {"i"});
                   m.node("DequantizeLinear", {"i", "others", "otherz"}, {"y"});
               }),
               {"DequantizeLinear", "0.25 * (stored - 0)", "0.5 * (stored - 3)"}));
    CHECK(says(refused([](auto& m) { m.node("DequantizeLinear", {"x", "qs", "qz"}, {"y"}); }), {"DequantizeLinear", "'x'", "8 bits"}));
    CHECK(says(refused([](auto& m) { m.node("QLinearConv", {"x", "qs"}, {"y"}); }), {"QLinearConv"}));
    CHECK(says(refused([](auto& m) {
                   m.stored("w", {2}, {1, 2}).floats("ws", {3}, {1, 2, 3});
                   m.node("DequantizeLinear", {"w", "ws"}, {"r"}).integer("axis", 0);
                   m.node("Add", {"x", "r"}, {"y"});
               }),
               {"DequantizeLinear", "axis 0"}));
}

TEST_CASE("the reference interpreter has every operator that becomes one on reals") {
    const auto known = interpreted_operators();
    for (const auto& name : dequantised_operators()) {
        INFO(name);
        CHECK(std::count(known.begin(), known.end(), name) == 1);
    }
}
