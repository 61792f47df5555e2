// mdl: instance and group norm over channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstddef>

#include <mdl/kernels/blocks/epilogue.hpp>
#include <mdl/kernels/parallel.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Three numbers a channel: centre, factor, shift.
constexpr auto group_norm_scratch_bytes(int channels) noexcept -> std::size_t {
    return 3 * static_cast<std::size_t>(padded_channels(channels)) * sizeof(float);
}

namespace detail {

/// Sum of f(x) over the pixels of a block. Runs of pixels are summed by themselves, so that the rounding error does not grow with the map.
template <class F>
MDL_ALWAYS_INLINE auto pixel_sum(int pixels, const float* x, F f) noexcept -> simd::Vector {
    constexpr int c = simd::lanes, run = 64;
    simd::Vector total = simd::zero();
    while (pixels > 0) {
        const int count = smaller(run, pixels);
        // Four, so that additions do not wait for each other.
        simd::Vector sums[4] = {simd::zero(), simd::zero(), simd::zero(), simd::zero()};
        int p = 0;
        for (; p + 4 <= count; p += 4, x += 4 * c)
            for (int k = 0; k < 4; ++k) sums[k] = sums[k] + f(simd::load(x + k * c));
        for (; p < count; ++p, x += c) sums[0] = sums[0] + f(simd::load(x));
        total = total + ((sums[0] + sums[1]) + (sums[2] + sums[3]));
        pixels -= count;
    }
    return total;
}

/// The mean over each group of channels, of which there are sums.
template <class Visit>
void each_group_mean(int channels, int groups, int pixels, const float* sums, Visit visit) noexcept {
    const int each = channels / groups;
    for (int first = 0; first < channels; first += each) {
        double sum = 0;
        for (int i = first; i < first + each; ++i) sum += static_cast<double>(sums[i]);
        const double mean = sum / (static_cast<double>(each) * pixels);
        for (int i = first; i < first + each; ++i) visit(i, mean);
    }
}

}  // namespace detail

/// y = (x - mean) / sqrt(variance + epsilon) gamma(c) + beta(c) over each of `groups` groups of channels with all their pixels, then
/// the epilogue's inner activation; y may be x.  Source: Wu & He 2018.
template <class E = Epilogue<>, class Parallel>
[[gnu::noinline]] void group_norm(int channels, int groups, int pixels, float epsilon, const EpilogueArgs& args, const float* gamma,
                                  const float* beta, const Buffers& buffers, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    const int padded = padded_channels(channels), blocks = blocks_of(channels);
    float* const centre = reinterpret_cast<float*>(buffers.scratch);
    float* const factor = centre + padded;
    float* const shift = factor + padded;
    for (int i = channels; i < padded; ++i) centre[i] = shift[i] = 0;
    const std::ptrdiff_t plane = std::ptrdiff_t{pixels} * c;
    parallel(blocks, [&](int block, int) noexcept {
        simd::store(factor + block * c,
                    detail::pixel_sum(pixels, buffers.input + block * plane, [](simd::Vector x) MDL_INLINE_LAMBDA { return x; }));
    });
    detail::each_group_mean(channels, groups, pixels, factor, [&](int i, double mean) noexcept { centre[i] = static_cast<float>(mean); });
    parallel(blocks, [&](int block, int) noexcept {
        const simd::Vector middle = simd::load(centre + block * c);
        simd::store(factor + block * c, detail::pixel_sum(pixels, buffers.input + block * plane,
                                                          [&](simd::Vector x) MDL_INLINE_LAMBDA { return (x - middle) * (x - middle); }));
    });
    detail::each_group_mean(channels, groups, pixels, factor, [&](int i, double variance) noexcept {
        factor[i] = static_cast<float>(static_cast<double>(gamma[i]) / std::sqrt(variance + static_cast<double>(epsilon)));
        shift[i] = beta[i];
    });
    for (int i = channels; i < padded; ++i) factor[i] = 0;
    parallel(blocks, [&](int block, int) noexcept {
        const simd::Vector middle = simd::load(centre + block * c), scale = simd::load(factor + block * c),
                           offset = simd::load(shift + block * c);
        const float* from = buffers.input + block * plane;
        float* to = buffers.output + block * plane;
        for (int p = 0; p < pixels; ++p, from += c, to += c)
            simd::store(to, E::inner(simd::fma(simd::load(from) - middle, scale, offset), args, nullptr));
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
