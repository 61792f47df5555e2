// mdl: access to an ONNX node's inputs, and its refusal.
// SPDX-License-Identifier: MIT
#include "onnx/call.hpp"

#include <mdl/layers/rearrange.hpp>

#include "failure.hpp"

namespace mdl::tool {

auto Call::constant(int k, std::string_view what) const -> const Tensor& {
    if (!has(k)) refuse(text("has no ", what, " (input ", k, ")"));
    if (!is_constant(k)) refuse(text("computes its ", what, " while the network runs; mdl needs it as a constant"));
    return std::get<Tensor>(value(k));
}

auto Call::constant_floats(int k, std::string_view what) const -> const Tensor& {
    const Tensor& tensor = constant(k, what);
    if (!tensor.is_float()) refuse(text("has integers as its ", what, "; mdl needs float32"));
    return tensor;
}

auto Call::constant_integers(int k, std::string_view what) const -> const std::vector<std::int64_t>& {
    const Tensor& tensor = constant(k, what);
    if (tensor.is_float()) refuse(text("has reals as its ", what, " where integers belong"));
    return tensor.integers;
}

auto Call::constant_integer(int k, std::string_view what) const -> std::int64_t {
    const auto& values = constant_integers(k, what);
    if (values.size() != 1) refuse(text("has ", values.size(), " numbers as its ", what, " where one belongs"));
    return values.front();
}

auto Call::list(const char* attribute, int k) -> std::optional<std::vector<std::int64_t>> {
    if (has(k)) return constant_integers(k, attribute);
    return attributes.integers(attribute);
}

auto Call::element(int k) const -> int {
    if (const auto* const computed = std::get_if<Computed>(&value(k))) return computed->element;
    return std::get<Tensor>(value(k)).is_float() ? onnx::TensorProto::FLOAT : onnx::TensorProto::INT64;
}

auto Call::layer(int k) -> int {
    if (!has(k)) refuse(text("lacks its input ", k));
    if (!is_constant(k)) return std::get<Computed>(value(k)).layer;
    const Tensor& tensor = constant_floats(k, "input");
    Shape shape = to_shape(tensor.dims);
    if (shape.rank == 0) shape = Shape{1};
    return add_constant(tensor, shape);
}

auto Call::number_layer(int k) -> int {
    if (!is_constant(k) || constant(k, "input").is_float()) return layer(k);
    const Tensor& integers = constant(k, "input");
    std::vector<float> floats;
    for (const auto value : integers.integers) {
        if (value > 1 << 24 || value < -(1 << 24)) refuse(text("holds the integer ", value, ", which no float32 is; mdl computes in float32"));
        floats.push_back(static_cast<float>(value));
    }
    Shape shape = to_shape(integers.dims);
    if (shape.rank == 0) shape = Shape{1};
    return add_constant(Tensor::of_floats(integers.dims, std::move(floats)), shape);
}

auto Call::add(const Operation& operation, std::vector<int> inputs, std::vector<Floats> weights) -> int {
    Layer layer;
    layer.operation = operation;
    layer.inputs = std::move(inputs);
    layer.weights = std::move(weights);
    layer.name = name();
    try {
        return append(network_, std::move(layer));
    } catch (const Failure& failure) {
        refuse(failure.what());
    }
}

auto Call::add_constant(const Tensor& tensor, const Shape& shape) -> int {
    Operation operation;
    operation.op = Op::constant;
    operation.dims = shape;
    return add(operation, {}, {tensor.floats});
}

void Call::result(int layer, int k) {
    std::vector<int> elements;
    for (int i = 0; i < input_count(); ++i) elements.push_back(has(i) ? element(i) : static_cast<int>(onnx::TensorProto::FLOAT));
    results_[k] = {layer, result_element(node_, k, elements)};
}

void Call::refuse(std::string_view why) const {
    fail(Exit::bad_input, "operator ", node_.op_type(), " (node '", name(), "') ", why);
}

void Call::require_reals(int k) const {
    if (is_integer(k)) refuse("computes with integers, whose results the model cuts at the point; put Cast to float32 before it");
}

void Call::require_rank(int k, int rank) {
    if (shape(k).rank != rank)
        refuse(text("works on a tensor of shape ", to_text(shape(k)), "; mdl supports it on ", rank, " axes only"));
}

auto lowerings() -> const LoweringTable& {
    static const LoweringTable table = [] {
        LoweringTable all;
        add_convolutions(all);
        add_dense(all);
        add_pooling(all);
        add_activations(all);
        add_normalisation(all);
        add_arithmetic(all);
        add_rearrangements(all);
        add_picks(all);
        add_elements(all);
        add_sampling(all);
        add_recurrences(all);
        add_spectra(all);
        add_sums(all);
        add_resizing(all);
        add_parts(all);
        return all;
    }();
    return table;
}

auto to_shape(const Dims& dims) -> Shape {
    if (dims.size() > static_cast<std::size_t>(max_rank))
        fail(Exit::bad_input, "makes a tensor of ", dims.size(), " axes; mdl supports at most ", max_rank);
    Shape shape;
    for (const auto dim : dims) {
        if (dim < 1 || dim > (std::int64_t{1} << 30))
            fail(Exit::bad_input, "makes a tensor of shape ", to_text(dims),
                 ", which mdl does not support: every size must be at least 1 and at most 2^30");
        shape.push(static_cast<int>(dim));
    }
    return shape;
}

auto add_reshape(Call& call, int layer, const Shape& dims) -> int {
    if (call.network().shape(layer) == dims) return layer;
    Operation operation;
    operation.op = Op::reshape;
    operation.dims = dims;
    return call.add(operation, {layer});
}

auto add_transpose(Call& call, int layer, const Shape& permutation) -> int {
    Operation operation;
    operation.op = Op::transpose;
    operation.dims = permutation;
    return call.add(operation, {layer});
}

auto add_binary(Call& call, Binary binary, std::vector<int> inputs) -> int {
    Operation operation;
    operation.op = Op::binary;
    operation.binary = binary;
    return call.add(operation, std::move(inputs));
}

auto add_concat(Call& call, int axis, std::vector<int> parts) -> int {
    if (parts.size() == 1) return parts.front();
    Operation operation;
    operation.op = Op::concat;
    operation.axis = axis;
    return call.add(operation, std::move(parts));
}

auto add_slice(Call& call, int layer, int axis, std::int64_t begin, std::int64_t end, std::int64_t step) -> int {
    const Shape shape = call.network().shape(layer);
    if (begin == 0 && end == shape[axis] && step == 1) return layer;
    Operation operation;
    operation.op = Op::slice;
    operation.axis = axis;
    operation.begin = static_cast<int>(begin);
    operation.end = end < 0 ? layers::to_the_end : static_cast<int>(end);
    operation.step = static_cast<int>(step);
    return call.add(operation, {layer});
}

auto add_numbers(Call& call, const Shape& shape, std::vector<float> values) -> int {
    return call.add_constant(Tensor::of_floats(to_dims(shape), std::move(values)), shape);
}

auto add_activation(Call& call, int x, ActivationKind kind, float a, float b) -> int {
    Operation operation;
    operation.op = Op::activation;
    operation.activation = {kind, a, b};
    return call.add(operation, {x});
}

auto add_factor(Call& call, int x, float factor) -> int {
    if (factor == 1) return x;
    return add_binary(call, Binary::multiply, {x, call.add_constant(Tensor::of_floats({}, {factor}), Shape{1})});
}

auto to_dims(const Shape& shape) -> Dims { return {shape.dims, shape.dims + shape.rank}; }

}  // namespace mdl::tool
