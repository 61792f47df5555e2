// mdl: numbers for the kernels' tests, and the largest difference between two lists of them.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <mdl/tensor/shape.hpp>

namespace mdl::test {

/// Multiples of 1/8 between -2 and 2, the same for the same seed. Their products and short sums are exact in float and double,
/// so that two ways to compute one thing have to agree in every bit.
inline auto numbers(std::int64_t count, std::uint32_t seed = 1) -> std::vector<float> {
    std::vector<float> values(static_cast<std::size_t>(count));
    std::uint32_t state = seed * 2654435761u + 12345u;
    for (float& value : values) {
        state = state * 1664525u + 1013904223u;
        value = static_cast<float>(static_cast<int>((state >> 16) % 33u) - 16) / 8.0f;
    }
    return values;
}
inline auto numbers(const Shape& shape, std::uint32_t seed = 1) -> std::vector<float> { return numbers(shape.count(), seed); }

/// Room for a result, filled with a number that no test expects.
inline auto room(const Shape& shape) -> std::vector<float> {
    return std::vector<float>(static_cast<std::size_t>(shape.count()), -77.0f);
}

/// Largest |a - b|; infinity where the lengths differ or a value is not a number.
inline auto largest_difference(const std::vector<float>& a, const std::vector<float>& b) -> double {
    if (a.size() != b.size()) return HUGE_VAL;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
        if (!(difference <= largest)) largest = std::isnan(difference) ? HUGE_VAL : difference;
    }
    return largest;
}

}  // namespace mdl::test
