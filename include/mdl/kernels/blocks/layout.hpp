// mdl: conversion between channel blocks and row-major feature maps.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/buffers.hpp>
#include <mdl/kernels/parallel.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// [channels][pixels] -> [blocks][pixels][lanes]; padding lanes become zero.
template <class Parallel>
void to_blocks(int channels, int pixels, const float* rows, float* blocks, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    parallel(blocks_of(channels), [&](int block, int) noexcept {
        const int valid = smaller(c, channels - block * c);
        const float* const from = rows + std::ptrdiff_t{block} * c * pixels;
        float* to = blocks + std::ptrdiff_t{block} * c * pixels;
        for (int p = 0; p < pixels; ++p, to += c)
            for (int i = 0; i < c; ++i) to[i] = i < valid ? from[std::ptrdiff_t{i} * pixels + p] : 0.0f;
    });
}

/// Channels [first, first + channels) of [blocks][pixels][lanes] -> [channels][pixels].
template <class Parallel>
void to_rows(int first, int channels, int pixels, const float* blocks, float* rows, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    parallel(divide_up(channels, c), [&](int part, int) noexcept {
        for (int i = part * c; i < smaller(channels, part * c + c); ++i) {
            const int channel = first + i;
            const float* from = blocks + std::ptrdiff_t{channel / c} * pixels * c + channel % c;
            float* const to = rows + std::ptrdiff_t{i} * pixels;
            for (int p = 0; p < pixels; ++p, from += c) to[p] = *from;
        }
    });
}

/// All channels.
template <class Parallel>
void to_rows(int channels, int pixels, const float* blocks, float* rows, const Parallel& parallel) noexcept {
    to_rows(0, channels, pixels, blocks, rows, parallel);
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
