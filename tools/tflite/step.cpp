// mdl: access to a TensorFlow Lite operator's inputs and results, and its refusal.
// SPDX-License-Identifier: MIT
#include "tflite/step.hpp"

#include <algorithm>
#include <cstring>

#include "onnx/constant_folding.hpp"

namespace mdl::tool::tflite_reader {

Step::Step(GraphWriter& writer, const tflite::Operator& op, std::string operator_name, Values inputs,
           std::vector<const tflite::Tensor*> input_types, std::vector<const tflite::Tensor*> outputs)
    : writer_(writer),
      op_(op),
      operator_name_(std::move(operator_name)),
      inputs_(std::move(inputs)),
      types_(std::move(input_types)),
      outputs_(std::move(outputs)) {
    for (std::size_t k = 0; k < outputs_.size(); ++k) names_.push_back(name_of(outputs_[k], op_.outputs()->Get(static_cast<unsigned>(k))));
}

auto Step::input(std::size_t k) -> Value& {
    if (!has(k)) refuse(text("lacks its input ", k, "; the file is damaged"));
    return *inputs_[k];
}

auto Step::type(std::size_t k) const -> tflite::TensorType {
    return k < types_.size() && types_[k] != nullptr ? types_[k]->type() : tflite::TensorType::FLOAT32;
}

auto Step::holds_integers(std::size_t k) const -> bool { return is_integer(type(k)) && !is_quantised(types_[k]); }

auto Step::output_type(std::size_t k) const -> tflite::TensorType {
    return outputs_[k] != nullptr ? outputs_[k]->type() : tflite::TensorType::FLOAT32;
}

auto Step::find(std::size_t k) -> const Tensor* {
    if (!has(k)) return nullptr;
    const Value& value = *inputs_[k];
    const auto* const known = !value.rows.empty()   ? &value.rows
                              : !value.flat.empty() ? &value.flat
                              : !value.map.empty()  ? &value.map
                                                    : &value.planes;
    // Whatever the layout, it is a constant in rows too.
    return writer_.find(*known) == nullptr ? nullptr : writer_.find(tflite_reader::in_rows(writer_, *inputs_[k]));
}

auto Step::constant(std::size_t k, std::string_view what) -> const Tensor& {
    static_cast<void>(input(k));
    const Tensor* const found = find(k);
    if (found == nullptr) refuse(text("computes its ", what, " while the network runs; mdl needs it as a constant"));
    return *found;
}

auto Step::integers(std::size_t k, std::string_view what) -> const std::vector<std::int64_t>& {
    const Tensor& tensor = constant(k, what);
    if (tensor.is_float()) refuse(text("has reals as its ", what, " where integers belong; the file is damaged"));
    return tensor.integers;
}

auto Step::integer(std::size_t k, std::string_view what) -> std::int64_t {
    const auto& values = integers(k, what);
    if (values.size() != 1) refuse(text("has ", values.size(), " numbers as its ", what, " where one belongs"));
    return values.front();
}

auto Step::axis(std::int64_t axis, std::size_t k) -> std::size_t { return normalised_axis(axis, rank(k)); }

auto Step::in(Layout layout, std::size_t k) -> std::string { return tflite_reader::in(layout, writer_, input(k)); }

auto Step::in_planes(std::size_t k) -> std::string {
    if (rank(k) != 4 || input(k).count() == 0)
        refuse(text("works on a tensor of shape ", to_text(dims(k)), " where a feature map [batch, rows, columns, channels] belongs"));
    return in(Layout::planes, k);
}

auto Step::together(std::size_t first) -> Together {
    Together all;
    bool maps = false;
    for (std::size_t k = first; k < input_count(); ++k) {
        all.dims = broadcast_dims(all.dims, dims(k));
        maps |= input(k).is_map();
    }
    if (maps && all.dims.size() == 4) all.layout = Layout::planes;
    for (std::size_t k = first; k < input_count(); ++k) {
        std::string name;
        if (all.layout == Layout::planes && rank(k) > 0) {
            Dims widened(4 - rank(k), 1);
            widened.insert(widened.end(), dims(k).begin(), dims(k).end());
            Value value = reshaped_value(input(k), widened);
            name = rank(k) == 4 ? in(all.layout, k) : tflite_reader::in_planes(writer_, value);
        } else {
            name = in_rows(k);
        }
        all.inputs.push_back(std::move(name));
    }
    all.inputs = alike(std::move(all.inputs));
    return all;
}

auto Step::alike(std::vector<std::string> values) -> std::vector<std::string> {
    const auto is_computed = [&](const std::string& value) { return writer_.find(value) == nullptr; };
    if (std::none_of(values.begin(), values.end(), is_computed)) return values;
    for (auto& value : values)
        if (!is_computed(value) && !writer_.find(value)->is_float())
            value = add("Cast", {value}, {{"to", std::int64_t{onnx::TensorProto::FLOAT}}});
    return values;
}

void Step::check_affordable(const Dims& dims) const {
    std::int64_t count = 1;
    for (const auto dim : dims) {
        if (dim < 0 || (dim > 0 && count > most_folded / dim))
            refuse(text("makes a constant of shape ", to_text(dims), ", too large for a phone; the file is damaged"));
        count *= dim;
    }
}

auto Step::add(const std::string& op, const std::vector<std::string>& inputs, const std::vector<Attribute>& attributes) -> std::string {
    return writer_.add(op, inputs, attributes, name());
}

auto Step::number(float value) -> std::string { return writer_.constant(Tensor::of_floats({}, {value}), name() + " number"); }

auto Step::list(const Dims& values) -> std::string {
    return writer_.constant(Tensor::of_integers({static_cast<std::int64_t>(values.size())}, values), name() + " list");
}

auto Step::activated(const std::string& x, tflite::Activation activation) -> std::string {
    const auto clipped = [&](float low, float high) { return add("Clip", {x, number(low), number(high)}); };
    switch (activation) {
        case tflite::Activation::NONE:
            return saturated(x);
        case tflite::Activation::RELU:
            return add("Relu", {x});
        case tflite::Activation::RELU_N1_TO_1:
            return clipped(-1, 1);
        case tflite::Activation::RELU6:
            return clipped(0, 6);
        case tflite::Activation::TANH:
            return add("Tanh", {x});
        default:
            refuse(text("has the fused activation number ", static_cast<int>(activation),
                        ", which mdl does not support; convert the model with the activation as an operator of its own"));
    }
}

/// A converter to integers leaves an activation out where the range of the stored numbers does its work: from 0 to some bound. Ranges
/// that begin elsewhere were measured, and only cut what the float network need not cut.
auto Step::saturated(const std::string& x) -> std::string {
    const tflite::Tensor* const out = outputs_.front();
    if (!is_quantised(out) || out->quantization()->scale()->size() != 1) return x;
    const std::int64_t zero = zero_point(*out->quantization());
    const float scale = out->quantization()->scale()->Get(0);
    const bool begins_at_zero =
        (out->type() == tflite::TensorType::INT8 && zero == -128) || (out->type() == tflite::TensorType::UINT8 && zero == 0);
    if (!begins_at_zero || !(scale > 0)) return x;
    return add("Clip", {x, number(0), number(255 * scale)});
}

void Step::result(Layout layout, const std::string& value, Dims dims, std::size_t k) {
    Value made;
    made.dims = std::move(dims);
    (layout == Layout::planes ? made.planes : made.rows) = value;
    result(std::move(made), k);
}

void Step::result(Value value, std::size_t k) {
    constexpr std::int64_t most = std::int64_t{1} << 31;
    std::int64_t count = 1;
    for (const auto dim : value.dims) {
        if (dim < 0 || dim > most || (dim > 0 && count > most / dim))
            refuse(text("makes a tensor of shape ", to_text(value.dims), ", which no phone could hold; the file is damaged"));
        count *= dim;
    }
    if (k >= names_.size()) refuse(text("has ", names_.size(), " outputs, too few; the file is damaged"));
    value.name = names_[k];
    results_[k] = std::move(value);
}

void Step::refuse(std::string_view why) const { fail(Exit::bad_input, "operator ", operator_name_, " (tensor '", name(), "') ", why); }

auto translations() -> const TranslationTable& {
    static const TranslationTable table = [] {
        TranslationTable all;
        add_convolutions(all);
        add_pooling(all);
        add_dense(all);
        add_arithmetic(all);
        add_activations(all);
        add_reductions(all);
        add_shapes(all);
        add_parts(all);
        add_slices(all);
        add_images(all);
        add_constants(all);
        return all;
    }();
    return table;
}

auto name_of(const tflite::Tensor* tensor, std::int64_t number) -> std::string {
    if (tensor != nullptr && tensor->name() != nullptr && tensor->name()->size() > 0) return tensor->name()->str();
    return text("tensor ", number);
}

auto is_integer(tflite::TensorType type) -> bool {
    using enum tflite::TensorType;
    return type == INT8 || type == UINT8 || type == INT16 || type == UINT16 || type == INT32 || type == UINT32 || type == INT64 ||
           type == BOOL;
}

auto is_quantised(const tflite::Tensor* tensor) -> bool {
    if (tensor == nullptr || tensor->quantization() == nullptr) return false;
    const auto* const scale = tensor->quantization()->scale();
    return scale != nullptr && scale->size() > 0 && tensor->type() != tflite::TensorType::FLOAT32 &&
           tensor->type() != tflite::TensorType::FLOAT16;
}

auto zero_point(const tflite::Quantization& parameters, unsigned k) -> std::int64_t {
    const auto* const points = parameters.zero_point();
    if (points == nullptr || points->size() == 0) return 0;
    // The verifier lets 64-bit numbers lie at a multiple of four bytes.
    std::int64_t value = 0;
    std::memcpy(&value, points->Data() + std::size_t{points->size() == 1 ? 0 : k} * sizeof value, sizeof value);
    return flatbuffers::EndianScalar(value);
}

}  // namespace mdl::tool::tflite_reader
