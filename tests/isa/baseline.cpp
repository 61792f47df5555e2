// mdl: the network, compiled for the baseline.
// SPDX-License-Identifier: MIT
#include "digits.hpp"

auto run_baseline(std::span<const std::byte> weights, std::span<const float> pixels, std::span<float> scores) noexcept -> bool {
    const auto model = mdl::Model<Digits>::load(weights);
    if (!model) return false;
    static mdl::Arena<Digits> arena;
    mdl::Context<Digits> context{*model, arena};
    const auto result = context.run(pixels.first<16 * 16>());
    for (std::size_t i = 0; i < result.size(); ++i) scores[i] = result[i];
    return true;
}
