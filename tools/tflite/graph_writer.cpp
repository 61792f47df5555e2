// mdl: the nodes, constants and names of the ONNX graph that a TensorFlow Lite model becomes.
// SPDX-License-Identifier: MIT
#include "tflite/graph_writer.hpp"

#include <algorithm>

#include "failure.hpp"
#include "onnx/constant_folding.hpp"
#include "onnx/model.hpp"

namespace mdl::tool::tflite_reader {

namespace {

void write(NodeWriter node, const std::vector<Attribute>& attributes) {
    struct Setter {
        NodeWriter& node;
        const std::string& name;
        void operator()(std::int64_t value) const { node.integer(name, value); }
        void operator()(float value) const { node.real(name, value); }
        void operator()(const std::string& value) const { node.string(name, value); }
        void operator()(const Dims& values) const { node.integers(name, values); }
    };
    for (const auto& attribute : attributes) std::visit(Setter{node, attribute.name}, attribute.value);
}

}  // namespace

GraphWriter::GraphWriter() : model_(newest_opset) {}

auto GraphWriter::unique(const std::string& wanted) -> std::string {
    std::string name = wanted;
    while (!model_.reserve(name)) name = text(wanted, '#', ++repeats_[wanted]);
    return name;
}

auto GraphWriter::constant(Tensor value, const std::string& name) -> std::string {
    const std::string handle = unique("constant");
    constants_.emplace(handle, Constant{std::move(value), name, {}});
    return handle;
}

auto GraphWriter::find(const std::string& name) const -> const Tensor* {
    const auto found = constants_.find(name);
    return found == constants_.end() ? nullptr : &found->second.value;
}

auto GraphWriter::add(const std::string& op, const std::vector<std::string>& inputs, const std::vector<Attribute>& attributes,
                      const std::string& name) -> std::string {
    if (std::all_of(inputs.begin(), inputs.end(), [&](const std::string& input) { return input.empty() || find(input) != nullptr; })) {
        onnx::NodeProto node;
        node.set_op_type(op);
        for (const auto& input : inputs) node.add_input(input);
        node.add_output();
        write(NodeWriter(&node), attributes);
        if (auto folded = fold(node)) return constant(std::move(*folded), name);
    }
    std::vector<std::string> tensors;
    for (const auto& input : inputs) tensors.push_back(stored(input));
    const NodeWriter node = model_.node(op, name, tensors);
    write(node, attributes);
    return node.output();
}

auto GraphWriter::finish(std::vector<NamedOutput> outputs) -> onnx::ModelProto {
    for (auto& output : outputs) output.tensor = stored(output.tensor);
    return model_.finish(outputs);
}

auto GraphWriter::fold(const onnx::NodeProto& node) -> std::optional<Tensor> {
    std::vector<const Tensor*> tensors;
    for (const auto& input : node.input()) tensors.push_back(find(input));
    Attributes attributes(node);
    auto folded = fold_constants(node, attributes, tensors, newest_opset, {}, most_folded - folded_);
    if (!folded) return std::nullopt;
    folded_ += folded->front().count();
    if (folded_ > most_folded)
        fail(Exit::bad_input, "makes constants too large for a phone, more than ", most_folded,
             " numbers in all; convert the model again with smaller ones");
    return std::move(folded->front());
}

/// The name in the model: a constant becomes part of it now, anything else is.
auto GraphWriter::stored(const std::string& tensor) -> std::string {
    const auto found = constants_.find(tensor);
    if (found == constants_.end()) return tensor;
    Constant& constant = found->second;
    if (constant.stored.empty()) {
        const Tensor& value = constant.value;
        constant.stored = value.is_float() ? model_.floats(constant.name, value.dims, {value.floats->begin(), value.floats->end()})
                                           : model_.integers(constant.name, value.dims, value.integers);
    }
    return constant.stored;
}

}  // namespace mdl::tool::tflite_reader
