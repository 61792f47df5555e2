// mdl: refused operators of ONNX by reason.
// SPDX-License-Identifier: MIT
#include "onnx/advice.hpp"

#include <algorithm>

#include "failure.hpp"

namespace mdl::tool {

auto refused_operators() -> const std::vector<RefusedOperators>& {
    static const std::vector<RefusedOperators> all{
        {{"Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"},
         "a network gives the same answer for the same input; draw the numbers outside and feed them"},
        {{"Loop", "Scan", "SequenceMap"}, "control flow; export the model with the loop unrolled"},
        {{"Compress", "NonMaxSuppression", "NonZero", "Unique"},
         "the numbers decide how much comes out; cut the network before it and do it in the app"},
        {{"Det"}, "write the determinant out in products of slices"},
        {{"LpPool"}, "write it as AveragePool of powers"},
    };
    return all;
}

auto advice_about(const std::string& op) -> std::string {
    for (const auto& refused : refused_operators())
        if (std::find(refused.operators.begin(), refused.operators.end(), op) != refused.operators.end())
            return text("is not supported by mdl: ", refused.advice);
    return "is not supported by mdl; replace it in the model, or cut the network before it. docs/operators.md lists what is";
}

}  // namespace mdl::tool
