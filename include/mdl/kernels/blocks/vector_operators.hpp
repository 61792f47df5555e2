// mdl: operators that treat every number of a feature map alike: activations, elementwise operators, channel affine maps.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/kernels/blocks/epilogue.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// y = f(x) over `vectors` whole vectors; in place allowed.
template <class E>
void map_activation(std::int64_t vectors, const EpilogueArgs& args, const float* x, float* y) noexcept {
    for (std::int64_t i = 0; i < vectors; ++i, x += simd::lanes, y += simd::lanes) simd::store(y, E::inner(simd::load(x), args, nullptr));
}

/// y = f(a op b), both of the same shape and layout; y may be either.
template <Binary Combine, class E>
void map_binary(std::int64_t vectors, const EpilogueArgs& args, const float* a, const float* b, float* y) noexcept {
    for (std::int64_t i = 0; i < vectors; ++i, a += simd::lanes, b += simd::lanes, y += simd::lanes)
        simd::store(y, E::inner(combine<Combine>(simd::load(a), simd::load(b)), args, nullptr));
}

/// y(c,p) = f(a(c,p) op b(c)), or f(b(c) op a(c,p)) where Swapped; b has one number a channel: a squeeze-and-excite gate.
template <Binary Combine, bool Swapped, class E>
void map_channel_binary(int blocks, int pixels, const EpilogueArgs& args, const float* a, const float* b, float* y) noexcept {
    for (int block = 0; block < blocks; ++block, b += simd::lanes) {
        const simd::Vector gate = simd::load(b);
        for (int p = 0; p < pixels; ++p, a += simd::lanes, y += simd::lanes) {
            const simd::Vector x = simd::load(a);
            simd::store(y, E::inner(Swapped ? combine<Combine>(gate, x) : combine<Combine>(x, gate), args, nullptr));
        }
    }
}

/// y = f(x scale(c) + shift(c)); null scale: y = f(x), for a parametric relu with one slope a channel. In place allowed.
template <class E>
void map_affine(int blocks, int pixels, const EpilogueArgs& args, const float* scale, const float* shift, const float* slope, const float* x, float* y) noexcept {
    for (int block = 0; block < blocks; ++block) {
        const simd::Vector a = scale != nullptr ? simd::load(scale + block * simd::lanes) : simd::broadcast(1.0f);
        const simd::Vector b = shift != nullptr ? simd::load(shift + block * simd::lanes) : simd::zero();
        const float* const block_slope = slope != nullptr ? slope + block * simd::lanes : nullptr;
        for (int p = 0; p < pixels; ++p, x += simd::lanes, y += simd::lanes) simd::store(y, E::inner(simd::fma(simd::load(x), a, b), args, block_slope));
    }
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
