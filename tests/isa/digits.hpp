// mdl: what the two translation units of the instruction-set test share.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "packaging/app/digits.hpp"

using Scores = std::array<float, 10>;

/// Loads the weights, runs once, writes ten scores. False: the weights were refused.
auto run_high(std::span<const std::byte> weights, std::span<const float, 16 * 16> pixels, Scores& scores) noexcept -> bool;
auto run_baseline(std::span<const std::byte> weights, std::span<const float, 16 * 16> pixels, Scores& scores) noexcept -> bool;

/// Local to each unit: the same source, compiled for that unit's instruction set.
static inline auto run_digits(std::span<const std::byte> weights, std::span<const float, 16 * 16> pixels, Scores& scores) noexcept -> bool {
    const auto model = mdl::Model<Digits>::load(weights);
    if (!model) return false;
    static mdl::Arena<Digits> arena;
    mdl::Context<Digits> context{*model, arena};
    const auto result = context.run(pixels);
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i] = result[i];
    return true;
}
