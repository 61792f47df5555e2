// mdl: ONNX's rules of element types, and what to tell of those that are not float32.
// SPDX-License-Identifier: MIT
#include "onnx/element_types.hpp"

#include <set>
#include <string_view>
#include <unordered_map>

#include "failure.hpp"

namespace mdl::tool {

namespace {

using Type = onnx::TensorProto;

auto gives_truth(std::string_view op) -> bool {
    static const std::set<std::string_view> names{"And", "Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual", "Not", "Or", "Xor"};
    return names.contains(op);
}

auto gives_positions(std::string_view op, int k) -> bool { return op == "ArgMax" || op == "ArgMin" || (k == 1 && (op == "TopK" || op == "MaxPool")); }

/// The input that has the type of all results.
auto typed_input(std::string_view op) -> std::size_t { return op == "Where" ? 1 : op == "OneHot" ? 2 : 0; }

auto half_name(int element) -> std::string_view { return element == Type::FLOAT16 ? "float16" : element == Type::BFLOAT16 ? "bfloat16" : ""; }

auto input_note(int element) -> std::string_view {
    switch (element) {
        case Type::BOOL: return "holds truth values; give them as floats, 1 and 0";
        case Type::INT8: case Type::UINT8: case Type::INT16: case Type::UINT16: return "holds integers; give them as floats";
        case Type::INT32: case Type::UINT32: case Type::INT64: case Type::UINT64: return "holds integers; give them as floats, which are exact up to 2^24";
        default: return {};
    }
}

/// The first type of half precision that a computed tensor has. Weights may be stored in one and cast.
auto computed_half(const onnx::GraphProto& graph, std::unordered_map<std::string, int> computed) -> std::string_view {
    for (const auto& [name, element] : computed)
        if (!half_name(element).empty()) return half_name(element);
    for (const auto& node : graph.node()) {
        if (node.op_type() == "Shape" || node.op_type() == "Size") continue;
        std::vector<int> inputs;
        bool constant = true;
        for (const auto& name : node.input()) {
            const auto found = computed.find(name);
            constant &= found == computed.end();
            inputs.push_back(found == computed.end() ? static_cast<int>(Type::FLOAT) : found->second);
        }
        if (constant) continue;
        for (int k = 0; k < node.output_size(); ++k) {
            const int element = result_element(node, k, inputs);
            if (!half_name(element).empty()) return half_name(element);
            if (!node.output(k).empty()) computed[node.output(k)] = element;
        }
    }
    return {};
}

}  // namespace

auto is_real(int element) -> bool { return element == Type::FLOAT || element == Type::DOUBLE || !half_name(element).empty(); }

auto is_input_element(int element) -> bool { return element == Type::FLOAT || !half_name(element).empty() || !input_note(element).empty(); }

auto input_element(const onnx::ModelProto& model, const std::string& name) -> int {
    for (const auto& input : model.graph().input())
        if (input.name() == name) return input.type().tensor_type().elem_type();
    return Type::FLOAT;
}

auto result_element(const onnx::NodeProto& node, int k, const std::vector<int>& inputs) -> int {
    if (gives_truth(node.op_type())) return Type::BOOL;
    if (gives_positions(node.op_type(), k)) return Type::INT64;
    if (node.op_type() == "Cast")
        for (const auto& attribute : node.attribute())
            if (attribute.name() == "to") return static_cast<int>(attribute.i());
    const std::size_t typed = typed_input(node.op_type());
    return typed < inputs.size() ? inputs[typed] : static_cast<int>(Type::FLOAT);
}

auto element_notes(const onnx::ModelProto& model) -> std::vector<std::string> {
    const auto& graph = model.graph();
    std::set<std::string_view> constants, read;
    for (const auto& initializer : graph.initializer()) constants.insert(initializer.name());
    for (const auto& node : graph.node()) read.insert(node.input().begin(), node.input().end());
    std::vector<std::string> notes;
    std::unordered_map<std::string, int> computed;
    for (const auto& input : graph.input()) {
        if (constants.contains(input.name())) continue;
        const int element = input.type().tensor_type().elem_type();
        computed[input.name()] = element;
        if (const auto note = input_note(element); !note.empty() && read.contains(input.name())) notes.push_back(text("input '", input.name(), "' ", note));
    }
    if (const auto half = computed_half(graph, std::move(computed)); !half.empty())
        notes.push_back(text("the model computes in ", half, "; mdl computes the same network in float32, so answers differ by the model's own rounding"));
    return notes;
}

}  // namespace mdl::tool
