// mdl: which of ONNX's operator tests a network of static shapes and floats can mean; the rules stand in one table.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "onnx.pb.h"
#include "onnx/tensor.hpp"

namespace mdl::conformance {

/// One of ONNX's tests: a model and its recorded inputs.
struct Case {
    std::string name{};
    onnx::ModelProto model{};
    std::vector<onnx::TensorProto> inputs{};  ///< in the order of the graph's inputs; empty where the data is no tensor
};

struct Rule {
    std::string_view name;
    std::string_view reason;
    bool (*excludes)(const Case&);
};

/// In the order in which they are asked; the first that excludes a test is its reason.
auto rules() -> const std::vector<Rule>&;

/// The rule that excludes the test, or null.
auto excluding_rule(const Case& test) -> const Rule*;

/// Is the graph's input k what exporters write as a constant: weights, axes, indices? Else the network computes with it.
auto is_parameter(const Case& test, int k) -> bool;

}  // namespace mdl::conformance
