// mdl: the memory that a kernel over channel blocks works on, and the sizes of blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include <mdl/simd/vector.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// A feature map lies as [ceil(C / c)][H * W][c], c = simd::lanes. Padding lanes hold anything finite.
constexpr auto blocks_of(int channels) noexcept -> int { return (channels + simd::lanes - 1) / simd::lanes; }
/// Channels rounded up to whole blocks; a vector of that many floats is one number a channel for a kernel.
constexpr auto padded_channels(int channels) noexcept -> int { return blocks_of(channels) * simd::lanes; }
constexpr auto align_bytes(std::size_t bytes) noexcept -> std::size_t { return (bytes + 63) / 64 * 64; }
constexpr auto smaller(int a, int b) noexcept -> int { return a < b ? a : b; }
constexpr auto larger(int a, int b) noexcept -> int { return a < b ? b : a; }
constexpr auto divide_up(int a, int b) noexcept -> int { return (a + b - 1) / b; }

struct Taps;

struct Buffers {
    const float* input = nullptr;
    const float* residual = nullptr;  ///< second operand of the epilogue, in the output's layout; may be the output itself
    float* output = nullptr;
    const float* weights = nullptr;   ///< as the kernel's pack function wrote them
    std::byte* scratch = nullptr;     ///< aligned to 64 bytes
    const Taps* taps = nullptr;       ///< of a 1x1 convolution whose channels lie apart: where, from `input` on
    // One float a channel, padded to whole blocks:
    const float* slope = nullptr;           ///< of a parametric relu as `inner` activation
    const float* prologue_scale = nullptr;  ///< x' = clamp(x * scale + shift) on the way in; null: none
    const float* prologue_shift = nullptr;
};

/// Pads one number a channel to whole blocks, with zeros.
inline void channels_pack(int channels, const float* from, float* packed) noexcept {
    for (int i = 0; i < padded_channels(channels); ++i) packed[i] = i < channels ? from[i] : 0.0f;
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
