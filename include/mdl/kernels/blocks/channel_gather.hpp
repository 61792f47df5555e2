// mdl: moves channels between feature maps: concatenation, slice, channel shuffle, and any chain of them, in one pass.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include <mdl/kernels/blocks/buffers.hpp>
#include <mdl/simd/permute.hpp>
#include <mdl/simd/tile.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// One of the feature maps that channels come from.
struct ChannelPart {
    const float* blocks = nullptr;
    int channels = 0;
};

namespace detail {

/// Lanes that one block of results takes from one block of a part.
struct LaneSource {
    const float* from = nullptr;
    alignas(simd::Vector) std::int32_t index[simd::lanes]{}, mask[simd::lanes]{};
};

/// The vectors of all pixels, each from N vectors.
template <int N>
__attribute__((noinline)) void gather_lanes(const LaneSource* sources, int pixels, float* y) noexcept {
    constexpr int c = simd::lanes;
    for (std::ptrdiff_t at = 0, end = std::ptrdiff_t{pixels} * c; at != end; at += c) {
        simd::IntVector result(0);
        simd::unroll<N>([&](auto n) MDL_INLINE_LAMBDA {
            const LaneSource& source = sources[n.value];
            const simd::Vector lanes = simd::permute(simd::load(source.from + at), simd::IntVector::load_aligned(source.index));
            result = result | (simd::bits(lanes) & simd::IntVector::load_aligned(source.mask));
        });
        simd::store(y + at, simd::from_bits(result));
    }
}

}  // namespace detail

/// Channel j of y, j < count, is channel begin + j of the parts' concatenation after a shuffle by `groups`; that puts channel
/// (q % groups) (total / groups) + q / groups in place q (1: no shuffle).  Source: Zhang et al. 2017 (ShuffleNet), section 3.1.
inline void channel_gather(std::span<const ChannelPart> parts, int groups, int begin, int count, int pixels, float* y) noexcept {
    constexpr int c = simd::lanes;
    int total = 0;
    for (const ChannelPart& part : parts) total += part.channels;
    for (int first = 0; first < count; first += c, y += std::ptrdiff_t{pixels} * c) {
        detail::LaneSource sources[c];
        int used = 0;
        bool whole = true;
        for (int lane = 0; lane < smaller(c, count - first); ++lane) {
            const int place = begin + first + lane;
            int channel = place % groups * (total / groups) + place / groups;
            const ChannelPart* part = parts.data();
            for (; channel >= part->channels; ++part) channel -= part->channels;
            const float* const from = part->blocks + std::ptrdiff_t{channel / c} * pixels * c;
            int k = 0;
            while (k < used && sources[k].from != from) ++k;
            if (k == used) sources[used++].from = from;
            sources[k].index[lane] = channel % c;
            sources[k].mask[lane] = -1;
            whole = whole && channel % c == lane;
        }
        // Sources that add no lane stand where fewer are needed than a loop takes.
        for (int k = used; k < c; ++k) sources[k].from = sources[0].from;
        if (used == 1 && whole)
            std::memcpy(y, sources[0].from, static_cast<std::size_t>(pixels) * c * sizeof(float));
        else if (used <= 2)
            detail::gather_lanes<2>(sources, pixels, y);
        else if (used <= 4)
            detail::gather_lanes<4>(sources, pixels, y);
        else
            detail::gather_lanes<c>(sources, pixels, y);
    }
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
