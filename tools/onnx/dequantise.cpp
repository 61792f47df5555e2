// mdl: what becomes of each ONNX operator that makes, reads or computes with integers that stand for reals.
// SPDX-License-Identifier: MIT
#include "onnx/dequantise.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "failure.hpp"
#include "onnx/quantised_graph.hpp"

namespace mdl::tool {

namespace {

using Graph = QuantisedGraph;

/// Constants stay nodes, which are folded: a QuantizeLinear is told the type of its integers, which it else gets from its zero point.
void quantise(Graph& graph, onnx::NodeProto& node) {
    if (!graph.is_constant(0)) return graph.store(graph.input(0), 1);
    node.clear_domain();
    if (graph.integer("output_dtype") == 0) {
        auto* const attribute = node.add_attribute();
        attribute->set_name("output_dtype");
        attribute->set_i(graph.type_of(2));
    }
    graph.keep();
}

void dequantise_node(Graph& graph, onnx::NodeProto& node) {
    if (!graph.is_constant(0)) return static_cast<void>(graph.emit_bare("Identity", {graph.stored(0, graph.quantisation(1))}, graph.output()));
    node.clear_domain();
    graph.keep();
}

/// The scale that it computes counts as 1: what is stored is the tensor itself, and the model's own products with the scale stay right.
void quantise_dynamically(Graph& graph) {
    graph.store(graph.input(0), Quantisation{});
    graph.define(1, onnx::TensorProto::FLOAT, 1);
    graph.define(2, onnx::TensorProto::UINT8, 0);
}

/// A product of integers, from which the zero points at inputs 2 and 3 are taken first; `axis` of the constant one that has several.
void multiply(Graph& graph, const std::string& op, int axis) {
    double factor = 1;
    std::vector<std::string> inputs;
    for (const int k : {0, 1}) {
        if (graph.is_constant(k)) {
            inputs.push_back(graph.real_constant(k, graph.constant(1), k + 2, k == 0 ? -2 : axis));
        } else {
            const Quantisation quantisation{graph.known(k, {}).scale, graph.zero_point(k + 2)};
            factor /= static_cast<double>(quantisation.scale);
            inputs.push_back(graph.stored(k, quantisation));
        }
    }
    if (factor == 1) graph.emit(op, inputs, graph.output());
    else graph.emit_bare("Mul", {graph.emit(op, inputs), graph.constant(static_cast<float>(factor))}, graph.output());
}

/// Inputs with a bias of integers at input k, whose scale is the product of the scales of the other two.
auto with_bias(Graph& graph, std::vector<std::string> inputs, int k) -> std::vector<std::string> {
    if (graph.has(k)) inputs.push_back(graph.real_constant(k, graph.emit_bare("Mul", {graph.input(1), graph.input(4)}), -1, 0));
    return inputs;
}

void concat(Graph& graph) {
    std::vector<std::string> inputs;
    for (int k = 2; k < graph.input_count(); k += 3) inputs.push_back(graph.real(k));
    graph.store(graph.emit("Concat", inputs), 0);
}

using Action = std::function<void(Graph&, onnx::NodeProto&)>;

auto unary(const char* op) -> Action {
    return [op](Graph& graph, auto&) { graph.store(graph.emit(op, {graph.real(0)}), 3); };
}

auto binary(const char* op) -> Action {
    return [op](Graph& graph, auto&) { graph.store(graph.emit(op, {graph.real(0), graph.real(3)}), 6); };
}

/// ONNX's own, and those of ONNX Runtime's domain that its quantiser writes.
auto actions() -> const std::map<std::string, Action>& {
    static const std::map<std::string, Action> table{
        {"QuantizeLinear", quantise},
        {"DequantizeLinear", dequantise_node},
        {"DynamicQuantizeLinear", [](Graph& graph, auto&) { quantise_dynamically(graph); }},
        {"ConvInteger", [](Graph& graph, auto&) { multiply(graph, "Conv", 0); }},
        {"MatMulInteger", [](Graph& graph, auto&) { multiply(graph, "MatMul", -1); }},
        {"QLinearConv", [](Graph& graph, auto&) { graph.store(graph.emit("Conv", with_bias(graph, {graph.real(0), graph.real(3, 0)}, 8)), 6); }},
        {"QLinearMatMul", [](Graph& graph, auto&) { graph.store(graph.emit("MatMul", {graph.real(0, -2), graph.real(3, -1)}), 6); }},
        {"QGemm", [](Graph& graph, auto&) { graph.store(graph.emit("Gemm", with_bias(graph, {graph.real(0), graph.real(3, graph.integer("transB") != 0 ? 0 : 1)}, 6)), 7); }},
        {"QLinearConcat", [](Graph& graph, auto&) { concat(graph); }},
        {"QLinearAdd", binary("Add")},
        {"QLinearMul", binary("Mul")},
        {"QLinearAveragePool", unary("AveragePool")},
        {"QLinearGlobalAveragePool", unary("GlobalAveragePool")},
        {"QLinearLeakyRelu", unary("LeakyRelu")},
        {"QLinearSigmoid", unary("Sigmoid")},
        {"QLinearSoftmax", unary("Softmax")},
    };
    return table;
}

/// What ONNX Runtime's operators say besides ONNX's: planes, and the opset that they were written in.
void forget_defaults(onnx::NodeProto& node) {
    auto& attributes = *node.mutable_attribute();
    const auto says_nothing = [](const auto& a) { return (a.name() == "channels_last" && a.i() == 0) || a.name() == "opset"; };
    attributes.erase(std::remove_if(attributes.begin(), attributes.end(), says_nothing), attributes.end());
}

auto action_of(const onnx::NodeProto& node) -> const Action* {
    const bool foreign = !node.domain().empty() && node.domain() != "ai.onnx" && node.domain() != "com.microsoft";
    const auto found = actions().find(node.op_type());
    return foreign || found == actions().end() ? nullptr : &found->second;
}

}  // namespace

auto dequantise(OnnxModel& model) -> std::vector<std::string> {
    const auto& nodes = model.proto.graph().node();
    if (std::none_of(nodes.begin(), nodes.end(), [](const auto& node) { return action_of(node) != nullptr; })) return {};
    QuantisedGraph graph(model);
    graph.rewrite([&](onnx::NodeProto& node) {
        const Action* const action = action_of(node);
        if (action == nullptr) return graph.keep();
        forget_defaults(node);
        try {
            (*action)(graph, node);
        } catch (const Failure& failure) {
            if (std::string(failure.what()).starts_with("operator ")) throw;
            graph.refuse(failure.what());
        }
    });
    return graph.notes();
}

auto dequantised_operators() -> std::set<std::string> {
    std::set<std::string> names;
    for (const auto& [name, action] : actions()) names.insert(name);
    return names;
}

}  // namespace mdl::tool
