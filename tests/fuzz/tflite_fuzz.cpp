// mdl: fuzz target of the reader of TensorFlow Lite files; scripts/fuzz.sh builds and runs it.
// SPDX-License-Identifier: MIT
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/target.hpp"
#include "onnx/importer.hpp"
#include "tflite/model.hpp"
#include "tflite_generated.h"

namespace {

namespace tflite = mdl::tflite;

/// A graph that holds a constant of each kind and a chain of most operators that take one tensor and small integers. Mutations
/// change operators, numbers and edges; an empty corpus would spend its time on finding a graph at all.
auto seed() -> std::string {
    flatbuffers::FlatBufferBuilder b;
    std::vector<flatbuffers::Offset<tflite::Buffer>> buffers{tflite::CreateBuffer(b)};
    std::vector<flatbuffers::Offset<tflite::Tensor>> tensors;
    const auto tensor = [&](const std::vector<int>& dims, tflite::TensorType type, const std::vector<std::uint8_t>& bytes, float scale) {
        unsigned buffer = 0;
        if (!bytes.empty()) {
            b.ForceVectorAlignment(bytes.size(), 1, 16);
            buffers.push_back(tflite::CreateBuffer(b, b.CreateVector(bytes)));
            buffer = static_cast<unsigned>(buffers.size()) - 1;
        }
        const auto shape = b.CreateVector(dims);
        const auto name = b.CreateString(std::string(1, static_cast<char>('a' + tensors.size() % 26)));
        flatbuffers::Offset<tflite::Quantization> quantization;
        if (scale > 0) {
            const auto scales = b.CreateVector(std::vector<float>{scale});
            const auto zero_points = b.CreateVector(std::vector<std::int64_t>{-128});
            quantization = tflite::CreateQuantization(b, 0, 0, scales, zero_points);
        }
        tensors.push_back(tflite::CreateTensor(b, shape, type, buffer, name, quantization));
        return static_cast<int>(tensors.size()) - 1;
    };
    const auto integers = [&](const std::vector<std::uint8_t>& values) {
        std::vector<std::uint8_t> bytes;
        for (const auto value : values) bytes.insert(bytes.end(), {value, 0, 0, 0});
        return tensor({static_cast<int>(values.size())}, tflite::TensorType::INT32, bytes, 0);
    };
    const int x = tensor({1, 4, 4, 2}, tflite::TensorType::FLOAT32, {}, 0);
    const int weights = tensor({2, 1, 1, 2}, tflite::TensorType::INT8, {1, 2, 3, 4}, 0.5f);
    const int matrix = tensor({2, 2}, tflite::TensorType::INT8, {1, 2, 3, 4}, 0.25f);
    const int halves = tensor({2}, tflite::TensorType::FLOAT16, {0, 0x38, 0, 0x40}, 0),
              half = tensor({}, tflite::TensorType::FLOAT16, {0, 0x38}, 0);
    std::vector<flatbuffers::Offset<tflite::OperatorCode>> codes;
    std::vector<flatbuffers::Offset<tflite::Operator>> operators;
    int last = x;
    const auto add = [&](tflite::BuiltinOperator code, std::vector<int> inputs, tflite::BuiltinOptions kind,
                         flatbuffers::Offset<void> options) {
        codes.push_back(tflite::CreateOperatorCode(b, 0, 0, 1, code));
        const int made = tensor({}, tflite::TensorType::FLOAT32, {}, 0);
        inputs.insert(inputs.begin(), last);
        const auto from = b.CreateVector(inputs), to = b.CreateVector(std::vector<int>{made});
        operators.push_back(tflite::CreateOperator(b, static_cast<unsigned>(codes.size()) - 1, from, to, kind, options));
        last = made;
    };
    using Code = tflite::BuiltinOperator;
    using Kind = tflite::BuiltinOptions;
    add(Code::CONV_2D, {weights, halves}, Kind::Conv2DOptions,
        tflite::CreateConv2DOptions(b, tflite::Padding::SAME, 1, 1, tflite::Activation::RELU6).Union());
    add(Code::PAD, {integers({0, 0, 1, 1, 0, 1, 0, 0})}, Kind::NONE, 0);
    add(Code::MAX_POOL_2D, {}, Kind::Pool2DOptions, tflite::CreatePool2DOptions(b, tflite::Padding::VALID, 1, 1, 2, 2).Union());
    add(Code::STRIDED_SLICE, {integers({0, 0, 0, 0}), integers({1, 4, 4, 2}), integers({1, 1, 2, 1})}, Kind::StridedSliceOptions,
        tflite::CreateStridedSliceOptions(b, 1, 1).Union());
    add(Code::CONCATENATION, {last}, Kind::ConcatenationOptions, tflite::CreateConcatenationOptions(b, 3).Union());
    add(Code::RESIZE_BILINEAR, {integers({4, 4})}, Kind::ResizeBilinearOptions, tflite::CreateResizeBilinearOptions(b).Union());
    add(Code::DEPTH_TO_SPACE, {}, Kind::DepthToSpaceOptions, tflite::CreateDepthToSpaceOptions(b, 2).Union());
    add(Code::TRANSPOSE, {integers({0, 3, 1, 2})}, Kind::NONE, 0);
    add(Code::MUL, {half}, Kind::MulOptions, tflite::CreateMulOptions(b).Union());
    add(Code::MEAN, {integers({1})}, Kind::ReducerOptions, tflite::CreateReducerOptions(b, true).Union());
    add(Code::RESHAPE, {integers({32, 2})}, Kind::NONE, 0);
    add(Code::FULLY_CONNECTED, {matrix, halves}, Kind::FullyConnectedOptions, tflite::CreateFullyConnectedOptions(b).Union());
    add(Code::SOFTMAX, {}, Kind::SoftmaxOptions, tflite::CreateSoftmaxOptions(b, 1).Union());
    const auto all_codes = b.CreateVector(codes);
    const auto all_tensors = b.CreateVector(tensors);
    const auto inputs = b.CreateVector(std::vector<int>{x}), outputs = b.CreateVector(std::vector<int>{last});
    const auto all_operators = b.CreateVector(operators);
    const auto graphs = b.CreateVector(std::vector{tflite::CreateSubGraph(b, all_tensors, inputs, outputs, all_operators)});
    const auto all_buffers = b.CreateVector(buffers);
    tflite::FinishModelBuffer(b, tflite::CreateModel(b, 3, all_codes, graphs, 0, all_buffers));
    return {reinterpret_cast<const char*>(b.GetBufferPointer()), b.GetSize()};
}

}  // namespace

extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
    try {
        static_cast<void>(mdl::tool::import_onnx(mdl::tool::parse_tflite(std::string(reinterpret_cast<const char*>(data), size)).onnx));
    } catch (const mdl::tool::Failure& failure) {
        if (std::string_view(failure.what()).size() < 20) __builtin_trap();  // a refusal is a sentence
    }
    return 0;
}

extern "C" auto LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size) -> std::size_t;

/// Changes single numbers: offsets of a flatbuffer are too easily broken by insertions.
extern "C" auto LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned random) -> std::size_t {
    if (size < 8 || random % 64 == 0) {
        size = fuzz::begin_with(seed(), data, size, max_size);
    }
    if (random % 16 == 1) return LLVMFuzzerMutate(data, size, max_size);
    for (unsigned change = 0, state = random; change <= random / 16 % 4; ++change) {
        state = state * 1103515245U + 12345U;
        const std::size_t at = (state >> 4) % size;
        constexpr std::uint8_t values[] = {0, 1, 2, 3, 4, 7, 127, 128, 255};
        data[at] = (state & 1U) != 0 ? values[(state >> 1) % 9] : static_cast<std::uint8_t>(data[at] + 1 - (state & 2U));
    }
    return size;
}
