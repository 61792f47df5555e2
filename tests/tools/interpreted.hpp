// mdl: the law that a converted network computes what the reference interpreter finds in the model itself.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "interpreter/interpreter.hpp"
#include "tools/evaluate.hpp"
#include "tools/onnx_builder.hpp"

namespace mdl::tool::test {

/// The largest difference in any output, of the output's largest number; 1e9 for another number of elements. `given`: values of inputs
/// by name; the others get numbers between -2 and 2.
inline auto interpreted_difference(const ModelBuilder& model, std::map<std::string, Values> given = {}) -> double {
    Network network = model.import();
    arrange(network);
    std::vector<Values> inputs;
    std::map<std::string, std::vector<double>> doubles;
    std::uint32_t state = 7;
    for (const auto& input : network.inputs) {
        Values& values = given[input.name];
        while (static_cast<std::int64_t>(values.size()) < network.shape(input.layer).count()) {
            state = state * 1664525u + 1013904223u;
            values.push_back(static_cast<float>(static_cast<int>((state >> 16) % 65u) - 32) / 16.0f);
        }
        inputs.push_back(values);
        doubles[input.name].assign(values.begin(), values.end());
    }
    const auto outputs = evaluate(network, inputs);
    const OnnxModel original = check_onnx(model.proto, {});
    const auto arrays = Interpreter(original, {}).run(doubles);
    double worst = 0;
    for (std::size_t o = 0; o < outputs.size(); ++o) {
        const auto& truth = arrays.at(network.outputs[o].name);
        if (truth.values.size() != outputs[o].size()) return 1e9;
        double largest = 1e-6;
        for (const double value : truth.values) largest = std::max(largest, std::abs(value));
        for (std::size_t i = 0; i < outputs[o].size(); ++i) {
            const double distance = std::abs(static_cast<double>(outputs[o][i]) - truth.values[i]) / largest;
            worst = std::max(worst, std::isnan(distance) ? 1e9 : distance);
        }
    }
    return worst;
}

/// One operator on an input "x", with its result "y" as the output.
inline auto single(int opset, std::initializer_list<std::int64_t> dims) -> ModelBuilder {
    ModelBuilder model(opset);
    model.input("x", dims).output("y");
    return model;
}

}  // namespace mdl::tool::test
