// mdl: local response normalisation across channels, over channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include <mdl/kernels/blocks/buffers.hpp>
#include <mdl/simd/fma.hpp>
#include <mdl/tensor/operation.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Room on both sides of a pixel's squares, so that no window is cut.
inline constexpr int lrn_margin = 32;

constexpr auto across_lrn_takes(const Operation& op) noexcept -> bool {
    return !op.within_channel && op.size <= 2 * lrn_margin + 1 && (op.beta == 0.75f || op.beta == 0.5f || op.beta == 1.0f);
}

constexpr auto across_lrn_scratch_bytes(int channels) noexcept -> std::size_t {
    return static_cast<std::size_t>(padded_channels(channels) + 2 * lrn_margin) * sizeof(float);
}

/// y(c) = x(c) / (k + alpha/size sum of x^2 over the size channels around c)^beta for beta 1/2, 3/4 or 1, whose powers are square
/// roots. The squares of one pixel are laid out in a row, where a window is `size` unaligned loads.
inline void across_lrn(const Operation& op, int channels, int pixels, const float* x, float* y, std::byte* scratch) noexcept {
    constexpr int c = simd::lanes;
    const int blocks = blocks_of(channels), reach = (op.size - 1) / 2;
    float* const row = reinterpret_cast<float*>(scratch);
    float* const squares = row + lrn_margin;
    for (int i = 0; i < padded_channels(channels) + 2 * lrn_margin; ++i) row[i] = 0;
    const simd::Vector factor = simd::broadcast(op.alpha / static_cast<float>(op.size)), bias = simd::broadcast(op.k), one = simd::broadcast(1.0f);
    const int valid = channels - (blocks - 1) * c;
    for (int p = 0; p < pixels; ++p) {
        const std::ptrdiff_t step = std::ptrdiff_t{pixels} * c;
        const float* const from = x + std::ptrdiff_t{p} * c;
        for (int block = 0; block < blocks; ++block) {
            const simd::Vector value = simd::load(from + block * step);
            simd::store(squares + block * c, value * value);
        }
        for (int lane = valid; lane < c; ++lane) squares[(blocks - 1) * c + lane] = 0;  // padding lanes are no channels
        for (int block = 0; block < blocks; ++block) {
            simd::Vector sum = simd::load(squares + block * c);
            for (int i = 1; i <= reach; ++i) sum = sum + (simd::load(squares + block * c - i) + simd::load(squares + block * c + i));
            const simd::Vector base = simd::fma(sum, factor, bias), root = simd::sqrt(base);
            const simd::Vector power = op.beta == 0.5f ? root : op.beta == 1.0f ? base : root * simd::sqrt(root);
            simd::store(y + std::ptrdiff_t{p} * c + block * step, simd::load(from + block * step) * simd::divide(one, power));
        }
    }
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
