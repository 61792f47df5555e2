// mdl: the walk over an ONNX graph.
// SPDX-License-Identifier: MIT
#include "onnx/importer.hpp"

#include <algorithm>
#include <unordered_map>

#include "codegen/run_graph.hpp"
#include "failure.hpp"
#include "onnx/advice.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"
#include "onnx/element_types.hpp"
#include "onnx/input_shapes.hpp"
#include "onnx/patterns.hpp"

namespace mdl::tool {

namespace {

class Importer {
public:
    Importer(OnnxModel model, const ImportOptions& options) : model_(std::move(model)), options_(options) {}

    auto run() -> Network {
        read_initializers();
        add_inputs();
        for (const auto& node : model_.proto.graph().node()) lower(node);
        for (const auto& output : model_.proto.graph().output()) add_output(output.name());
        if (network_.outputs.empty()) fail(Exit::bad_input, "the model has no output; export it again");
        const auto declared = network_.inputs;
        recognise_patterns(network_);
        if (network_.inputs.empty()) fail(Exit::bad_input, "no output depends on an input: everything that the model gives is constant");
        for (const auto& input : declared) {
            const auto same = [&](const NamedTensor& kept) { return kept.name == input.name; };
            if (std::none_of(network_.inputs.begin(), network_.inputs.end(), same)) network_.unread_inputs.push_back(input.name);
        }
        return std::move(network_);
    }

private:
    void read_initializers() {
        auto* graph = model_.proto.mutable_graph();
        for (auto& initializer : *graph->mutable_initializer()) {
            Tensor tensor = decode(initializer, model_.folder);
            room_ += 4 * tensor.count();
            define(initializer.name(), std::move(tensor));
            initializer.Clear();  // a VGG's weights should not lie in memory twice
        }
    }

    void define(const std::string& name, Value value) {
        if (name.empty()) return;
        if (const auto* const computed = std::get_if<Computed>(&value); computed != nullptr && network_.at(computed->layer).tensor.empty())
            network_.at(computed->layer).tensor = name;
        if (!values_.emplace(name, std::move(value)).second)
            fail(Exit::bad_input, "the tensor '", name, "' is made twice; the file is damaged");
    }

    void add_inputs() {
        std::vector<const onnx::ValueInfoProto*> inputs;
        for (const auto& input : model_.proto.graph().input())
            if (!values_.contains(input.name())) inputs.push_back(&input);
        if (inputs.empty()) fail(Exit::bad_input, "the model has no input: everything in it is constant");
        for (const auto* const input : inputs) check_type(*input);
        const auto shapes = input_shapes(inputs, options_.shapes);
        for (const auto* const input : inputs) {
            Layer layer;
            layer.operation.op = Op::input;
            layer.operation.dims = shapes.at(input->name());
            layer.name = input->name();
            const int number = append(network_, std::move(layer));
            network_.inputs.push_back({input->name(), number});
            define(input->name(), Computed{number, input->type().tensor_type().elem_type()});
        }
    }

    static void check_type(const onnx::ValueInfoProto& input) {
        const auto& type = input.type();
        if (!type.has_tensor_type()) fail(Exit::bad_input, "input '", input.name(), "' is not a tensor; mdl supports tensors only");
        if (!is_input_element(type.tensor_type().elem_type()))
            fail(Exit::bad_input, "input '", input.name(), "' is not float32 (ONNX element type ", type.tensor_type().elem_type(),
                 "); export the model in float32");
    }

    void add_output(const std::string& name) {
        const auto found = values_.find(name);
        if (const auto missing = missing_.find(name); missing != missing_.end())
            fail(Exit::bad_input, "the output '", name, "' is a further output of ", missing->second,
                 " that mdl does not compute; remove it from the model's outputs");
        if (found == values_.end()) fail(Exit::bad_input, "nothing makes the output '", name, "'; the file is damaged");
        if (const auto* constant = std::get_if<Tensor>(&found->second)) return add_constant_output(name, *constant);
        network_.outputs.push_back({name, std::get<Computed>(found->second).layer});
    }

    /// What does not depend on the input may be an output all the same, as the prior boxes of a detector.
    void add_constant_output(const std::string& name, const Tensor& constant) {
        if (!constant.is_float()) fail(Exit::bad_input, "the output '", name, "' is a constant of integers; remove it from the model's outputs");
        Layer layer;
        layer.operation.op = Op::constant;
        layer.operation.dims = constant.dims.empty() ? Shape{1} : to_shape(constant.dims);
        layer.weights = {constant.floats};
        layer.name = name;
        network_.outputs.push_back({name, append(network_, std::move(layer))});
    }

    void lower(const onnx::NodeProto& node) {
        // The passes over a network take time with the square of its layers.
        if (network_.layers.size() > 2 * std::size_t{RunGraph::node_capacity})
            fail(Exit::bad_input, "the network has more than ", network_.layers.size(), " layers; mdl compiles at most ", RunGraph::node_capacity);
        std::vector<const Value*> inputs;
        std::vector<const Tensor*> constants;
        for (const auto& name : node.input()) {
            const auto found = values_.find(name);
            if (const auto missing = missing_.find(name); missing != missing_.end())
                fail(Exit::bad_input, "operator ", node.op_type(), " (node '", node.name(), "') reads '", name,
                     "', a further output of ", missing->second, " that mdl does not compute; export the model for inference");
            if (!name.empty() && found == values_.end())
                fail(Exit::bad_input, "operator ", node.op_type(), " (node '", node.name(), "') reads '", name,
                     "', which nothing before it makes; the file is damaged");
            inputs.push_back(name.empty() ? nullptr : &found->second);
            constants.push_back(name.empty() ? nullptr : std::get_if<Tensor>(&found->second));
        }
        Call call(network_, node, std::move(inputs), model_.opset);
        if (fold(node, call, constants)) return;
        if (node.op_type() == "If") return take_branch(node, call);
        const bool standard = node.domain().empty() || node.domain() == "ai.onnx";
        const auto lowering = lowerings().find(node.op_type());
        if (!standard || lowering == lowerings().end()) refuse_unknown(call, standard);
        for (const auto& attribute : node.attribute())
            if (attribute.has_ref_attr_name())
                call.refuse("takes an attribute from a function's caller; export with functions inlined");
        try {
            lowering->second(call);
        } catch (const Failure& failure) {
            const std::string what = failure.what();
            if (what.starts_with("operator ")) throw;
            call.refuse(what);
        }
        if (const auto unread = call.attributes.unread(); !unread.empty())
            call.refuse(text("has an attribute '", unread, "' that mdl does not know; export with a standard opset from ",
                             oldest_opset, " to ", newest_opset));
        for (int k = 0; k < node.output_size(); ++k) {
            const auto result = call.results().find(k);
            if (result != call.results().end()) define(node.output(k), result->second);
            else if (!node.output(k).empty()) missing_.emplace(node.output(k), text(node.op_type(), " (node '", call.name(), "')"));
        }
    }

    /// A condition that the shapes decide leaves one branch, whose nodes are lowered in the If's place.
    void take_branch(const onnx::NodeProto& node, Call& call) {
        if (!call.is_constant(0))
            call.refuse("takes one of two branches by what it computes, which mdl does not support; export the model with the branch that is taken");
        const Tensor& condition = call.constant(0, "condition");
        if (condition.count() != 1) call.refuse("has a condition that is not one value; the model is wrong");
        const auto* const branch = call.attributes.find(condition.real(0) != 0 ? "then_branch" : "else_branch");
        if (branch == nullptr || !branch->has_g() || branch->g().output_size() != node.output_size()) call.refuse("lacks the branch that is taken; the file is damaged");
        for (const auto& initializer : branch->g().initializer()) define(initializer.name(), decode(initializer, model_.folder));
        for (const auto& inner : branch->g().node()) lower(inner);
        for (int k = 0; k < node.output_size(); ++k) {
            const auto made = values_.find(branch->g().output(k).name());
            if (made == values_.end()) call.refuse(text("takes a branch that does not make '", branch->g().output(k).name(), "'; the file is damaged"));
            define(node.output(k), made->second);
        }
    }

    /// Shape and Size need only the shape of a computed tensor; everything else is folded where all inputs are constants.
    auto fold(const onnx::NodeProto& node, Call& call, std::vector<const Tensor*> constants) -> bool {
        Tensor stand_in;
        if ((node.op_type() == "Shape" || node.op_type() == "Size") && call.has(0) && !call.is_constant(0)) {
            stand_in.dims = to_dims(call.shape(0));
            constants[0] = &stand_in;
        }
        for (std::size_t k = 0; k < constants.size(); ++k)
            if (constants[k] == nullptr && call.has(static_cast<int>(k))) return false;
        try {
            auto folded = fold_constants(node, call.attributes, constants, model_.opset, model_.folder, room_);
            if (!folded) return false;
            for (const Tensor& made : *folded) account(node, call, made, constants);
            if (const auto unread = call.attributes.unread(); !unread.empty())
                call.refuse(text("has an attribute '", unread, "' that mdl does not know"));
            for (int k = 0; k < node.output_size(); ++k) define(node.output(k), std::move((*folded)[static_cast<std::size_t>(k)]));
        } catch (const Failure& failure) {
            const std::string what = failure.what();
            if (what.starts_with("operator ")) throw;
            call.refuse(what);
        }
        return true;
    }

    /// What is computed may take some times the room of the file's own constants, however many nodes compute it.
    void account(const onnx::NodeProto& node, const Call& call, const Tensor& made, const std::vector<const Tensor*>& inputs) {
        if (node.op_type() == "Constant") {
            room_ += 4 * made.count();
            return;
        }
        for (const Tensor* const input : inputs)
            if (made.is_float() && input != nullptr && input->floats == made.floats) return;
        if (made.count() > room_) call.refuse("makes one constant too many: all together are too large for a phone; cut the network before it");
        room_ -= made.count();
    }

    [[noreturn]] static void refuse_unknown(const Call& call, bool standard) {
        if (!standard)
            call.refuse(text("belongs to '", call.node().domain(),
                             "', not to ONNX's own operators; export the model without custom operators"));
        call.refuse(advice_about(call.node().op_type()));
    }

    OnnxModel model_;
    const ImportOptions& options_;
    Network network_{};
    std::unordered_map<std::string, Value> values_{};
    std::int64_t room_ = most_computed;  ///< elements that constants may still take
    std::unordered_map<std::string, std::string> missing_{};  ///< outputs that are not computed, and the node that has them
};

}  // namespace

auto import_onnx(OnnxModel model, const ImportOptions& options) -> Network { return Importer(std::move(model), options).run(); }

}  // namespace mdl::tool
