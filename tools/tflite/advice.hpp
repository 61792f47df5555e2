// mdl: what to do about the TensorFlow Lite operators that are not translated.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tflite_generated.h"

namespace mdl::tool::tflite_reader {

/// An operator's name in the format; of StableHLO's, which have none here, their number.
auto operator_name(tflite::BuiltinOperator builtin) -> std::string;

/// Operators that are refused for one reason, with what to do instead.
struct Refusal {
    std::vector<std::string_view> operators{};
    std::string_view advice{};
};
auto refusals() -> const std::vector<Refusal>&;

/// The sentence with which an operator is refused, after its name.
auto advice(const std::string& kind, bool custom) -> std::string;

}  // namespace mdl::tool::tflite_reader
