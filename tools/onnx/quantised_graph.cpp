// mdl: integers and the reals that they stand for, tensor by tensor.
// SPDX-License-Identifier: MIT
#include "onnx/quantised_graph.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "failure.hpp"
#include "onnx/attributes.hpp"
#include "onnx/model_writer.hpp"

namespace mdl::tool {

namespace {

using Type = onnx::TensorProto;

struct Range {
    std::int64_t least = 0, most = 0;
};

auto range_of(int type) -> Range {
    switch (type) {
        case Type::INT8: return {-128, 127};
        case Type::UINT16: return {0, 65535};
        case Type::INT16: return {-32768, 32767};
        case Type::INT32: return {std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
        default: return {0, 255};
    }
}

/// Elements go elsewhere, or the largest of some is taken: integers stay the reals that they stand for, and none becomes negative.
auto moves_elements(std::string_view op) -> bool {
    static const std::set<std::string_view> names{"Concat", "DepthToSpace", "Expand", "Flatten", "Gather", "GlobalMaxPool", "Identity", "MaxPool",
                                                  "Reshape", "Slice", "SpaceToDepth", "Split", "Squeeze", "Tile", "Transpose", "Unsqueeze"};
    return names.contains(op);
}

auto asks_for_sizes_or_positions(std::string_view op) -> bool { return op == "Shape" || op == "Size" || op == "ArgMax" || op == "ArgMin"; }
auto is_never_negative(std::string_view op) -> bool {
    return op == "Relu" || op == "Sigmoid" || op == "HardSigmoid" || op == "Softmax" || op == "Abs" || op == "Exp";
}
auto is_mean(std::string_view op) -> bool { return op == "AveragePool" || op == "GlobalAveragePool" || op == "ReduceMean"; }

auto rule(const Quantisation& q) -> std::string { return text(q.scale, " * (stored ", q.zero < 0 ? "+ " : "- ", std::abs(q.zero), ")"); }

}  // namespace

QuantisedGraph::QuantisedGraph(OnnxModel& model) : model_(model), graph_(*model.proto.mutable_graph()) {
    for (const auto& initializer : graph_.initializer()) tensors_.emplace(initializer.name(), &initializer), constants_.insert(initializer.name());
    for (auto& input : *graph_.mutable_input())
        if (!constants_.contains(input.name())) inputs_.emplace(input.name(), &input);
    for (const auto& node : graph_.node()) names_.insert(node.output().begin(), node.output().end());
}

auto QuantisedGraph::notes() -> std::vector<std::string> {
    for (const auto& output : graph_.output())
        if (const auto found = stored_.find(output.name()); found != stored_.end()) notes_.push_back(text("output '", output.name(), "' gives reals, ", rule(found->second)));
    if (rounded_ > 0)
        notes_.insert(notes_.begin(), text("the model rounds ", rounded_, rounded_ == 1 ? " tensor" : " tensors",
                                           " to integers; mdl computes the same network in float32, so answers differ by the model's own rounding"));
    return std::move(notes_);
}

void QuantisedGraph::refuse(const std::string& why) const {
    fail(Exit::bad_input, "operator ", node_->op_type(), " (node '", node_->name().empty() ? output() : node_->name(), "') ", why);
}

auto QuantisedGraph::input(int k) const -> const std::string& {
    if (!has(k)) refuse(text("lacks its input ", k, "; the file is damaged"));
    return node_->input(k);
}

auto QuantisedGraph::integer(const char* attribute) const -> std::int64_t { return Attributes(*node_).integer(attribute, 0); }

auto QuantisedGraph::type_of(int k) const -> int {
    const auto found = has(k) ? tensors_.find(node_->input(k)) : tensors_.end();
    return found != tensors_.end() ? found->second->data_type() : static_cast<int>(Type::UINT8);
}

auto QuantisedGraph::number(int k, const char* what) const -> double {
    const auto found = tensors_.find(input(k));
    if (found == tensors_.end()) refuse(text("computes its ", what, "; mdl needs it as a constant of the file: export the float32 model"));
    const Tensor tensor = decode(*found->second, model_.folder);
    if (tensor.count() != 1)
        refuse(text("has ", tensor.count(), " numbers as its ", what, " for a tensor that the network computes; mdl supports one for all: quantise without per_channel activations"));
    return tensor.real(0);
}

auto QuantisedGraph::zero_point(int k) const -> std::int64_t {
    const double zero = has(k) ? number(k, "zero point") : 0;
    if (!(std::abs(zero) <= 65535)) refuse(text("has the zero point ", zero, "; the file is damaged"));
    return static_cast<std::int64_t>(zero);
}

auto QuantisedGraph::quantisation(int k) const -> Quantisation {
    const Quantisation result{static_cast<float>(number(k, "scale")), zero_point(k + 1)};
    if (!(result.scale > 0) || !std::isfinite(result.scale)) refuse(text("has the scale ", result.scale, "; the file is damaged"));
    return result;
}

auto QuantisedGraph::unique(const std::string& wanted) -> std::string {
    std::string name = wanted;
    for (int k = 1; constants_.contains(name) || inputs_.contains(name) || !names_.insert(name).second; ++k) name = text(wanted, '#', k);
    return name;
}

auto QuantisedGraph::emit(const std::string& op, const std::vector<std::string>& inputs, std::string to) -> std::string {
    std::string made = emit_bare(op, inputs, std::move(to));
    auto& node = *graph_.mutable_node(graph_.node_size() - 1);
    *node.mutable_attribute() = node_->attribute();
    note_sign(node);
    return made;
}

auto QuantisedGraph::emit_bare(const std::string& op, const std::vector<std::string>& inputs, std::string to) -> std::string {
    onnx::NodeProto& node = *graph_.add_node();
    node.set_op_type(op);
    node.set_name(node_->name());
    for (const auto& name : inputs) node.add_input(name);
    if (to.empty()) to = unique(output() + " real");
    node.add_output(to);
    if (std::all_of(inputs.begin(), inputs.end(), [&](const auto& name) { return constants_.contains(name); })) constants_.insert(to);
    note_sign(node);
    return to;
}

auto QuantisedGraph::add_constant(const std::string& name, int type) -> onnx::TensorProto& {
    onnx::TensorProto& tensor = *graph_.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    constants_.insert(name);
    tensors_.emplace(name, &tensor);
    return tensor;
}

auto QuantisedGraph::constant(float value) -> std::string {
    const std::string name = unique(output() + " number");
    add_constant(name, Type::FLOAT).add_float_data(value);
    return name;
}

void QuantisedGraph::define(int k, int type, int value) {
    if (output(k).empty()) return;
    onnx::TensorProto& tensor = add_constant(output(k), type);
    if (type == Type::FLOAT) tensor.add_float_data(static_cast<float>(value));
    else tensor.add_int32_data(value);
}

void QuantisedGraph::keep() {
    const Quantisation* first = nullptr;
    bool constant = true;
    for (const auto& name : node_->input()) {
        if (name.empty() || constants_.contains(name)) continue;
        constant = false;
        const auto found = stored_.find(name);
        if (found == stored_.end()) continue;
        if (!moves_elements(node_->op_type()) && !asks_for_sizes_or_positions(node_->op_type()))
            refuse(text("computes with the integers of '", name, "', which mdl takes for the reals that they stand for; put DequantizeLinear before it"));
        if (first != nullptr && !(*first == found->second)) refuse("joins integers of different scales; put DequantizeLinear before it");
        first = &found->second;
    }
    if (first != nullptr && moves_elements(node_->op_type())) {
        const Quantisation same = *first;
        for (const auto& name : node_->output()) stored_.insert_or_assign(name, same);
    }
    if (constant) constants_.insert(node_->output().begin(), node_->output().end());
    note_sign(*node_);
    onnx::NodeProto& node = *graph_.add_node();
    node = std::move(*node_);
    if (node.op_type() != "Constant" || node.output_size() != 1) return;
    for (const auto& attribute : node.attribute())
        if (attribute.name() == "value" && attribute.has_t()) tensors_.emplace(node.output(0), &attribute.t());
}

void QuantisedGraph::note_sign(const onnx::NodeProto& node) {
    bool positive = is_never_negative(node.op_type());
    if (node.op_type() == "Clip") {
        const auto low = node.input_size() > 1 ? tensors_.find(node.input(1)) : tensors_.end();
        const double least = low != tensors_.end() && low->second->float_data_size() + static_cast<int>(low->second->raw_data().size()) > 0
                                 ? decode(*low->second, model_.folder).real(0)
                                 : static_cast<double>(Attributes(node).real("min", -1));
        positive = least >= 0;
    } else if (moves_elements(node.op_type()) || is_mean(node.op_type())) {
        positive = true;
        for (const auto& name : node.input()) positive &= constants_.contains(name) ? node.op_type() != "Concat" : positive_.contains(name);
    }
    if (positive) positive_.insert(node.output().begin(), node.output().end());
}

auto QuantisedGraph::real_constant(int k, const std::string& scale, int zero, int axis) -> std::string {
    std::vector<std::string> inputs{input(k), scale};
    if (has(zero)) inputs.push_back(input(zero));
    std::string name = emit_bare("DequantizeLinear", inputs, unique(input(k) + " real"));
    NodeWriter(graph_.mutable_node(graph_.node_size() - 1)).integer("axis", axis);
    return name;
}

auto QuantisedGraph::real(int k, int axis) -> std::string {
    return is_constant(k) ? real_constant(k, input(k + 1), k + 2, axis) : stored(k, quantisation(k + 1));
}

auto QuantisedGraph::known(int k, Quantisation otherwise) const -> Quantisation {
    const auto found = stored_.find(input(k));
    return found == stored_.end() ? otherwise : found->second;
}

auto QuantisedGraph::stored(int k, const Quantisation& quantisation) -> std::string {
    const std::string& name = input(k);
    if (const auto declared = inputs_.find(name); declared != inputs_.end() && !stored_.contains(name)) {
        auto& tensor = *declared->second->mutable_type()->mutable_tensor_type();
        if (tensor.elem_type() != Type::UINT8 && tensor.elem_type() != Type::INT8)
            refuse(text("reads the input '", name, "', which holds no integers of 8 bits; export the float32 model"));
        tensor.set_elem_type(Type::FLOAT);
        stored_.emplace(name, quantisation);
        notes_.push_back(text("input '", name, "' takes reals, ", rule(quantisation)));
    }
    const auto found = stored_.find(name);
    if (found == stored_.end()) refuse(text("reads '", name, "', of which nothing made integers; export the model again"));
    if (!(found->second == quantisation))
        refuse(text("reads '", name, "' as ", rule(quantisation), ", but it was stored as ", rule(found->second), "; export the float32 model"));
    return name;
}

void QuantisedGraph::store(const std::string& made, const Quantisation& quantisation) {
    emit_bare("Identity", {made}, output());
    stored_.insert_or_assign(output(), quantisation);
    ++rounded_;
}

void QuantisedGraph::store(const std::string& made, int k) {
    if (!has(k)) return static_cast<void>(emit_bare("Identity", {made}, output()));
    const Quantisation quantisation = this->quantisation(k);
    const Range range = range_of(type_of(k + 1));
    if (quantisation.zero != range.least || positive_.contains(made)) return store(made, quantisation);
    const float most = static_cast<float>(static_cast<double>(quantisation.scale) * static_cast<double>(range.most - range.least));
    if (model_.opset >= 11) {
        store(emit_bare("Clip", {made, constant(0), constant(most)}), quantisation);
    } else {
        const std::string cut = emit_bare("Clip", {made});
        NodeWriter(graph_.mutable_node(graph_.node_size() - 1)).real("min", 0).real("max", most);
        positive_.insert(cut);
        store(cut, quantisation);
    }
}

}  // namespace mdl::tool
