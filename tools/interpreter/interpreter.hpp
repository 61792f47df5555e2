// mdl: computes an ONNX graph as it stands, operator by operator, in double precision: what a converted network is checked against.
// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "interpreter/array.hpp"
#include "onnx/model.hpp"

namespace mdl::tool {

/// Plain loops after the standard's own formulas, no fusion, no layout: it shares the file's parser and the rules for shapes and axes
/// with the importer, and with the kernels nothing.
class Interpreter {
public:
    /// `sizes`: shapes of inputs by name, which stand for what the file leaves open; other open dimensions are 1.
    Interpreter(const OnnxModel& model, const std::map<std::string, std::vector<int>>& sizes);

    /// Every tensor but the weights, by name. `inputs`: the elements of each computed input, by name. Throws Failure, which names the node.
    auto run(const std::map<std::string, std::vector<double>>& inputs) const -> std::map<std::string, interpreter::Array>;

private:
    const OnnxModel& model_;
    std::map<std::string, interpreter::Array> constants_{};
    std::map<std::string, interpreter::Array> inputs_{};  ///< zeros
};

/// Every operator that the interpreter knows, by ONNX name.
auto interpreted_operators() -> std::vector<std::string>;

}  // namespace mdl::tool
