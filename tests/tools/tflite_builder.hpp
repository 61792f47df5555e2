// mdl: small TensorFlow Lite models made in tests, and what the converter's network of one computes.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "failure.hpp"
#include "onnx/importer.hpp"
#include "tflite/model.hpp"
#include "tflite_generated.h"
#include "tools/evaluate.hpp"

namespace mdl::tool::test {

using Numbers = std::vector<int>;

/// Numbers that differ from each other, between -1 and 1.
inline auto pattern(std::size_t count, unsigned seed = 1) -> Values {
    Values values;
    for (unsigned state = seed * 7919 + 17; values.size() < count;) {
        state = state * 1103515245U + 12345U;
        values.push_back(static_cast<float>(state >> 16 & 0x3ff) / 512.0f - 1.0f);
    }
    return values;
}

/// Tensors go by their numbers. The shapes of computed ones are left out: a reader has to find them.
class TfliteBuilder {
public:
    struct Quantisation {
        std::vector<float> scales{};
        std::vector<std::int64_t> zero_points{};
        int axis = 0;
        tflite::TensorType type = tflite::TensorType::INT8;
    };

    TfliteBuilder() { buffers_.push_back(tflite::CreateBuffer(fbb)); }

    flatbuffers::FlatBufferBuilder fbb{};
    std::string custom{};  ///< the custom operator's name, if there is one
    unsigned version = 3;

    auto input(const std::string& name, const Numbers& dims, tflite::TensorType type = tflite::TensorType::FLOAT32,
               const Numbers& signature = {}) -> int {
        const auto shape = fbb.CreateVector(dims), open = fbb.CreateVector(signature);
        const auto text = fbb.CreateString(name);
        inputs_.push_back(add(tflite::CreateTensor(fbb, shape, type, 0, text, 0, false, 0, signature.empty() ? 0 : open)));
        return inputs_.back();
    }
    auto quantised_input(const std::string& name, const Numbers& dims, const Quantisation& q) -> int {
        inputs_.push_back(typed(name, dims, 0, q));
        return inputs_.back();
    }
    auto floats(const Numbers& dims, const Values& values) -> int { return constant(dims, tflite::TensorType::FLOAT32, bytes_of(values)); }
    auto integers(const Numbers& values) -> int {
        return constant({static_cast<int>(values.size())}, tflite::TensorType::INT32, bytes_of(values));
    }
    auto integer(int value) -> int { return constant({}, tflite::TensorType::INT32, bytes_of(Numbers{value})); }
    auto constant(const Numbers& dims, tflite::TensorType type, const std::vector<std::uint8_t>& bytes) -> int {
        const auto shape = fbb.CreateVector(dims);
        const auto text = fbb.CreateString("constant " + std::to_string(tensors_.size()));
        return add(tflite::CreateTensor(fbb, shape, type, store(bytes), text));
    }
    /// Stored integers that stand for reals.
    auto quantised(const Numbers& dims, const std::vector<std::int8_t>& stored, const Quantisation& q) -> int {
        return typed("constant " + std::to_string(tensors_.size()), dims, store({stored.begin(), stored.end()}), q);
    }
    auto tensor(const std::string& name) -> int {
        const auto text = fbb.CreateString(name);
        return add(tflite::CreateTensor(fbb, 0, tflite::TensorType::FLOAT32, 0, text));
    }
    auto tensor(const std::string& name, const Quantisation& q) -> int { return typed(name, {}, 0, q); }
    auto add(flatbuffers::Offset<tflite::Tensor> tensor) -> int {
        tensors_.push_back(tensor);
        return static_cast<int>(tensors_.size()) - 1;
    }

    /// An operator from tensors to tensors.
    template <class Options = tflite::Unread>
    void op(tflite::BuiltinOperator code, const Numbers& inputs, const Numbers& outputs, flatbuffers::Offset<Options> options = {}) {
        // Old codes stand in the old field too, as converters write them.
        const auto name = custom.empty() ? flatbuffers::Offset<flatbuffers::String>() : fbb.CreateString(custom);
        codes_.push_back(tflite::CreateOperatorCode(fbb, static_cast<std::int8_t>(std::min(static_cast<int>(code), 127)), name, 1, code));
        auto kind = tflite::BuiltinOptions::NONE;
        if constexpr (!std::is_same_v<Options, tflite::Unread>) kind = tflite::BuiltinOptionsTraits<Options>::enum_value;
        const auto from = fbb.CreateVector(inputs), to = fbb.CreateVector(outputs);
        operators_.push_back(tflite::CreateOperator(fbb, static_cast<unsigned>(codes_.size()) - 1, from, to, kind, options.Union()));
    }
    /// The same with one new tensor, whose number is returned.
    template <class Options = tflite::Unread>
    auto node(tflite::BuiltinOperator code, const Numbers& inputs, flatbuffers::Offset<Options> options = {}) -> int {
        const int made = tensor("made " + std::to_string(tensors_.size()));
        op(code, inputs, {made}, options);
        return made;
    }
    void output(int number) { outputs_.push_back(number); }

    /// The file; the builder is done with it.
    auto bytes() -> std::string {
        const auto codes = fbb.CreateVector(codes_);
        const auto tensors = fbb.CreateVector(tensors_);
        const auto inputs = fbb.CreateVector(inputs_), outputs = fbb.CreateVector(outputs_);
        const auto operators = fbb.CreateVector(operators_);
        const auto graphs = fbb.CreateVector(std::vector{tflite::CreateSubGraph(fbb, tensors, inputs, outputs, operators)});
        const auto buffers = fbb.CreateVector(buffers_);
        tflite::FinishModelBuffer(fbb, tflite::CreateModel(fbb, version, codes, graphs, 0, buffers));
        return {reinterpret_cast<const char*>(fbb.GetBufferPointer()), fbb.GetSize()};
    }

    auto import(const InputShapes& shapes = {}) -> Network { return import_onnx(parse_tflite(bytes(), shapes).onnx); }
    auto run(const std::vector<Values>& inputs) -> std::vector<Values> { return evaluate(import(), inputs); }
    /// The one output.
    auto run(int result, const Values& input) -> Values {
        output(result);
        return run(std::vector<Values>{input})[0];
    }
    /// The message with which the model is refused, or "".
    auto refusal(const InputShapes& shapes = {}) -> std::string {
        try {
            static_cast<void>(import(shapes));
        } catch (const Failure& failure) {
            return failure.what();
        }
        return {};
    }
    auto store(const std::vector<std::uint8_t>& bytes) -> unsigned {
        fbb.ForceVectorAlignment(bytes.size(), 1, 16);
        const auto data = fbb.CreateVector(bytes);
        buffers_.push_back(tflite::CreateBuffer(fbb, data));
        return static_cast<unsigned>(buffers_.size()) - 1;
    }

private:
    auto typed(const std::string& name, const Numbers& dims, unsigned buffer, const Quantisation& q) -> int {
        const auto scales = fbb.CreateVector(q.scales);
        const auto zero_points = fbb.CreateVector(q.zero_points);
        const auto quantization = tflite::CreateQuantization(fbb, 0, 0, scales, zero_points, 0, 0, q.axis);
        const auto shape = fbb.CreateVector(dims);
        const auto text = fbb.CreateString(name);
        return add(tflite::CreateTensor(fbb, shape, q.type, buffer, text, quantization));
    }
    template <class T>
    static auto bytes_of(const std::vector<T>& values) -> std::vector<std::uint8_t> {
        const auto* const begin = reinterpret_cast<const std::uint8_t*>(values.data());
        return {begin, begin + values.size() * sizeof(T)};
    }

    std::vector<flatbuffers::Offset<tflite::Tensor>> tensors_{};
    std::vector<flatbuffers::Offset<tflite::Buffer>> buffers_{};
    std::vector<flatbuffers::Offset<tflite::OperatorCode>> codes_{};
    std::vector<flatbuffers::Offset<tflite::Operator>> operators_{};
    Numbers inputs_{}, outputs_{};
};

/// A feature map in TensorFlow's sequence [rows, columns, channels].
struct Map {
    int rows = 0, columns = 0, channels = 0;
    Values values{};

    Map(int h, int w, int c, unsigned seed = 1) : Map(h, w, c, pattern(static_cast<std::size_t>(h * w * c), seed)) {}
    Map(int h, int w, int c, Values v) : rows(h), columns(w), channels(c), values(std::move(v)) {}
    auto at(int y, int x, int c) -> float& { return values[static_cast<std::size_t>((y * columns + x) * channels + c)]; }
    auto at(int y, int x, int c) const -> float { return values[static_cast<std::size_t>((y * columns + x) * channels + c)]; }
    auto dims() const -> Numbers { return {1, rows, columns, channels}; }
};

/// Equal up to the rounding of sums taken in another sequence.
inline auto is_near(const Values& a, const Values& b, float tolerance = 1e-5f) -> bool {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (!(std::abs(a[i] - b[i]) <= tolerance * std::max(1.0f, std::abs(b[i])))) return false;
    return true;
}

}  // namespace mdl::tool::test
