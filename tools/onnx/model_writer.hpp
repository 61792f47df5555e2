// mdl: writing of ONNX models in memory, for readers of other formats.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "onnx.pb.h"
#include "onnx/tensor.hpp"

namespace mdl::tool {

/// Gives attributes to a node.
class NodeWriter {
public:
    explicit NodeWriter(onnx::NodeProto* node) : node_(node) {}
    auto integer(const std::string& name, std::int64_t value) -> NodeWriter& {
        auto* const attribute = add(name, onnx::AttributeProto::INT);
        return attribute->set_i(value), *this;
    }
    auto real(const std::string& name, float value) -> NodeWriter& {
        auto* const attribute = add(name, onnx::AttributeProto::FLOAT);
        return attribute->set_f(value), *this;
    }
    auto string(const std::string& name, const std::string& value) -> NodeWriter& {
        auto* const attribute = add(name, onnx::AttributeProto::STRING);
        return attribute->set_s(value), *this;
    }
    auto integers(const std::string& name, const Dims& values) -> NodeWriter& {
        auto* const attribute = add(name, onnx::AttributeProto::INTS);
        for (const auto value : values) attribute->add_ints(value);
        return *this;
    }
    auto output(int k = 0) const -> const std::string& { return node_->output(k); }

private:
    auto add(const std::string& name, onnx::AttributeProto::AttributeType type) -> onnx::AttributeProto* {
        auto* const attribute = node_->add_attribute();
        attribute->set_name(name);
        attribute->set_type(type);
        return attribute;
    }
    onnx::NodeProto* node_;
};

/// What a reader calls a tensor, and the ONNX tensor that holds it.
struct NamedOutput {
    std::string name{}, tensor{};
};

/// Tensors are named by the writer: by the node's name and a number.
class ModelWriter {
public:
    explicit ModelWriter(int opset) { proto_.add_opset_import()->set_version(opset); }

    /// Keeps a name for an input or output: no tensor in between gets it. False where it was taken.
    auto reserve(const std::string& name) -> bool { return used_.insert(name).second; }
    /// A float32 input. Returns its tensor, which has its name.
    auto input(const std::string& name, const Dims& dims) -> std::string;
    auto floats(const std::string& name, const Dims& dims, google::protobuf::RepeatedField<float> values) -> std::string;
    auto integers(const std::string& name, const Dims& values) -> std::string { return integers(name, {static_cast<std::int64_t>(values.size())}, values); }
    auto integers(const std::string& name, const Dims& dims, const std::vector<std::int64_t>& values) -> std::string;
    auto node(const std::string& op, const std::string& name, const std::vector<std::string>& inputs, int outputs = 1) -> NodeWriter;
    /// The model, its outputs named as wanted. Two outputs may be one tensor, and an output may be an input or a constant.
    auto finish(const std::vector<NamedOutput>& outputs) -> onnx::ModelProto;

private:
    auto unique(const std::string& name) -> std::string;

    onnx::ModelProto proto_{};
    std::unordered_set<std::string> used_{};
    std::unordered_map<std::string, int> next_{};  ///< number, for each name
    std::unordered_set<std::string> made_{};       ///< by nodes
};

}  // namespace mdl::tool
