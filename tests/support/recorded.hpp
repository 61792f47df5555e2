// mdl: how exact the numbers are that ONNX's tests record.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

namespace mdl::test {

/// A unit of the last decimal where a test's numbers were written down with four, as input and output of RoiAlign are; else 0.
template <class Numbers>
auto recorded_unit(const Numbers& recorded) -> double {
    const auto are_multiples = [&](double scale) {
        for (const double number : recorded) {
            const double scaled = number * scale;
            if (!(std::abs(scaled - std::round(scaled)) <= 1e-3 * std::fmax(1, std::abs(number)))) return false;  // a float's own rounding
        }
        return true;
    };
    return are_multiples(1e4) && !are_multiples(1e3) ? 1e-4 : 0;
}

}  // namespace mdl::test
