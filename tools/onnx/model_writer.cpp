// mdl: inputs, constants and nodes of a model that is written in memory, and the names of its outputs.
// SPDX-License-Identifier: MIT
#include "onnx/model_writer.hpp"

namespace mdl::tool {

auto ModelWriter::unique(const std::string& name) -> std::string {
    int& next = next_[name];
    std::string result;
    do result = name + ":" + std::to_string(next++);
    while (!used_.insert(result).second);
    return result;
}

auto ModelWriter::input(const std::string& name, const Dims& dims) -> std::string {
    reserve(name);
    auto* const value = proto_.mutable_graph()->add_input();
    value->set_name(name);
    auto* const tensor = value->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(onnx::TensorProto::FLOAT);
    for (const auto dim : dims) tensor->mutable_shape()->add_dim()->set_dim_value(dim);
    return name;
}

auto ModelWriter::floats(const std::string& name, const Dims& dims, google::protobuf::RepeatedField<float> values) -> std::string {
    auto* const tensor = proto_.mutable_graph()->add_initializer();
    tensor->set_name(unique(name));
    tensor->set_data_type(onnx::TensorProto::FLOAT);
    for (const auto dim : dims) tensor->add_dims(dim);
    tensor->mutable_float_data()->Swap(&values);
    return tensor->name();
}

auto ModelWriter::integers(const std::string& name, const Dims& dims, const std::vector<std::int64_t>& values) -> std::string {
    auto* const tensor = proto_.mutable_graph()->add_initializer();
    tensor->set_name(unique(name));
    tensor->set_data_type(onnx::TensorProto::INT64);
    for (const auto dim : dims) tensor->add_dims(dim);
    for (const auto value : values) tensor->add_int64_data(value);
    return tensor->name();
}

auto ModelWriter::node(const std::string& op, const std::string& name, const std::vector<std::string>& inputs, int outputs) -> NodeWriter {
    auto* const node = proto_.mutable_graph()->add_node();
    node->set_op_type(op);
    node->set_name(name);
    for (const auto& input : inputs) node->add_input(input);
    for (int k = 0; k < outputs; ++k) {
        node->add_output(unique(name));
        made_.insert(node->output(k));
    }
    return NodeWriter(node);
}

auto ModelWriter::finish(const std::vector<NamedOutput>& outputs) -> onnx::ModelProto {
    std::unordered_map<std::string, std::string> renamed;
    std::vector<NamedOutput> copies;
    for (const auto& output : outputs) {
        proto_.mutable_graph()->add_output()->set_name(output.name);
        if (!made_.contains(output.tensor) || !renamed.emplace(output.tensor, output.name).second) copies.push_back(output);
    }
    const auto rename = [&](std::string& name) {
        if (const auto found = renamed.find(name); found != renamed.end()) name = found->second;
    };
    for (auto& node : *proto_.mutable_graph()->mutable_node()) {
        for (auto& name : *node.mutable_input()) rename(name);
        for (auto& name : *node.mutable_output()) rename(name);
    }
    for (auto& copy : copies) {
        rename(copy.tensor);
        auto* const node = proto_.mutable_graph()->add_node();
        node->set_op_type("Identity");
        node->set_name(copy.name);
        node->add_input(copy.tensor);
        node->add_output(copy.name);
    }
    return std::move(proto_);
}

}  // namespace mdl::tool
