// mdl: the network, compiled for the baseline.
// SPDX-License-Identifier: MIT
#include "digits.hpp"

auto run_baseline(std::span<const std::byte> weights, std::span<const float, 16 * 16> pixels, Scores& scores) noexcept -> bool {
    return run_digits(weights, pixels, scores);
}
