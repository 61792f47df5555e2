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

/// Lanes that one block of results takes from two blocks of the parts: first the two become one vector, each lane from where it
/// lies, then its lanes move to their places. So it takes one permutation where the two lend different lanes, as neighbours do.
struct LaneSource {
    const float* from[2];
    alignas(simd::Vector) float second[simd::lanes], ours[simd::lanes];  ///< 1: a lane of from[1]; a lane of the result
    alignas(simd::Vector) std::int32_t index[simd::lanes];
    bool lent[simd::lanes];

    /// Lane `at` of the block becomes the result's lane, unless the other block has lent that lane, or there are two others.
    constexpr auto lend(const float* block, int at, int lane) noexcept -> bool {
        const int which = from[0] == nullptr || from[0] == block ? 0 : 1;
        if ((from[which] != nullptr && from[which] != block) || (lent[at] && (second[at] > 0) != (which == 1))) return false;
        from[which] = block;
        lent[at] = true, second[at] = static_cast<float>(which);
        index[lane] = at, ours[lane] = 1;
        return true;
    }
};

/// The vectors of all pixels, each from N sources.
template <int N>
__attribute__((noinline)) void gather_lanes(const LaneSource* sources, int pixels, float* y) noexcept {
    constexpr int c = simd::lanes;
    const float* from[2 * N];
    simd::Vector second[N], ours[N];
    simd::IntVector index[N];
    simd::unroll<N>([&](auto n) MDL_INLINE_LAMBDA {
        const LaneSource& source = sources[n.value];
        from[2 * n.value] = source.from[0], from[2 * n.value + 1] = source.from[1];
        second[n.value] = simd::load(source.second), ours[n.value] = simd::load(source.ours), index[n.value] = simd::IntVector::load_aligned(source.index);
    });
    for (std::ptrdiff_t at = 0, end = std::ptrdiff_t{pixels} * c; at != end; at += c) {
        simd::Vector result = simd::zero();
        simd::unroll<N>([&](auto n) MDL_INLINE_LAMBDA {
            const simd::Vector both = simd::where_greater(second[n.value], simd::zero(), simd::load(from[2 * n.value + 1] + at), simd::load(from[2 * n.value] + at));
            result = simd::where_greater(ours[n.value], simd::zero(), simd::permute(both, index[n.value]), result);
        });
        simd::store(y + at, result);
    }
}

/// A channel: which lane of a block.
struct ChannelPlace {
    const float* block;
    int lane;
};

/// Channel j of y, j < count, from the place that the j-th call of next() tells.
template <class Next>
MDL_ALWAYS_INLINE void gather_channels(int count, int pixels, float* y, Next next) noexcept {
    constexpr int c = simd::lanes;
    for (int first = 0; first < count; first += c, y += std::ptrdiff_t{pixels} * c) {
        LaneSource sources[c];
        int used = 0;
        bool whole = true;
        for (int lane = 0; lane < smaller(c, count - first); ++lane) {
            const ChannelPlace place = next();
            int k = 0;
            while (k < used && !sources[k].lend(place.block, place.lane, lane)) ++k;
            if (k == used) sources[used++] = {}, sources[k].lend(place.block, place.lane, lane);
            whole = whole && place.lane == lane;
        }
        if (whole && used == 1 && sources[0].from[1] == nullptr) {
            std::memcpy(y, sources[0].from[0], static_cast<std::size_t>(pixels) * c * sizeof(float));
            continue;
        }
        const int loop = used <= 2 ? used : used <= 4 ? 4 : c;
        while (used < loop) sources[used++] = {};  // adds no lane
        for (int k = 0; k < loop; ++k)
            for (const float*& from : sources[k].from) from = from != nullptr ? from : sources[0].from[0];
        if (loop == 1) gather_lanes<1>(sources, pixels, y);
        if (loop == 2) gather_lanes<2>(sources, pixels, y);
        if (loop == 4) gather_lanes<4>(sources, pixels, y);
        if constexpr (c > 4)
            if (loop == c) gather_lanes<c>(sources, pixels, y);
    }
}

}  // namespace detail

/// Channel j of y, j < count, is channel begin + j of the parts' concatenation after a shuffle by `groups`; that puts channel
/// (q % groups) (total / groups) + q / groups in place q (1: no shuffle).  Source: Zhang et al. 2017 (ShuffleNet), section 3.1.
inline void channel_gather(std::span<const ChannelPart> parts, int groups, int begin, int count, int pixels, float* y) noexcept {
    constexpr int c = simd::lanes;
    int total = 0;
    for (const ChannelPart& part : parts) total += part.channels;
    const int group = total / groups;
    int quotient = begin / groups, remainder = begin % groups;  // of the place by the groups, kept up without dividing
    detail::gather_channels(count, pixels, y, [&]() MDL_INLINE_LAMBDA {
        int channel = remainder * group + quotient;
        if (++remainder == groups) remainder = 0, ++quotient;
        const ChannelPart* part = parts.data();
        for (; channel >= part->channels; ++part) channel -= part->channels;
        const int lane = channel & (c - 1);
        return detail::ChannelPlace{part->blocks + std::ptrdiff_t{channel - lane} * pixels, lane};
    });
}

/// Channel j of y, j < count, is the one that begins offset[j] floats behind `base`, from which all blocks are whole ones apart.
inline void channel_gather_mapped(const float* base, const int* offset, int count, int pixels, float* y) noexcept {
    constexpr int c = simd::lanes;
    detail::gather_channels(count, pixels, y, [&]() MDL_INLINE_LAMBDA {
        const int at = *offset++, lane = at & (c - 1);
        return detail::ChannelPlace{base + (at - lane), lane};
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
