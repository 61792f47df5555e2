// mdl: the walk of the reference interpreter over a graph.
// SPDX-License-Identifier: MIT
#include "interpreter/interpreter.hpp"

#include <utility>

#include "failure.hpp"
#include "interpreter/node.hpp"
#include "onnx/element_types.hpp"

namespace mdl::tool {

namespace {

using interpreter::Array;
using Arrays = std::map<std::string, Array>;

auto operators() -> const interpreter::OperatorTable& {
    static const interpreter::OperatorTable table = [] {
        interpreter::OperatorTable all;
        interpreter::add_elementwise(all);
        interpreter::add_windows(all);
        interpreter::add_products(all);
        interpreter::add_statistics(all);
        interpreter::add_rearrangement(all);
        interpreter::add_resizing(all);
        interpreter::add_elements(all);
        interpreter::add_sampling(all);
        interpreter::add_recurrences(all);
        interpreter::add_spectra(all);
        interpreter::add_sums(all);
        interpreter::add_quantised(all);
        return all;
    }();
    return table;
}

/// The tensors of a run, and the weights, which all runs share: in double they are twice the file.
struct Scope {
    const Arrays& weights;
    Arrays arrays{};

    auto find(const std::string& name) const -> const Array* {
        const auto made = arrays.find(name);
        if (made != arrays.end()) return &made->second;
        const auto stored = weights.find(name);
        return stored == weights.end() ? nullptr : &stored->second;
    }
};

void compute(const onnx::NodeProto& proto, Scope& scope, const OnnxModel& model);

/// If: the branch that the condition names, in place.
void take_branch(const onnx::NodeProto& proto, Scope& scope, const OnnxModel& model) {
    const Array* const condition = scope.find(proto.input_size() > 0 ? proto.input(0) : "");
    if (condition == nullptr || condition->values.empty()) fail(Exit::bad_input, "lacks its condition; the file is damaged");
    const char* const name = condition->values[0] != 0 ? "then_branch" : "else_branch";
    for (const auto& attribute : proto.attribute()) {
        if (attribute.name() != name) continue;
        const auto& graph = attribute.g();
        if (graph.output_size() != proto.output_size()) fail(Exit::bad_input, "has a branch with another number of outputs; the file is damaged");
        for (const auto& initializer : graph.initializer()) scope.arrays.insert_or_assign(initializer.name(), Array(decode(initializer, model.folder)));
        for (const auto& inner : graph.node()) compute(inner, scope, model);
        for (int k = 0; k < proto.output_size(); ++k) {
            const Array* const made = scope.find(graph.output(k).name());
            if (made == nullptr) fail(Exit::bad_input, "takes a branch that does not make '", graph.output(k).name(), "'; the file is damaged");
            scope.arrays.insert_or_assign(proto.output(k), Array(*made));
        }
        return;
    }
    fail(Exit::bad_input, "lacks the branch that is taken; the file is damaged");
}

void compute(const onnx::NodeProto& proto, Scope& scope, const OnnxModel& model) {
    const auto fail_at = [&](const char* why) { fail(Exit::bad_input, "operator ", proto.op_type(), " (node '", proto.name(), "') ", why); };
    try {
        if (proto.op_type() == "If") return take_branch(proto, scope, model);
        const auto found = operators().find(proto.op_type());
        if (found == operators().end()) fail(Exit::bad_input, "is not one that the reference interpreter knows; convert without --check");
        std::vector<const Array*> inputs;
        for (const auto& name : proto.input()) {
            const Array* const input = name.empty() ? nullptr : scope.find(name);
            if (!name.empty() && input == nullptr) fail(Exit::bad_input, "reads '", name, "', which nothing before it makes; the file is damaged");
            inputs.push_back(input);
        }
        auto made = found->second(interpreter::Node{proto, std::move(inputs), model.opset, model.folder});
        for (int k = 0; k < proto.output_size() && static_cast<std::size_t>(k) < made.size(); ++k)
            if (!proto.output(k).empty()) scope.arrays.insert_or_assign(proto.output(k), std::move(made[static_cast<std::size_t>(k)]));
    } catch (const Failure& failure) {
        const std::string what = failure.what();
        if (what.starts_with("operator ")) throw;
        fail_at(what.c_str());
    } catch (const std::out_of_range&) {
        fail_at("reads beyond the end of one of its inputs; the file is damaged");
    }
}

}  // namespace

Interpreter::Interpreter(const OnnxModel& model, const std::map<std::string, std::vector<int>>& sizes) : model_(model) {
    const auto& graph = model.proto.graph();
    for (const auto& initializer : graph.initializer())
        constants_.emplace(initializer.name(), Array(decode(initializer, model.folder))).first->second.element = initializer.data_type();
    for (const auto& input : graph.input()) {
        if (constants_.contains(input.name())) continue;
        Dims dims;
        if (const auto given = sizes.find(input.name()); given != sizes.end()) dims.assign(given->second.begin(), given->second.end());
        else
            for (const auto& dim : input.type().tensor_type().shape().dim()) dims.push_back(dim.dim_value() > 0 ? dim.dim_value() : 1);
        const auto type = input.type().tensor_type().elem_type();
        inputs_.emplace(input.name(), Array(std::move(dims), !is_real(type))).first->second.element = type;
    }
}

auto Interpreter::run(const std::map<std::string, std::vector<double>>& inputs) const -> Arrays {
    Scope scope{constants_, inputs_};
    for (const auto& [name, values] : inputs) {
        const auto input = scope.arrays.find(name);
        if (input == scope.arrays.end()) continue;
        if (values.size() != input->second.values.size())
            fail(Exit::bad_input, "input '", name, "' of shape ", to_text(input->second.dims), " was given ", values.size(), " numbers");
        input->second.values.assign(values.begin(), values.end());
    }
    for (const auto& node : model_.proto.graph().node()) compute(node, scope, model_);
    for (const auto& output : model_.proto.graph().output())
        if (const auto stored = constants_.find(output.name()); stored != constants_.end()) scope.arrays.insert(*stored);
    return std::move(scope.arrays);
}

auto interpreted_operators() -> std::vector<std::string> {
    std::vector<std::string> names;
    for (const auto& [name, function] : operators()) names.push_back(name);
    return names;
}

}  // namespace mdl::tool
