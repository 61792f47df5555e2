// mdl: the network, compiled for AVX-512.
// SPDX-License-Identifier: MIT
#include "digits.hpp"

#if !defined(__AVX512F__)
#error "this file is to be compiled for AVX-512"
#endif

auto run_high(std::span<const std::byte> weights, std::span<const float> pixels, std::span<float> scores) noexcept -> bool {
    const auto model = mdl::Model<Digits>::load(weights);
    if (!model) return false;
    static mdl::Arena<Digits> arena;
    mdl::Context<Digits> context{*model, arena};
    const auto result = context.run(pixels.first<16 * 16>());
    for (std::size_t i = 0; i < result.size(); ++i) scores[i] = result[i];
    return true;
}
