// mdl: numbers that TensorFlow Lite stores as integers or halves are the reals that they stand for.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tools/tflite_builder.hpp"

namespace tflite = mdl::tflite;
using mdl::tool::parse_tflite;
using mdl::tool::test::is_near;
using mdl::tool::test::TfliteBuilder;
using mdl::tool::test::Values;
using Op = tflite::BuiltinOperator;
using Type = tflite::TensorType;

namespace {

/// x [1, 1, n, 1] times stored weights, a convolution of one pixel; one result an output channel.
auto multiplied(TfliteBuilder& model, int weights) -> Values {
    const int x = model.input("x", {1, 1, 1, 2});
    return model.run(model.node(Op::CONV_2D, {x, weights}, tflite::CreateConv2DOptions(model.fbb, tflite::Padding::VALID, 1, 1)), {1, 10});
}

}  // namespace

TEST_CASE("weights of a hybrid model have one scale, or one an output channel") {
    TfliteBuilder one, each;
    CHECK(multiplied(one, one.quantised({2, 1, 1, 2}, {2, -4, 8, 6}, {{0.5f}, {0}})) == Values{1 - 20, 4 + 30});
    CHECK(multiplied(each, each.quantised({2, 1, 1, 2}, {2, -4, 8, 6}, {{0.5f, 0.25f}, {0, 0}})) == Values{1 - 20, 2 + 15});
}

TEST_CASE("the quantised axis is the one that the file names, and zero points are taken off") {
    TfliteBuilder model;
    const int x = model.input("x", {1, 1, 1, 2});
    // A depthwise convolution's outputs stand along its weights' last axis.
    const int w = model.quantised({1, 1, 1, 4}, {1, 2, 3, 4}, {{1, 2, 4, 8}, {1, 1, 1, 1}, 3});
    CHECK(model.run(
              model.node(Op::DEPTHWISE_CONV_2D, {x, w}, tflite::CreateDepthwiseConv2DOptions(model.fbb, tflite::Padding::VALID, 1, 1, 2)),
              {1, 10}) == Values{0, 2, 80, 240});
    TfliteBuilder unsigned_weights;
    CHECK(multiplied(unsigned_weights, unsigned_weights.quantised({1, 1, 1, 2}, {static_cast<std::int8_t>(130), 127},
                                                                  {{0.5f}, {128}, 0, Type::UINT8})) == Values{1 - 5});
}

TEST_CASE("halves, doubles and numbers of four bits are read as what they are, through DEQUANTIZE or not") {
    TfliteBuilder halves;
    const int stored = halves.constant({1, 1, 1, 2}, Type::FLOAT16, {0x00, 0x38, 0x00, 0xc0});  // 0.5, -2
    CHECK(multiplied(halves, halves.node(Op::DEQUANTIZE, {stored})) == Values{0.5f - 20});
    TfliteBuilder nibbles;
    CHECK(multiplied(nibbles, nibbles.quantised({2, 1, 1, 2}, {0x72, static_cast<std::int8_t>(0x8f)}, {{0.5f}, {0}, 0, Type::INT4})) ==
          Values{1 + 35, -0.5f - 40});
    TfliteBuilder doubles;
    CHECK(multiplied(doubles, doubles.constant({1, 1, 1, 2}, Type::FLOAT64, {0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40})) ==
          Values{21});
}

TEST_CASE("a model that computes in integers computes in reals, and says so") {
    TfliteBuilder model;
    const int x = model.quantised_input("image", {1, 1, 1, 2}, {{0.25f}, {-1}});
    const int w = model.quantised({2, 1, 1, 2}, {2, -4, 8, 6}, {{0.5f, 0.25f}, {0, 0}});
    const int y = model.tensor("y", {{0.5f}, {3}});
    model.op(Op::CONV_2D, {x, w}, {y}, tflite::CreateConv2DOptions(model.fbb, tflite::Padding::VALID, 1, 1));
    const int z = model.node(Op::DEQUANTIZE, {y});
    model.output(z);
    const auto read = parse_tflite(model.bytes());
    REQUIRE(read.notes.size() == 2);
    CHECK(read.notes[0].find("float32") != std::string::npos);
    CHECK(read.notes[1].find("input 'image' takes reals, 0.25 * (stored + 1)") != std::string::npos);
    CHECK(mdl::tool::test::evaluate(import_onnx(read.onnx), {{1, 10}})[0] == Values{1 - 20, 2 + 15});
}

TEST_CASE("a bias of 32 bits has its own scale") {
    TfliteBuilder model;
    const int x = model.input("x", {1, 2});
    const int w = model.quantised({2, 2}, {2, -4, 8, 6}, {{0.5f}, {0}});
    const int bias = model.quantised({2}, {16, 0, 0, 0, -16, -1, -1, -1}, {{0.125f}, {0}, 0, Type::INT32});
    CHECK(model.run(model.node(Op::FULLY_CONNECTED, {x, w, bias}, tflite::CreateFullyConnectedOptions(model.fbb)), {1, 10}) ==
          Values{1 - 20 + 2, 4 + 30 - 2});
}

TEST_CASE("a range of stored numbers that begins at zero is the activation that the converter left out") {
    const auto saturated = [](const TfliteBuilder::Quantisation& q) {
        TfliteBuilder model;
        const int x = model.input("x", {4}), y = model.tensor("y", q);
        model.op(Op::ADD, {x, model.floats({}, {0})}, {y});
        return model.run(y, {-3, 1, 6, 9});
    };
    CHECK(is_near(saturated({{6.0f / 255}, {-128}}), {0, 1, 6, 6}));
    CHECK(is_near(saturated({{6.0f / 255}, {0}, 0, Type::UINT8}), {0, 1, 6, 6}));
    CHECK(saturated({{6.0f / 255}, {0}}) == Values{-3, 1, 6, 9});  // measured on both sides of zero
}
