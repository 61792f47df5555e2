// mdl: evaluates ONNX nodes whose inputs are all constants: the arithmetic on shapes that exporters leave in a graph.
// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "onnx/attributes.hpp"
#include "onnx/tensor.hpp"

namespace mdl::tool {

/// Elements of all constants that a model may make besides those that its file holds: half a gigabyte of int64.
inline constexpr std::int64_t most_computed = std::int64_t{1} << 26;

/// The node's outputs, or nothing where its operator is not one that is folded. An omitted optional input is a null pointer.
/// Throws Failure where the inputs do not fit the operator, or it would make more than `most` elements.
auto fold_constants(const onnx::NodeProto& node, Attributes& attributes, const std::vector<const Tensor*>& inputs, int opset,
                    const std::filesystem::path& folder, std::int64_t most = most_computed) -> std::optional<std::vector<Tensor>>;

/// Every operator that is folded, by ONNX name.
auto folded_operators() -> std::set<std::string>;

/// Axes made positive and checked against a rank. Throws Failure.
auto normalised_axis(std::int64_t axis, std::size_t rank) -> std::size_t;

/// The shape that ONNX's Reshape gives: 0 keeps the input's size (unless `allow_zero`), -1 takes the rest. Throws Failure.
auto reshaped(const Dims& from, const Dims& wanted, bool allow_zero) -> Dims;

/// NumPy's broadcast of two shapes. Throws Failure.
auto broadcast_dims(const Dims& a, const Dims& b) -> Dims;

}  // namespace mdl::tool
