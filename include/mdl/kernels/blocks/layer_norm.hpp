// mdl: layer norm of contiguous rows.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include <mdl/kernels/blocks/buffers.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/simd/fma.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

namespace detail {

/// Sum of f(x[i]) over a row, f of whole vectors; the lanes behind the row's end count as f(fill).
template <class F>
auto row_sum(int count, const float* x, float fill, F f) noexcept -> float {
    constexpr int c = simd::lanes;
    simd::Vector sums[2] = {simd::zero(), simd::zero()};  // two, so that additions do not wait for each other
    int i = 0;
    for (; i + 2 * c <= count; i += 2 * c) {
        sums[0] = sums[0] + f(simd::load(x + i));
        sums[1] = sums[1] + f(simd::load(x + i + c));
    }
    for (; i + c <= count; i += c) sums[0] = sums[0] + f(simd::load(x + i));
    if (i < count) {
        alignas(simd::Vector) float tail[c];
        for (int k = 0; k < c; ++k) tail[k] = i + k < count ? x[i + k] : fill;
        sums[1] = sums[1] + f(simd::load(tail));
    }
    return simd::sum(sums[0] + sums[1]);
}

}  // namespace detail

/// y = (x - mean) / sqrt(variance + epsilon) gamma + beta of each row of `count` floats; `beta` may be null; y may be x.
/// Source: Ba et al. 2016.
template <class Parallel>
void layer_norm(int rows, int count, float epsilon, const float* x, const float* gamma, const float* beta, float* y, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    parallel(rows, [&](int row, int) noexcept {
        const float* const from = x + std::ptrdiff_t{row} * count;
        float* const to = y + std::ptrdiff_t{row} * count;
        const float n = static_cast<float>(count);
        const float mean = detail::row_sum(count, from, 0, [](simd::Vector v) MDL_INLINE_LAMBDA { return v; }) / n;
        const simd::Vector centre = simd::broadcast(mean);
        const float sum = detail::row_sum(count, from, mean, [&](simd::Vector v) MDL_INLINE_LAMBDA { return (v - centre) * (v - centre); });
        const float factor = 1 / std::sqrt(sum / n + epsilon);
        const simd::Vector factors = simd::broadcast(factor);
        int i = 0;
        for (; i + c <= count; i += c) {
            const simd::Vector normal = (simd::load(from + i) - centre) * factors;
            simd::store(to + i, simd::fma(normal, simd::load(gamma + i), beta != nullptr ? simd::load(beta + i) : simd::zero()));
        }
        for (; i < count; ++i) to[i] = (from[i] - mean) * factor * gamma[i] + (beta != nullptr ? beta[i] : 0.0f);
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
