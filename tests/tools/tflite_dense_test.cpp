// mdl: TensorFlow Lite's products of matrices, of vectors and of feature maps.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>

#include "tools/tflite_builder.hpp"

namespace tflite = mdl::tflite;
using mdl::tool::test::is_near;
using mdl::tool::test::Map;
using mdl::tool::test::Numbers;
using mdl::tool::test::pattern;
using mdl::tool::test::TfliteBuilder;
using mdl::tool::test::Values;
using Op = tflite::BuiltinOperator;

namespace {

/// Rows of `x` times `weights` [out, in], plus `bias`.
auto product(const Values& x, const Values& weights, const Values& bias) -> Values {
    const std::size_t out = bias.size(), in = weights.size() / out;
    Values y;
    for (std::size_t row = 0; row < x.size() / in; ++row)
        for (std::size_t o = 0; o < out; ++o) {
            float sum = bias[o];
            for (std::size_t i = 0; i < in; ++i) sum += x[row * in + i] * weights[o * in + i];
            y.push_back(sum);
        }
    return y;
}

auto options(TfliteBuilder& model, bool keep = false) {
    return tflite::CreateFullyConnectedOptions(model.fbb, tflite::Activation::NONE, tflite::WeightsFormat::DEFAULT, keep);
}

}  // namespace

TEST_CASE("a fully connected layer multiplies what lies along the last axis, or everything behind the batch") {
    const Values x = pattern(12), weights = pattern(8, 2), whole = pattern(24, 3), bias{1, -2};
    for (const bool keep : {false, true}) {
        TfliteBuilder model;
        const int input = model.input("x", {1, 3, 4});
        model.output(
            model.node(Op::FULLY_CONNECTED, {input, model.floats({2, 4}, weights), model.floats({2}, bias)}, options(model, keep)));
        const auto network = model.import();
        CHECK(is_near(mdl::tool::test::evaluate(network, {x})[0], product(x, weights, bias)));
        CHECK(network.shape(network.outputs[0].layer) == (keep ? mdl::Shape{1, 3, 2} : mdl::Shape{3, 2}));
    }
    TfliteBuilder model;
    const int input = model.input("x", {1, 3, 4});
    CHECK(is_near(model.run(model.node(Op::FULLY_CONNECTED, {input, model.floats({2, 12}, whole), -1}, options(model)), x),
                  product(x, whole, {0, 0})));
}

TEST_CASE("a fully connected layer behind a feature map has its weights moved, not the map") {
    const Map x(3, 2, 4);
    const Values weights = pattern(5 * 24, 2), bias = pattern(5, 3);
    for (const bool flattened : {false, true}) {
        TfliteBuilder model;
        const int map = model.node(Op::RELU6, {model.input("x", x.dims())});
        const int flat = flattened ? model.node(Op::RESHAPE, {map, model.integers({1, 24})}) : map;
        model.output(model.node(Op::FULLY_CONNECTED, {flat, model.floats({5, 24}, weights), model.floats({5}, bias)}, options(model)));
        const auto network = model.import();
        Values positive = x.values;
        for (float& v : positive) v = std::max(v, 0.0f);
        CHECK(is_near(mdl::tool::test::evaluate(network, {x.values})[0], product(positive, weights, bias)));
        int transposes = 0;
        for (const auto& layer : network.layers) transposes += layer.operation.op == mdl::Op::transpose ? 1 : 0;
        CHECK(transposes == 0);
    }
}

TEST_CASE("a product of batches transposes either side first") {
    const Values a = pattern(12), b = pattern(12, 2);
    for (const bool adj_x : {false, true})
        for (const bool adj_y : {false, true}) {
            TfliteBuilder model;
            const int x = model.input("x", adj_x ? Numbers{2, 3, 2} : Numbers{2, 2, 3}),
                      y = model.input("y", adj_y ? Numbers{2, 2, 3} : Numbers{2, 3, 2});
            model.output(model.node(Op::BATCH_MATMUL, {x, y}, tflite::CreateBatchMatMulOptions(model.fbb, adj_x, adj_y)));
            Values expected;
            for (std::size_t n = 0; n < 2; ++n)
                for (std::size_t r = 0; r < 2; ++r)
                    for (std::size_t c = 0; c < 2; ++c) {
                        float sum = 0;
                        for (std::size_t k = 0; k < 3; ++k)
                            sum += a[n * 6 + (adj_x ? k * 2 + r : r * 3 + k)] * b[n * 6 + (adj_y ? c * 3 + k : k * 2 + c)];
                        expected.push_back(sum);
                    }
            CHECK(is_near(model.run(std::vector<Values>{a, b})[0], expected));
        }
}
