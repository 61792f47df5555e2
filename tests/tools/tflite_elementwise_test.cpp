// mdl: TensorFlow Lite's functions of one tensor and arithmetic on several, in maps and in other tensors.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include <doctest/doctest.h>

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

using Function = std::function<float(float)>;

/// The operator on a map and on a matrix.
template <class Make>
void check_unary(const std::string& name, const Values& x, Make make, const Function& f) {
    INFO(name);
    Values expected;
    for (const float v : x) expected.push_back(f(v));
    for (const Numbers& dims : {Numbers{1, 2, 3, 2}, Numbers{3, 4}}) {
        TfliteBuilder model;
        const int input = model.input("x", dims);
        CHECK(is_near(model.run(make(model, input), x), expected, 2e-6f));
    }
}

}  // namespace

TEST_CASE("functions of one tensor are what their names say") {
    const Values any{-7, -3, -1.5f, -1, -0.5f, -0.25f, 0, 0.25f, 0.5f, 2, 3.5f, 8},
        positive{0.125f, 0.25f, 0.5f, 0.75f, 1, 1.5f, 2, 3, 4, 5, 9, 16};
    const auto clamp = [](float low, float high) { return [=](float v) { return std::min(std::max(v, low), high); }; };
    const std::map<Op, Function> functions{
        {Op::ABS, [](float v) { return std::abs(v); }},
        {Op::CEIL, [](float v) { return std::ceil(v); }},
        {Op::COS, [](float v) { return std::cos(v); }},
        {Op::ELU, [](float v) { return v > 0 ? v : std::exp(v) - 1; }},
        {Op::EXP, [](float v) { return std::exp(v); }},
        {Op::FLOOR, [](float v) { return std::floor(v); }},
        {Op::HARD_SWISH, [](float v) { return v * std::min(std::max(v + 3, 0.0f), 6.0f) / 6; }},
        {Op::LOGISTIC, [](float v) { return 1 / (1 + std::exp(-v)); }},
        {Op::NEG, [](float v) { return -v; }},
        {Op::RELU, [](float v) { return std::max(v, 0.0f); }},
        {Op::RELU6, clamp(0, 6)},
        {Op::RELU_N1_TO_1, clamp(-1, 1)},
        {Op::RELU_0_TO_1, clamp(0, 1)},
        {Op::ROUND, [](float v) { return std::nearbyint(v); }},
        {Op::SIGN, [](float v) { return v > 0   ? 1.0f
                                        : v < 0 ? -1.0f
                                                : 0.0f; }},
        {Op::SIN, [](float v) { return std::sin(v); }},
        {Op::SQUARE, [](float v) { return v * v; }},
        {Op::TANH, [](float v) { return std::tanh(v); }},
        {Op::GELU, [](float v) { return 0.5f * v * (1 + std::erf(v / std::sqrt(2.0f))); }},
        {Op::LOGICAL_NOT, [](float v) { return v == 0 ? 1.0f : 0.0f; }},
        {Op::DEQUANTIZE, [](float v) { return v; }},
        {Op::QUANTIZE, [](float v) { return v; }},
    };
    const std::map<Op, Function> of_positive{
        {Op::LOG, [](float v) { return std::log(v); }},
        {Op::SQRT, [](float v) { return std::sqrt(v); }},
        {Op::RSQRT, [](float v) { return 1 / std::sqrt(v); }},
    };
    const auto check_all = [](const std::map<Op, Function>& table, const Values& x) {
        for (const auto& entry : table)
            check_unary(
                tflite::EnumNameBuiltinOperator(entry.first), x,
                [&](TfliteBuilder& model, int input) { return model.node(entry.first, {input}); }, entry.second);
    };
    check_all(functions, any);
    check_all(of_positive, positive);
    check_unary(
        "GELU, approximate", any,
        [](TfliteBuilder& model, int x) { return model.node(Op::GELU, {x}, tflite::CreateGeluOptions(model.fbb, true)); },
        [](float v) { return 0.5f * v * (1 + std::tanh(0.7978845608f * (v + 0.044715f * v * v * v))); });
    check_unary(
        "LEAKY_RELU", any,
        [](TfliteBuilder& model, int x) { return model.node(Op::LEAKY_RELU, {x}, tflite::CreateLeakyReluOptions(model.fbb, 0.3f)); },
        [](float v) { return v > 0 ? v : 0.3f * v; });
}

TEST_CASE("a cast of reals to integers drops what stands behind the point, every other cast keeps the number") {
    const auto cast = [](tflite::TensorType from, tflite::TensorType to) {
        TfliteBuilder model;
        const int x = model.input("x", {4}, from);
        const auto name = model.fbb.CreateString("y");
        const int y = model.add(tflite::CreateTensor(model.fbb, 0, to, 0, name));
        model.op(Op::CAST, {x}, {y});
        return model.run(y, {-1.75f, 1.75f, 3, -2});
    };
    CHECK(cast(tflite::TensorType::FLOAT32, tflite::TensorType::INT32) == Values{-1, 1, 3, -2});
    CHECK(cast(tflite::TensorType::UINT8, tflite::TensorType::FLOAT32) == Values{-1.75f, 1.75f, 3, -2});
    CHECK(cast(tflite::TensorType::FLOAT32, tflite::TensorType::FLOAT16) == Values{-1.75f, 1.75f, 3, -2});
}

TEST_CASE("softmax runs along the last axis, sharpened by beta") {
    for (const float beta : {1.0f, 2.5f})
        for (const Numbers& dims : {Numbers{1, 1, 2, 3}, Numbers{2, 3}}) {
            const Values x{1, 2, 3, -1, 0, 0.5f};
            Values softmax, logarithm;
            for (const std::size_t row : {0u, 3u}) {
                float sum = 0, plain = 0;
                for (std::size_t k = row; k < row + 3; ++k) sum += std::exp(beta * x[k]), plain += std::exp(x[k]);
                for (std::size_t k = row; k < row + 3; ++k)
                    softmax.push_back(std::exp(beta * x[k]) / sum), logarithm.push_back(x[k] - std::log(plain));
            }
            TfliteBuilder model, log;
            const int input = model.input("x", dims), of_log = log.input("x", dims);
            CHECK(is_near(model.run(model.node(Op::SOFTMAX, {input}, tflite::CreateSoftmaxOptions(model.fbb, beta)), x), softmax));
            CHECK(is_near(log.run(log.node(Op::LOG_SOFTMAX, {of_log}), x), logarithm));
        }
}

TEST_CASE("arithmetic broadcasts over channels, pixels and single numbers as TensorFlow's sequence of axes says") {
    const std::map<Op, std::function<float(float, float)>> functions{
        {Op::ADD, std::plus<float>()},
        {Op::SUB, std::minus<float>()},
        {Op::MUL, std::multiplies<float>()},
        {Op::DIV, std::divides<float>()},
        {Op::MAXIMUM, [](float a, float b) { return std::max(a, b); }},
        {Op::MINIMUM, [](float a, float b) { return std::min(a, b); }},
        {Op::POW, [](float a, float b) { return std::pow(a, b); }},
        {Op::SQUARED_DIFFERENCE, [](float a, float b) { return (a - b) * (a - b); }},
        {Op::FLOOR_DIV, [](float a, float b) { return std::floor(a / b); }},
        {Op::ADD_N, std::plus<float>()},
        {Op::EQUAL, std::equal_to<float>()},
        {Op::NOT_EQUAL, std::not_equal_to<float>()},
        {Op::LESS, std::less<float>()},
        {Op::LESS_EQUAL, std::less_equal<float>()},
        {Op::GREATER, std::greater<float>()},
        {Op::GREATER_EQUAL, std::greater_equal<float>()},
    };
    Map x(2, 3, 2);
    for (float& v : x.values) v += 2;  // positive, for powers
    for (const auto& [code, function] : functions) {
        const std::string name = tflite::EnumNameBuiltinOperator(code);
        for (const Numbers& dims : {Numbers{2}, Numbers{1, 2, 1, 2}, Numbers{2, 3, 1}, Numbers{}, Numbers{1, 2, 3, 2}}) {
            std::size_t count = 1;
            for (const int dim : dims) count *= static_cast<std::size_t>(dim);
            Values other = pattern(count, 9);
            for (float& v : other) v += 1.5f;
            other[0] = x.at(0, 0, 0);  // somewhere equal
            Values forward, backward;
            for (int r = 0; r < 2; ++r)
                for (int z = 0; z < 3; ++z)
                    for (int c = 0; c < 2; ++c) {
                        const Numbers at{0, r, z, c};
                        std::size_t index = 0;
                        for (std::size_t a = 0; a < dims.size(); ++a)
                            index = index * static_cast<std::size_t>(dims[a]) +
                                    static_cast<std::size_t>(dims[a] == 1 ? 0 : at[4 - dims.size() + a]);
                        forward.push_back(function(x.at(r, z, c), other[index]));
                        backward.push_back(function(other[index], x.at(r, z, c)));
                    }
            INFO(name << " with " << dims.size() << " axes");
            TfliteBuilder constant, swapped, computed;
            const int a = constant.input("x", x.dims()), b = swapped.input("x", x.dims()), c = computed.input("x", x.dims());
            CHECK(is_near(constant.run(constant.node(code, {a, constant.floats(dims, other)}), x.values), forward));
            CHECK(is_near(swapped.run(swapped.node(code, {swapped.floats(dims, other), b}), x.values), backward));
            if (dims.empty()) continue;
            const int d = computed.input("other", dims);
            computed.output(computed.node(code, {c, d}));
            CHECK(is_near(computed.run({x.values, other})[0], forward));
        }
    }
}

TEST_CASE("an addition's fused activation comes last") {
    TfliteBuilder model;
    const int x = model.input("x", {3}),
              y = model.node(Op::ADD, {x, model.floats({}, {1})}, tflite::CreateAddOptions(model.fbb, tflite::Activation::RELU6));
    CHECK(model.run(y, {-2, 1, 7}) == Values{0, 2, 6});
}

TEST_CASE("truth values combine and choose") {
    TfliteBuilder model;
    const int x = model.input("x", {4});
    const int above = model.node(Op::GREATER, {x, model.floats({}, {0})}), below = model.node(Op::LESS, {x, model.floats({}, {2})});
    model.output(model.node(Op::LOGICAL_AND, {above, below}));
    model.output(model.node(Op::LOGICAL_OR, {above, below}));
    model.output(model.node(Op::SELECT_V2, {above, x, model.floats({}, {-10})}));
    model.output(model.node(Op::SELECT, {above, x, below}));
    const auto outputs = model.run(std::vector<Values>{{-1, 1, 2, 3}});
    CHECK(outputs[0] == Values{0, 1, 0, 0});
    CHECK(outputs[1] == Values{1, 1, 1, 1});
    CHECK(outputs[2] == Values{-10, 1, 2, 3});
    CHECK(outputs[3] == Values{1, 1, 2, 3});
}

TEST_CASE("a PReLU's slopes belong to the channels, or to single pixels") {
    const Map x(2, 2, 2, {-1, -2, 3, 4, -5, -6, 7, -8});
    TfliteBuilder channels, pixels;
    const int a = channels.input("x", x.dims()), b = pixels.input("x", x.dims());
    CHECK(channels.run(channels.node(Op::PRELU, {a, channels.floats({1, 1, 2}, {0.5f, 2})}), x.values) ==
          Values{-0.5f, -4, 3, 4, -2.5f, -12, 7, -16});
    CHECK(pixels.run(pixels.node(Op::PRELU, {b, pixels.floats({2, 2, 1}, {1, 2, 3, 4})}), x.values) ==
          Values{-1, -2, 3, 4, -15, -18, 7, -32});
}

TEST_CASE("reductions count axes in TensorFlow's sequence, whether they keep them or not") {
    const std::map<Op, std::function<float(const Values&)>> functions{
        {Op::SUM,
         [](const Values& v) {
             float s = 0;
             for (const float a : v) s += a;
             return s;
         }},
        {Op::MEAN,
         [](const Values& v) {
             float s = 0;
             for (const float a : v) s += a;
             return s / static_cast<float>(v.size());
         }},
        {Op::REDUCE_PROD,
         [](const Values& v) {
             float s = 1;
             for (const float a : v) s *= a;
             return s;
         }},
        {Op::REDUCE_MAX, [](const Values& v) { return *std::max_element(v.begin(), v.end()); }},
        {Op::REDUCE_MIN, [](const Values& v) { return *std::min_element(v.begin(), v.end()); }},
    };
    const Map x(2, 3, 4);
    for (const auto& [code, function] : functions) {
        const std::string name = tflite::EnumNameBuiltinOperator(code);
        for (const Numbers& axes :
             {Numbers{1, 2}, Numbers{3}, Numbers{-1}, Numbers{1}, Numbers{2}, Numbers{1, 3}, Numbers{0}, Numbers{1, 2, 3}})
            for (const bool keep : {false, true}) {
                bool reduced[4] = {};
                for (const int axis : axes) reduced[axis < 0 ? axis + 4 : axis] = true;
                std::map<std::vector<int>, Values> groups;  // by what is left of the position: sorted, so in rows
                for (int r = 0; r < 2; ++r)
                    for (int z = 0; z < 3; ++z)
                        for (int c = 0; c < 4; ++c)
                            groups[{reduced[1] ? 0 : r, reduced[2] ? 0 : z, reduced[3] ? 0 : c}].push_back(x.at(r, z, c));
                Values expected;
                for (const auto& [at, values] : groups) expected.push_back(function(values));
                INFO(name << " axis " << axes[0] << " of " << axes.size() << " keep " << keep);
                TfliteBuilder model;
                const int input = model.input("x", x.dims());
                CHECK(is_near(
                    model.run(model.node(code, {input, model.integers(axes)}, tflite::CreateReducerOptions(model.fbb, keep)), x.values),
                    expected));
            }
    }
}

TEST_CASE("positions of extremes along any axis are floats in TensorFlow's sequence") {
    const Map x(2, 2, 3, {1, 5, 2, 9, 0, 3, 7, 7, 8, -1, -2, -3});
    const auto found = [&](Op code, int axis) {
        TfliteBuilder model;
        const int input = model.input("x", x.dims());
        return model.run(model.node(code, {input, model.integer(axis)}), x.values);
    };
    CHECK(found(Op::ARG_MAX, 3) == Values{1, 0, 2, 0});
    CHECK(found(Op::ARG_MIN, -1) == Values{0, 1, 0, 2});
    CHECK(found(Op::ARG_MAX, 1) == Values{1, 1, 1, 0, 0, 0});
    CHECK(found(Op::ARG_MAX, 2) == Values{1, 0, 1, 0, 0, 0});
}
