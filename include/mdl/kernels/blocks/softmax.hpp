// mdl: softmax along contiguous rows.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>

#include <mdl/kernels/blocks/buffers.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/simd/math.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// y = e^(x - max x) / sum e^(x - max x) of each row of `count` floats, or with Log its logarithm x - max x - ln sum.
/// y may be x.
template <bool Log = false, class Parallel>
void softmax_rows(int rows, int count, const float* x, float* y, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    parallel(rows, [&](int row, int) noexcept {
        const float* const from = x + std::ptrdiff_t{row} * count;
        float* const to = y + std::ptrdiff_t{row} * count;
        const int whole = count / c * c, rest = count - whole;
        float largest = from[0];
        if (whole > 0) {
            simd::Vector most = simd::load(from);
            for (int i = c; i < whole; i += c) most = simd::max(most, simd::load(from + i));
            largest = simd::largest(most);
        }
        for (int i = whole; i < count; ++i) largest = largest < from[i] ? from[i] : largest;
        const simd::Vector shift = simd::broadcast(largest);
        simd::Vector total = simd::zero();
        for (int i = 0; i < whole; i += c) {
            const simd::Vector e = simd::exp(simd::load(from + i) - shift);
            total = total + e;
            if constexpr (!Log) simd::store(to + i, e);
        }
        float sum = simd::sum(total);
        if (rest > 0) {
            alignas(simd::Vector) float tail[c];
            simd::store(tail, simd::exp(simd::load_partial(from + whole, rest) - shift));
            for (int i = 0; i < rest; ++i) {
                sum += tail[i];
                if constexpr (!Log) to[whole + i] = tail[i];
            }
        }
        if constexpr (Log) {
            // The largest goes first: it and the logarithm added would round the logarithm away.
            const float logarithm = std::log(sum);
            for (int i = 0; i < count; ++i) to[i] = from[i] - largest - logarithm;
        } else {
            const float factor = 1.0f / sum;
            const simd::Vector factors = simd::broadcast(factor);
            for (int i = 0; i < whole; i += c) simd::store(to + i, simd::load(to + i) * factors);
            for (int i = whole; i < count; ++i) to[i] *= factor;
        }
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
