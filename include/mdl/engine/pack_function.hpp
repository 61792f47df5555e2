// mdl: which function packs the weights for which kernel, and how much room that takes.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include <mdl/base/config.hpp>
#include <mdl/engine/kernel.hpp>
#include <mdl/engine/pack_input.hpp>
#include <mdl/tensor/geometry.hpp>
#if MDL_SIMD
#include <mdl/engine/pack_blocks.hpp>
#endif

namespace mdl::engine {
inline namespace MDL_ISA {

/// In canonical order, the bias behind.
[[gnu::cold]] inline void pack_plain(const Geometry& g, const PackInput&, std::span<const float> weights, const float* scale, const float* bias, float* packed) {
    const std::size_t outputs = static_cast<std::size_t>(g.out_channels), each = weights.size() / outputs;
    for (std::size_t o = 0; o < outputs; ++o)
        for (std::size_t i = 0; i < each; ++i) packed[o * each + i] = weights[o * each + i] * scale[o];
    for (std::size_t o = 0; o < outputs; ++o) packed[weights.size() + o] = bias[o];
}

/// The same for weights [in, out / groups, kernel_h, kernel_w].
[[gnu::cold]] inline void pack_transposed(const Geometry& g, const PackInput&, std::span<const float> weights, const float* scale,
                                          const float* bias, float* packed) {
    const auto area = static_cast<std::size_t>(g.kernel_h * g.kernel_w);
    for (std::size_t at = 0; at < weights.size(); ++at) {
        const int pair = static_cast<int>(at / area), in = pair / g.group_out();
        packed[at] = weights[at] * scale[in / g.group_in() * g.group_out() + pair % g.group_out()];
    }
    for (int o = 0; o < g.out_channels; ++o) packed[weights.size() + static_cast<std::size_t>(o)] = bias[o];
}

inline void pack_constant(const Geometry&, const PackInput&, std::span<const float> weights, const float*, const float*, float* packed) {
    for (std::size_t i = 0; i < weights.size(); ++i) packed[i] = weights[i];
}

/// `mapped`: of a tensor whose channels lie where they were made.
constexpr auto pack_function(Kernel kernel, Op op, [[maybe_unused]] bool mapped) noexcept -> PackFunction {
    if (op == Op::constant) return &pack_constant;
    const PackFunction plain = op == Op::transposed_convolution ? &pack_transposed : &pack_plain;
#if MDL_SIMD
    // Not "if not null": under its sanitizer GCC 12 does not compare a function's address inside a constant.
    return pack_blocks_function(kernel, mapped, plain);
#else
    static_cast<void>(kernel);
    return plain;
#endif
}

constexpr auto packed_floats(Kernel kernel, Op op, const Geometry& g, const Shape& weight) noexcept -> std::int64_t {
    if (op == Op::constant) return weight.count() + 16;  // a reader of channel blocks may look at the whole last block
#if MDL_SIMD
    if (const std::int64_t floats = packed_blocks_floats(kernel, g); floats > 0) return floats;
#endif
    static_cast<void>(kernel);
    return weight.count() + g.out_channels;
}

}  // namespace MDL_ISA
}  // namespace mdl::engine
