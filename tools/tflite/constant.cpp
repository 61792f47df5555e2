// mdl: decoding of TensorFlow Lite's buffers.
// SPDX-License-Identifier: MIT
#include "tflite/constant.hpp"

#include <cmath>
#include <span>

#include "failure.hpp"
#include "onnx.pb.h"
#include "tflite/step.hpp"

namespace mdl::tool::tflite_reader {

namespace {

using Bytes = std::span<const std::uint8_t>;

auto data_of(const tflite::Model& model, const tflite::Tensor& tensor, const std::string& name) -> Bytes {
    if (tensor.external_buffer() != 0)
        fail(Exit::bad_input, "tensor '", name,
             "' lies in another file, which mdl does not read; convert the model with its weights inside");
    if (tensor.buffer() == 0 || model.buffers() == nullptr) return {};
    if (tensor.buffer() >= model.buffers()->size())
        fail(Exit::bad_input, "tensor '", name, "' names a buffer that the file does not have; the file is damaged");
    const auto* const buffer = model.buffers()->Get(tensor.buffer());
    if (buffer->offset() > 1)
        fail(Exit::bad_input, "the numbers of tensor '", name,
             "' lie behind the model's own 2 GB, which mdl does not read; convert a smaller model");
    if (buffer->data() == nullptr) return {};
    return {buffer->data()->data(), buffer->data()->size()};
}

auto element_type(tflite::TensorType type) -> onnx::TensorProto::DataType {
    switch (type) {
        case tflite::TensorType::FLOAT32:
            return onnx::TensorProto::FLOAT;
        case tflite::TensorType::FLOAT16:
            return onnx::TensorProto::FLOAT16;
        case tflite::TensorType::BFLOAT16:
            return onnx::TensorProto::BFLOAT16;
        case tflite::TensorType::FLOAT64:
            return onnx::TensorProto::DOUBLE;
        case tflite::TensorType::INT8:
        case tflite::TensorType::INT4:
            return onnx::TensorProto::INT8;
        case tflite::TensorType::UINT8:
            return onnx::TensorProto::UINT8;
        case tflite::TensorType::INT16:
            return onnx::TensorProto::INT16;
        case tflite::TensorType::UINT16:
            return onnx::TensorProto::UINT16;
        case tflite::TensorType::INT32:
            return onnx::TensorProto::INT32;
        case tflite::TensorType::UINT32:
            return onnx::TensorProto::UINT32;
        case tflite::TensorType::INT64:
            return onnx::TensorProto::INT64;
        case tflite::TensorType::BOOL:
            return onnx::TensorProto::BOOL;
        default:
            return onnx::TensorProto::UNDEFINED;
    }
}

/// Two numbers a byte, the first in the lower half; each with its sign.
auto unpacked(Bytes bytes, std::size_t count) -> std::string {
    std::string result;
    for (std::size_t i = 0; i < count && i / 2 < bytes.size(); ++i) {
        const int half = bytes[i / 2] >> (i % 2 * 4) & 15;
        result.push_back(static_cast<char>(half < 8 ? half : half - 16));
    }
    return result;
}

/// real = scale * (stored - zero point), for all elements alike or one a slice along an axis.
auto dequantised(const Tensor& stored, const tflite::Quantization& parameters, const std::string& name) -> Tensor {
    const auto* const scales = parameters.scale();
    const auto* const zero_points = parameters.zero_point();
    const auto wrong = [&](const char* what) { fail(Exit::bad_input, "tensor '", name, "' ", what, "; the file is damaged"); };
    if (zero_points != nullptr && zero_points->size() > 1 && zero_points->size() != scales->size())
        wrong("has another number of zero points than of scales");
    std::int64_t inner = stored.count();
    if (scales->size() > 1) {
        const auto axis = parameters.quantized_dimension();
        if (axis < 0 || static_cast<std::size_t>(axis) >= stored.dims.size() ||
            stored.dims[static_cast<std::size_t>(axis)] != scales->size())
            wrong("has scales that do not fit its shape");
        inner = 1;
        for (std::size_t a = static_cast<std::size_t>(axis) + 1; a < stored.dims.size(); ++a) inner *= stored.dims[a];
    }
    std::vector<float> values(stored.integers.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto slice = static_cast<unsigned>(static_cast<std::int64_t>(i) / inner % scales->size());
        const double scale = static_cast<double>(scales->Get(slice));
        values[i] =
            static_cast<float>(scale * (static_cast<double>(stored.integers[i]) - static_cast<double>(zero_point(parameters, slice))));
    }
    return Tensor::of_floats(stored.dims, std::move(values));
}

}  // namespace

auto read_constant(const tflite::Model& model, const tflite::Tensor& tensor, const std::string& name) -> std::optional<Tensor> {
    if (tensor.is_variable())
        fail(Exit::bad_input, "tensor '", name,
             "' is a variable that keeps its value from run to run, which mdl does not support; make it an input and an output");
    if (tensor.sparsity() != nullptr)
        fail(Exit::bad_input, "tensor '", name, "' is stored sparsely, which mdl does not read; convert the model without sparsity");
    const Bytes bytes = data_of(model, tensor, name);
    onnx::TensorProto proto;
    std::int64_t count = 1;
    if (tensor.shape() != nullptr)
        for (const auto dim : *tensor.shape()) {
            proto.add_dims(dim);
            count = dim < 0 || count > (std::int64_t{1} << 31) ? count : count * dim;
        }
    if (bytes.empty() && count != 0) return std::nullopt;
    if (element_type(tensor.type()) == onnx::TensorProto::UNDEFINED)
        fail(Exit::bad_input, "tensor '", name, "' holds elements of type ", tflite::EnumNameTensorType(tensor.type()), " (number ",
             static_cast<int>(tensor.type()), "), which mdl does not read; convert the model with float32 weights");
    if (tensor.quantization() != nullptr && tensor.quantization()->details_type() != 0)
        fail(Exit::bad_input, "tensor '", name,
             "' is quantised in a way that mdl does not read (in blocks, or by another's rule); convert the model with one scale a tensor "
             "or channel");
    proto.set_name(name);
    proto.set_data_type(element_type(tensor.type()));
    if (tensor.type() == tflite::TensorType::INT4)
        proto.set_raw_data(unpacked(bytes, static_cast<std::size_t>(count)));
    else
        proto.set_raw_data(bytes.data(), bytes.size());
    Tensor stored = decode(proto, {});
    if (!is_quantised(&tensor) || stored.is_float()) return stored;
    return dequantised(stored, *tensor.quantization(), name);
}

}  // namespace mdl::tool::tflite_reader
