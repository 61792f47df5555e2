// mdl: what to do about the ONNX operators that are not lowered.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mdl::tool {

/// Operators that are refused for one reason, with what to do instead.
struct RefusedOperators {
    std::vector<std::string_view> operators{};
    std::string_view advice{};
};
auto refused_operators() -> const std::vector<RefusedOperators>&;

/// The sentence with which an operator of the standard is refused, after its name.
auto advice_about(const std::string& op) -> std::string;

}  // namespace mdl::tool
