// mdl: conversion between channel blocks and row-major feature maps.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/buffers.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/simd/tile.hpp>
#include <mdl/simd/transpose.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// [channels][pixels] -> [blocks][pixels][lanes]; padding lanes become zero.
template <class Parallel>
[[gnu::noinline]] void to_blocks(int channels, int pixels, const float* rows, float* blocks, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    parallel(blocks_of(channels), [&](int block, int) noexcept {
        const int valid = smaller(c, channels - block * c);
        const float* const from = rows + std::ptrdiff_t{block} * c * pixels;
        float* to = blocks + std::ptrdiff_t{block} * c * pixels;
        int p = 0;
        for (; p + c <= pixels; p += c, to += c * c) {
            simd::Vector v[c];
            simd::unroll<c>([&](auto i) MDL_INLINE_LAMBDA {
                v[i.value] = i.value < valid ? simd::load(from + std::ptrdiff_t{i.value} * pixels + p) : simd::zero();
            });
            simd::transpose(v);
            simd::unroll<c>([&](auto i) MDL_INLINE_LAMBDA { simd::store(to + i.value * c, v[i.value]); });
        }
        for (; p < pixels; ++p, to += c)
            for (int i = 0; i < c; ++i) to[i] = i < valid ? from[std::ptrdiff_t{i} * pixels + p] : 0.0f;
    });
}

/// [blocks][pixels][lanes] -> [channels][pixels].
template <class Parallel>
[[gnu::noinline]] void to_rows(int channels, int pixels, const float* blocks, float* rows, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    parallel(blocks_of(channels), [&](int block, int) noexcept {
        const int valid = smaller(c, channels - block * c);
        const float* from = blocks + std::ptrdiff_t{block} * c * pixels;
        float* const to = rows + std::ptrdiff_t{block} * c * pixels;
        int p = 0;
        for (; p + c <= pixels; p += c, from += c * c) {
            simd::Vector v[c];
            simd::unroll<c>([&](auto i) MDL_INLINE_LAMBDA { v[i.value] = simd::load(from + i.value * c); });
            simd::transpose(v);
            simd::unroll<c>([&](auto i) MDL_INLINE_LAMBDA {
                if (i.value < valid) simd::store(to + std::ptrdiff_t{i.value} * pixels + p, v[i.value]);
            });
        }
        for (; p < pixels; ++p, from += c)
            for (int i = 0; i < valid; ++i) to[std::ptrdiff_t{i} * pixels + p] = from[i];
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
