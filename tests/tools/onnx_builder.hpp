// mdl: small ONNX models made in tests, and what the importer makes of them in a line of text.
// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "codegen/header.hpp"
#include "codegen/layer_text.hpp"
#include "codegen/structure.hpp"
#include "failure.hpp"
#include "onnx/importer.hpp"
#include "onnx/model_writer.hpp"

namespace mdl::tool::test {

class ModelBuilder {
public:
    explicit ModelBuilder(int opset = 13) { proto.add_opset_import()->set_version(opset); }

    onnx::ModelProto proto{};

    auto input(const std::string& name, std::initializer_list<std::int64_t> dims) -> ModelBuilder& {
        auto* const value = proto.mutable_graph()->add_input();
        value->set_name(name);
        auto* const tensor = value->mutable_type()->mutable_tensor_type();
        tensor->set_elem_type(onnx::TensorProto::FLOAT);
        for (const auto dim : dims) {
            auto* const added = tensor->mutable_shape()->add_dim();
            if (dim > 0) added->set_dim_value(dim);
            else added->set_dim_param("unknown");
        }
        return *this;
    }
    auto output(const std::string& name) -> ModelBuilder& {
        proto.mutable_graph()->add_output()->set_name(name);
        return *this;
    }
    auto floats(const std::string& name, std::initializer_list<std::int64_t> dims, const std::vector<float>& values)
        -> ModelBuilder& {
        auto* const tensor = add_tensor(name, dims, onnx::TensorProto::FLOAT);
        for (const auto value : values) tensor->add_float_data(value);
        return *this;
    }
    /// Weights that differ from each other.
    auto weights(const std::string& name, std::initializer_list<std::int64_t> dims) -> ModelBuilder& {
        std::int64_t count = 1;
        for (const auto dim : dims) count *= dim;
        std::vector<float> values;
        for (std::int64_t i = 0; i < count; ++i) values.push_back(static_cast<float>((i * 7 + 3) % 11) / 8 - 0.5f);
        return floats(name, dims, values);
    }
    auto integers(const std::string& name, std::initializer_list<std::int64_t> values) -> ModelBuilder& {
        return integers(name, {static_cast<std::int64_t>(values.size())}, values);
    }
    auto integers(const std::string& name, std::initializer_list<std::int64_t> dims, std::initializer_list<std::int64_t> values) -> ModelBuilder& {
        auto* const tensor = add_tensor(name, dims, onnx::TensorProto::INT64);
        for (const auto value : values) tensor->add_int64_data(value);
        return *this;
    }
    auto node(const std::string& op, std::initializer_list<std::string> inputs, std::initializer_list<std::string> outputs)
        -> NodeWriter {
        auto* const added = proto.mutable_graph()->add_node();
        added->set_op_type(op);
        for (const auto& name : inputs) added->add_input(name);
        for (const auto& name : outputs) added->add_output(name);
        return NodeWriter(added);
    }

    auto import(const ImportOptions& options = {}) const -> Network { return import_onnx(check_onnx(proto, {}), options); }
    /// The layers after the inputs, as C++, without "mdl::": "Conv<8>; Relu".
    auto layers() const -> std::string {
        const Network network = import();
        std::string result;
        for (const auto& layer : network.layers) {
            if (layer.operation.op == Op::input) continue;
            std::string text = layer_text(layer.operation);
            for (std::size_t at = text.find("mdl::"); at != std::string::npos; at = text.find("mdl::")) text.erase(at, 5);
            result += (result.empty() ? "" : "; ") + text;
        }
        return result;
    }
    /// The generated header's type, comments and indentation removed.
    auto type() const -> std::string {
        Network network = import();
        const Structure structure = arrange(network);
        const std::string header = header_text(network, structure, "test.onnx");
        std::string result;
        for (std::size_t begin = header.find("struct "); begin < header.size();) {
            const std::size_t end = header.find('\n', begin);
            std::string line = header.substr(begin, end - begin);
            line = line.substr(0, line.find("  // "));
            const std::size_t text = line.find_first_not_of(' ');
            if (text != std::string::npos) result += (result.empty() || result.back() == '<' ? "" : " ") + line.substr(text);
            begin = end + 1;
        }
        for (std::size_t at = result.find("mdl::"); at != std::string::npos; at = result.find("mdl::")) result.erase(at, 5);
        return result;
    }
    /// The message with which the model is refused, or "".
    auto refusal() const -> std::string {
        try {
            static_cast<void>(import());
        } catch (const Failure& failure) {
            return failure.what();
        }
        return {};
    }

private:
    auto add_tensor(const std::string& name, std::initializer_list<std::int64_t> dims, onnx::TensorProto::DataType type)
        -> onnx::TensorProto* {
        auto* const tensor = proto.mutable_graph()->add_initializer();
        tensor->set_name(name);
        tensor->set_data_type(type);
        for (const auto dim : dims) tensor->add_dims(dim);
        return tensor;
    }
};

}  // namespace mdl::tool::test
