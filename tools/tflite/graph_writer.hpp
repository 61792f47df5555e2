// mdl: writes an ONNX graph node by node, and computes at once what depends on constants alone.
// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "onnx/model_writer.hpp"
#include "onnx/tensor.hpp"

namespace mdl::tool::tflite_reader {

struct Attribute {
    std::string name{};
    std::variant<std::int64_t, float, std::string, Dims> value{};
};

/// Tensors and constants go by names that the writer gives.
class GraphWriter {
public:
    GraphWriter();

    /// `wanted`, or that with a number behind it where it is taken: a name for an input or output.
    auto unique(const std::string& wanted) -> std::string;
    auto input(const std::string& name, const Dims& dims) -> std::string { return model_.input(name, dims); }
    /// A constant; it becomes part of the model when a node reads it.
    auto constant(Tensor value, const std::string& name) -> std::string;
    /// The constant of that name, or null where it is computed.
    auto find(const std::string& name) const -> const Tensor*;

    /// Adds a node and returns the name of what it makes. Names in a message and in the network's listing are `name`'s.
    /// Throws Failure where a node of constants does not fit them.
    auto add(const std::string& op, const std::vector<std::string>& inputs, const std::vector<Attribute>& attributes,
             const std::string& name) -> std::string;

    /// The model with its outputs; the writer is empty afterwards.
    auto finish(std::vector<NamedOutput> outputs) -> onnx::ModelProto;

private:
    struct Constant {
        Tensor value{};
        std::string name{}, stored{};  ///< `stored`: its name in the model, if it is part of it
    };

    auto fold(const onnx::NodeProto& node) -> std::optional<Tensor>;
    auto stored(const std::string& tensor) -> std::string;

    ModelWriter model_;
    std::map<std::string, int> repeats_{};
    std::map<std::string, Constant> constants_{};
    std::int64_t folded_ = 0;  ///< elements of all constants computed so far
};

/// A file of a few bytes must not ask for gigabytes: the most elements that constants computed from others may have, all together.
inline constexpr std::int64_t most_folded = std::int64_t{1} << 27;

}  // namespace mdl::tool::tflite_reader
