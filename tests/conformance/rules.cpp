// mdl: the table of rules, and what they ask of a test.
// SPDX-License-Identifier: MIT
#include "conformance/rules.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "failure.hpp"

namespace mdl::conformance {

namespace {

using Names = std::set<std::string_view>;
using Proto = onnx::TensorProto;

/// The first of an operator's inputs that are no data: it and all behind it.
auto first_parameter(std::string_view op) -> int {
    static const std::map<std::string_view, int> first{
        {"BatchNormalization", 1}, {"Clip", 1}, {"Compress", 1}, {"Conv", 1}, {"ConvInteger", 1}, {"ConvTranspose", 1}, {"CumSum", 1}, {"DFT", 1},
        {"DequantizeLinear", 1}, {"Dropout", 1}, {"Expand", 1}, {"GRU", 1}, {"Gather", 1}, {"GatherElements", 1}, {"GatherND", 1}, {"Gemm", 1},
        {"GroupNormalization", 1}, {"InstanceNormalization", 1}, {"LSTM", 1}, {"LayerNormalization", 1}, {"LpPool", 1}, {"MaxUnpool", 1},
        {"OneHot", 1}, {"PRelu", 1}, {"Pad", 1}, {"QuantizeLinear", 1}, {"RNN", 1}, {"Reshape", 1}, {"Resize", 1}, {"ReverseSequence", 1},
        {"STFT", 1}, {"Slice", 1}, {"Split", 1}, {"Squeeze", 1}, {"Tile", 1}, {"TopK", 1}, {"Trilu", 1}, {"Unsqueeze", 1}, {"Upsample", 1},
        {"NonMaxSuppression", 2}, {"RoiAlign", 2},
    };
    if (op.starts_with("Reduce")) return 1;
    const auto found = first.find(op);
    return found == first.end() ? 1 << 20 : found->second;
}

/// Operators of which an input in the middle, not the last ones, is a parameter.
auto is_parameter(const onnx::NodeProto& node, int k) -> bool {
    if (node.op_type() == "Where") return k == 0;
    if (node.op_type() == "ScatterElements" || node.op_type() == "ScatterND" || node.op_type() == "Scatter") return k == 1;
    return k >= first_parameter(node.op_type());
}

auto uses(const Case& test, const Names& operators) -> bool {
    const auto& nodes = test.model.graph().node();
    return std::any_of(nodes.begin(), nodes.end(), [&](const auto& node) { return operators.contains(node.op_type()); });
}

auto element(const onnx::ValueInfoProto& value) -> int {
    return value.type().has_tensor_type() ? value.type().tensor_type().elem_type() : static_cast<int>(Proto::UNDEFINED);
}

auto control_flow(const Case& test) -> bool {
    const auto no_tensor = [](const auto& value) { return !value.type().has_tensor_type(); };
    const auto& graph = test.model.graph();
    return uses(test, {"If", "Loop", "Scan", "SequenceMap"}) || std::any_of(graph.input().begin(), graph.input().end(), no_tensor) ||
           std::any_of(graph.output().begin(), graph.output().end(), no_tensor);
}

/// The recorded value of a parameter that switches training on.
auto switches_training(const Case& test, const onnx::NodeProto& node) -> bool {
    for (const auto& attribute : node.attribute())
        if (attribute.name() == "training_mode" && attribute.i() != 0) return true;
    if (node.op_type() != "Dropout") return false;
    if (node.output_size() > 1 && !node.output(1).empty()) return true;  // what was dropped is of use to the gradient only
    for (std::size_t k = 0; k < test.inputs.size(); ++k)
        if (node.input_size() > 2 && test.model.graph().input(static_cast<int>(k)).name() == node.input(2))
            return tool::decode(test.inputs[k], {}).real(0) != 0;
    return false;
}

auto training(const Case& test) -> bool {
    for (const auto& import : test.model.opset_import())
        if (import.domain() == "ai.onnx.preview.training") return true;
    if (uses(test, {"SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"})) return true;
    const auto& nodes = test.model.graph().node();
    return std::any_of(nodes.begin(), nodes.end(), [&](const auto& node) { return switches_training(test, node); });
}

auto random(const Case& test) -> bool { return uses(test, {"Bernoulli", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial"}); }

auto shape_of_data(const Case& test) -> bool { return uses(test, {"Compress", "NonMaxSuppression", "NonZero", "Range", "Unique"}); }

auto linear_algebra(const Case& test) -> bool { return uses(test, {"Det"}); }

auto is_empty(const onnx::ValueInfoProto& value) -> bool {
    const auto& dims = value.type().tensor_type().shape().dim();
    return std::any_of(dims.begin(), dims.end(), [](const auto& dim) { return dim.has_dim_value() && dim.dim_value() == 0; });
}

auto empty_tensors(const Case& test) -> bool {
    const auto& graph = test.model.graph();
    for (int k = 0; k < graph.input_size(); ++k)
        if (!is_parameter(test, k) && is_empty(graph.input(k))) return true;
    return std::any_of(graph.output().begin(), graph.output().end(), is_empty);
}

/// Data and results are float32; positions and truth values, which mdl gives as floats, may be integers.
auto other_types(const Case& test) -> bool {
    const auto& graph = test.model.graph();
    for (int k = 0; k < graph.input_size(); ++k)
        if (!is_parameter(test, k) && element(graph.input(k)) != Proto::FLOAT) return true;
    const auto foreign = [](const auto& value) {
        const int type = element(value);
        return type != Proto::FLOAT && type != Proto::INT64 && type != Proto::BOOL;
    };
    if (std::any_of(graph.output().begin(), graph.output().end(), foreign)) return true;
    const auto& nodes = graph.node();
    return std::any_of(nodes.begin(), nodes.end(), [](const auto& node) {
        return Names{"CastLike", "ConvInteger", "DequantizeLinear", "DynamicQuantizeLinear", "MatMulInteger", "QLinearConv", "QLinearMatMul",
                     "QuantizeLinear"}.contains(node.op_type());
    });
}

/// Does no result depend on a number of the data? Operators that look at a shape alone end the way.
auto constant_results(const Case& test) -> bool {
    const auto& graph = test.model.graph();
    std::set<std::string> computed;
    for (int k = 0; k < graph.input_size(); ++k)
        if (!is_parameter(test, k)) computed.insert(graph.input(k).name());
    for (const auto& node : graph.node()) {
        if (Names{"EyeLike", "Shape", "Size"}.contains(node.op_type())) continue;
        if (std::any_of(node.input().begin(), node.input().end(), [&](const auto& name) { return computed.contains(name); }))
            computed.insert(node.output().begin(), node.output().end());
    }
    return std::none_of(graph.output().begin(), graph.output().end(), [&](const auto& value) { return computed.contains(value.name()); });
}

}  // namespace

auto is_parameter(const Case& test, int k) -> bool {
    const std::string& name = test.model.graph().input(k).name();
    bool read = false;
    for (const auto& node : test.model.graph().node())
        for (int i = 0; i < node.input_size(); ++i) {
            if (node.input(i) != name) continue;
            if (!is_parameter(node, i)) return false;
            read = true;
        }
    return read;
}

auto rules() -> const std::vector<Rule>& {
    static const std::vector<Rule> table{
        {"control flow", "branches, loops, sequences and optional values; mdl's networks are graphs of tensors", &control_flow},
        {"training", "losses, optimisers, statistics of a batch, masks of dropout", &training},
        {"random", "draws random numbers, so that no result is recorded to compare with", &random},
        {"shape decided by data", "how much comes out depends on the numbers that go in", &shape_of_data},
        {"constant results", "nothing is left to compute once shapes are known", &constant_results},
        {"type not float32", "data or results are of another type than float32 (positions and truth values excepted)", &other_types},
        {"linear algebra", "determinants of matrices, which networks do not compute", &linear_algebra},
        {"empty tensors", "a tensor without elements", &empty_tensors},
    };
    return table;
}

auto excluding_rule(const Case& test) -> const Rule* {
    for (const Rule& rule : rules())
        if (rule.excludes(test)) return &rule;
    return nullptr;
}

}  // namespace mdl::conformance
