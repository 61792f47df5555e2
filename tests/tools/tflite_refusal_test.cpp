// mdl: what a TensorFlow Lite file may hold and mdl does not do is refused by TensorFlow Lite's own names, with what to do instead.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tools/tflite_builder.hpp"

namespace tflite = mdl::tflite;
using mdl::tool::Failure;
using mdl::tool::parse_tflite;
using mdl::tool::test::Numbers;
using mdl::tool::test::TfliteBuilder;
using mdl::tool::test::Values;
using Op = tflite::BuiltinOperator;
using Type = tflite::TensorType;

namespace {

auto says(const std::string& message, std::initializer_list<const char*> words) -> bool {
    for (const char* word : words)
        if (message.find(word) == std::string::npos) {
            MESSAGE("missing '" << word << "' in: " << message);
            return false;
        }
    return true;
}

auto refused(const std::string& bytes) -> std::string {
    try {
        static_cast<void>(parse_tflite(bytes));
    } catch (const Failure& failure) {
        return failure.what();
    }
    return {};
}

/// A model of one convolution, whole.
auto whole() -> std::string {
    TfliteBuilder model;
    const int x = model.input("x", {1, 4, 4, 2});
    model.output(model.node(Op::CONV_2D, {x, model.floats({1, 1, 1, 2}, {1, 2})},
                            tflite::CreateConv2DOptions(model.fbb, tflite::Padding::SAME, 1, 1)));
    return model.bytes();
}

/// What is said of a tensor that an addition reads.
auto refusal_of(const std::function<int(TfliteBuilder&)>& add) -> std::string {
    TfliteBuilder model;
    const int x = model.input("x", {2});
    model.output(model.node(Op::ADD, {x, add(model)}));
    return model.refusal();
}

}  // namespace

TEST_CASE("an operator that is not translated is refused by its own name, its tensor's name, and what to do") {
    const auto refusal = [](Op code) {
        TfliteBuilder model;
        const int x = model.input("x", {1, 4}), y = model.tensor("the tensor");
        model.op(code, {x}, {y});
        model.output(y);
        return model.refusal();
    };
    CHECK(says(refusal(Op::UNIDIRECTIONAL_SEQUENCE_LSTM), {"operator UNIDIRECTIONAL_SEQUENCE_LSTM (tensor 'the tensor')", "unroll"}));
    CHECK(says(refusal(Op::WHILE), {"WHILE", "control flow", "unrolled"}));
    CHECK(says(refusal(Op::TOPK_V2), {"TOPK_V2", "ARG_MAX"}));
    CHECK(says(refusal(Op::DENSIFY), {"DENSIFY", "without sparsity"}));
    CHECK(says(refusal(static_cast<Op>(190)), {"operator number 190 (tensor 'the tensor')", "docs/tflite.md"}));
}

TEST_CASE("a custom operator is refused by its name") {
    for (const auto& [name, word] : {std::pair("TFLite_Detection_PostProcess", "take its inputs as the model's outputs"),
                                     std::pair("MyOwn", "not TensorFlow Lite's own")}) {
        TfliteBuilder model;
        model.custom = name;
        const int x = model.input("x", {1, 4});
        model.output(model.node(Op::CUSTOM, {x}));
        CHECK(says(model.refusal(), {name, word}));
    }
}

TEST_CASE("a damaged file, another format and another version are told apart") {
    CHECK(says(refused("PK is no model"), {"not a TensorFlow Lite model", "TFL3"}));
    CHECK(says(refused(""), {"not a TensorFlow Lite model"}));
    const std::string bytes = whole();
    CHECK(refused(bytes) == "");
    for (std::size_t size = 8; size < bytes.size(); size += 7) CHECK(says(refused(bytes.substr(0, size)), {"damaged"}));
    TfliteBuilder old;
    old.version = 2;
    CHECK(says(refused(old.bytes()), {"version 2", "version 3"}));
    TfliteBuilder empty;
    CHECK(says(refused(empty.bytes()), {"holds no graph"}));
}

TEST_CASE("any byte changed gives an answer or a sentence") {
    const std::string bytes = whole();
    int answers = 0;
    for (std::size_t at = 8; at < bytes.size(); ++at)
        for (const int value : {0, 1, 127, 255}) {
            std::string changed = bytes;
            changed[at] = static_cast<char>(value);
            try {
                static_cast<void>(import_onnx(parse_tflite(changed).onnx));
                ++answers;
            } catch (const Failure& failure) {
                CHECK(std::string(failure.what()).size() > 20);
            }
        }
    CHECK(answers > 0);
}

TEST_CASE("variables, sparse tensors, weights elsewhere and other quantisations are refused by the tensor's name") {
    const auto tensor = [](TfliteBuilder& m, bool variable, bool sparse, unsigned external, int details, Type type) {
        const auto name = m.fbb.CreateString("w");
        const auto shape = m.fbb.CreateVector(Numbers{2});
        const auto unread = tflite::CreateUnread(m.fbb);
        const auto quantization =
            tflite::CreateQuantization(m.fbb, 0, 0, 0, 0, static_cast<std::uint8_t>(details), details != 0 ? unread : 0);
        return m.add(tflite::CreateTensor(m.fbb, shape, type, m.store({0, 0, 0, 0, 0, 0, 0, 0}), name, quantization, variable,
                                          sparse ? unread : 0, 0, false, 0, external));
    };
    const auto refusal = [&](bool variable, bool sparse, unsigned external, int details, Type type = Type::FLOAT32) {
        return refusal_of([&](TfliteBuilder& m) { return tensor(m, variable, sparse, external, details, type); });
    };
    CHECK(refusal(false, false, 0, 0) == "");
    CHECK(says(refusal(true, false, 0, 0), {"'w'", "variable", "an input and an output"}));
    CHECK(says(refusal(false, true, 0, 0), {"'w'", "sparsely", "without sparsity"}));
    CHECK(says(refusal(false, false, 1, 0), {"'w'", "another file"}));
    CHECK(says(refusal(false, false, 0, 2), {"'w'", "quantised in a way"}));
    CHECK(says(refusal(false, false, 0, 0, Type::COMPLEX64), {"'w'", "COMPLEX64"}));
    CHECK(says(refusal(false, false, 0, 0, Type::STRING), {"'w'", "STRING"}));
    CHECK(says(refusal(false, false, 0, 0, Type::FLOAT16), {"'w'", "8 bytes where its shape says 4"}));
}

TEST_CASE("scales that do not fit are damage") {
    const auto refusal = [](const TfliteBuilder::Quantisation& q) {
        return refusal_of([&](TfliteBuilder& m) { return m.quantised({2}, {1, 2}, q); });
    };
    CHECK(refusal({{1, 2}, {0, 0}}) == "");
    CHECK(says(refusal({{1, 2, 3}, {}}), {"scales that do not fit its shape"}));
    CHECK(says(refusal({{1, 2}, {}, 5}), {"scales that do not fit its shape"}));
    CHECK(says(refusal({{1, 2}, {1, 2, 3}}), {"another number of zero points"}));
}

TEST_CASE("open sizes other than the batch want --shape, whose names and axes are checked") {
    const auto model = [] {
        TfliteBuilder m;
        m.output(m.node(Op::RELU, {m.input("x", {1, 1, 1, 3}, Type::FLOAT32, {1, -1, -1, 3})}));
        return m;
    };
    CHECK(says(model().refusal(), {"input 'x' has no fixed size along axis 1", "--shape x=1,224,224,3"}));
    CHECK(model().refusal({{"x", {1, 5, 5, 3}}}) == "");
    CHECK(says(model().refusal({{"x", {5, 5}}}), {"2 sizes", "declares 4"}));
    CHECK(says(model().refusal({{"x", {1, 5, 5, 3}}, {"y", {1}}}), {"--shape names 'y'", "first input is 'x'"}));
}

TEST_CASE("a few bytes cannot ask for gigabytes") {
    const auto repeated = [](Op code) {
        TfliteBuilder m;
        const int x = m.input("x", {1});
        const int shape = m.integers({1 << 15, 1 << 15});
        m.output(m.node(Op::ADD,
                        {x, code == Op::FILL ? m.node(code, {shape, m.floats({}, {1})}) : m.node(code, {m.floats({1, 1}, {1}), shape})}));
        return m.refusal();
    };
    CHECK(says(repeated(Op::FILL), {"operator FILL", "32768x32768", "too large"}));
    CHECK(says(repeated(Op::BROADCAST_TO), {"operator BROADCAST_TO", "32768x32768", "too large"}));
    TfliteBuilder tiles;
    int x = tiles.input("x", {1, 4});
    for (int k = 0; k < 4; ++k) x = tiles.node(Op::TILE, {x, tiles.integers({1, 1 << 20})});
    tiles.output(x);
    CHECK(says(tiles.refusal(), {"operator TILE", "no phone could hold"}));
    TfliteBuilder sums;  // each constant twice the one before
    int sum = sums.floats({4}, {1, 2, 3, 4});
    for (int k = 0; k < 40; ++k) sum = sums.node(Op::CONCATENATION, {sum, sum}, tflite::CreateConcatenationOptions(sums.fbb, 0));
    sums.output(sums.node(Op::ADD, {sums.input("x", {1}), sum}));
    CHECK(says(sums.refusal(), {"operator CONCATENATION", "too large for a phone"}));
}

TEST_CASE("tensors that do not fit an operator are named by their shapes") {
    const auto refusal = [](const std::function<int(TfliteBuilder&, int)>& make) {
        TfliteBuilder m;
        const int x = m.input("x", {1, 4, 4, 2});
        m.output(make(m, x));
        return m.refusal();
    };
    using Builder = TfliteBuilder&;
    const auto conv = [](Builder m, int stride, const Numbers& weights) {
        int count = 1;
        for (const int dim : weights) count *= dim;
        return std::pair(m.floats(weights, Values(static_cast<std::size_t>(count), 1.0f)),
                         tflite::CreateConv2DOptions(m.fbb, tflite::Padding::VALID, stride, stride));
    };
    const auto convolved = [&](int stride, const Numbers& weights) {
        return refusal([&](Builder m, int x) {
            const auto [w, options] = conv(m, stride, weights);
            return m.node(Op::CONV_2D, {x, w}, options);
        });
    };
    CHECK(says(convolved(0, {1, 1, 1, 2}), {"CONV_2D", "stride 0"}));
    CHECK(says(convolved(1, {1, 5, 1, 2}), {"CONV_2D", "window of 5 pixels on an axis of 4"}));
    CHECK(says(convolved(1, {1, 1, 1, 3}), {"CONV_2D", "1x1x1x3", "2 channels"}));
    CHECK(says(convolved(1, {1, 2}), {"CONV_2D", "1x2"}));
    CHECK(says(refusal([](Builder m, int x) {
                   return m.node(Op::CONV_2D, {x, m.floats({1, 1, 1, 2}, {1, 1})});
               }),
               {"CONV_2D", "lacks its options"}));
    CHECK(says(refusal([](Builder m, int x) { return m.node(Op::RESHAPE, {x, m.integers({5, 7})}); }), {"RESHAPE", "1x4x4x2", "5x7"}));
    CHECK(says(refusal([](Builder m, int x) { return m.node(Op::RESHAPE, {x, x}); }), {"RESHAPE", "computes its shape"}));
    CHECK(says(refusal([](Builder m, int x) {
                   return m.node(Op::TRANSPOSE, {x, m.integers({0, 1, 1, 3})});
               }),
               {"TRANSPOSE", "permutation"}));
    CHECK(says(refusal([](Builder m, int x) { return m.node(Op::PAD, {x, m.integers({-1, 0, 0, 0, 0, 0, 0, 0})}); }), {"PAD", "by -1"}));
    CHECK(says(refusal([](Builder m, int x) { return m.node(Op::ADD, {x, m.floats({3}, {1, 2, 3})}); }), {"ADD", "1x4x4x2 with 3"}));
    CHECK(says(refusal([](Builder m, int x) { return m.node(Op::ADD, {x, 77}); }), {"ADD", "tensor number 77"}));
    CHECK(says(refusal([](Builder m, int x) {
                   return m.node(Op::ADD, {x, m.tensor("later")});
               }),
               {"ADD", "'later'", "nothing before it makes"}));
}
