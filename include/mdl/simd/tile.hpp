// mdl: how many pixels and channel blocks a register tile has on each instruction set, and unrolled loops.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/vector.hpp>

#if MDL_SIMD

#include <cstdint>
#include <type_traits>
#include <utility>

namespace mdl {
inline namespace MDL_ISA {
namespace simd {

namespace detail {
template <class Body, int... I>
MDL_ALWAYS_INLINE void unroll(Body& body, std::integer_sequence<int, I...>) noexcept {
    (body(std::integral_constant<int, I>{}), ...);
}
}  // namespace detail

/// body(0), ..., body(N-1), each index a compile-time constant (`i.value`). The lambda must carry MDL_INLINE_LAMBDA.
template <int N, class Body>
MDL_ALWAYS_INLINE void unroll(Body body) noexcept {
    detail::unroll(body, std::make_integer_sequence<int, N>{});
}

// A tile is mr pixels times nr channel blocks of accumulators, all in registers: mr * nr of them, nr weights and one
// multiplier. At least eight independent sums keep two multiply-add units busy (latency 4).
#if defined(__AVX512F__)
inline constexpr int max_tile_pixels = 14, max_tile_blocks = 2;  // 28 + 2 + 1 of 32
#elif defined(__aarch64__)
inline constexpr int max_tile_pixels = 8, max_tile_blocks = 2;   // 16 + 8 + 2 of 32
#elif defined(__arm__)
inline constexpr int max_tile_pixels = 4, max_tile_blocks = 2;   // 8 + 2 + 1 of 16
#else
inline constexpr int max_tile_pixels = 6, max_tile_blocks = 2;   // 12 + 2 + 1 of 16
#endif

/// Blocks of the next tile when `rest` are left: twos, and where their number is odd, three at last. One block alone would have too
/// few sums to hide the latency of the multiply-add.
constexpr auto next_tile_blocks(int rest) noexcept -> int { return rest == 1 || rest == 3 ? rest : max_tile_blocks; }
inline constexpr int widest_tile_blocks = 3;

/// Most pixels of a tile of `blocks` channel blocks; of three, as many as leave registers for the weights.
constexpr auto max_tile_height(int blocks) noexcept -> int {
    if (blocks < 3) return max_tile_pixels;
    return max_tile_pixels == 14 ? 9 : max_tile_pixels == 8 ? 6 : max_tile_pixels == 6 ? 4 : 3;
}

/// Whether the tile of `mr` pixels is instantiated. Few are: each is about a kilobyte of code; `small`: fewer still.
constexpr auto is_tile_height(int mr, int blocks, bool small = false) noexcept -> bool {
    const int most = max_tile_height(blocks);
    if (mr == 1 || mr == most) return true;
    if (small) return mr == most / 2;
    if (mr > most) return false;
    return mr == 2 || mr == 4 || (most == 14 && (mr == 10 || mr == 7)) || (most == 9 && mr == 7) || (most == 8 && (mr == 7 || mr == 6)) ||
           (most == 6 && mr == 5);
}

/// A set of tiles, a bit each. Kernels are compiled with those that their network takes.
using TileSet = std::uint64_t;
constexpr auto tile_bit(int height, int blocks) noexcept -> TileSet { return TileSet{1} << (16 * (blocks - 1) + height); }
constexpr auto every_tile(bool small = false) noexcept -> TileSet {
    TileSet all = 0;
    for (int blocks = 1; blocks <= widest_tile_blocks; ++blocks)
        for (int height = 1; height <= max_tile_pixels; ++height)
            if (is_tile_height(height, blocks, small)) all |= tile_bit(height, blocks);
    return all;
}
/// Is there any tile of so many blocks in the set?
constexpr auto has_blocks(TileSet tiles, int blocks) noexcept -> bool { return (tiles >> (16 * (blocks - 1)) & 0xffff) != 0; }

namespace detail {
/// The cheapest heights for the last few tiles, found once by the compiler. A set that lacks what a count needs is made up for with
/// tiles of one pixel, which are slow and right.
template <int Blocks, TileSet Tiles>
struct TileHeights {
    static constexpr int count = 8 * max_tile_pixels;
    int largest = 1;
    signed char height[count]{};

    constexpr TileHeights() noexcept {
        // A tile takes as long as its sums, or as the latency of two multiply-add units allows (measured: ten sums on x86, where
        // it is 4 cycles and the results come one later), and a little for its start and end.
        constexpr int hidden = max_tile_pixels == 14 || max_tile_pixels == 6 ? 10 : 8;
        int cost[count]{};
        for (int rest = 1; rest < count; ++rest)
            for (int mr = 1; mr <= max_tile_height(Blocks) && mr <= rest; ++mr) {
                if (mr > 1 && (Tiles & tile_bit(mr, Blocks)) == 0) continue;
                largest = mr > largest ? mr : largest;
                const int all = cost[rest - mr] + 8 * (mr * Blocks > hidden ? mr * Blocks : hidden) + 1;
                if (height[rest] == 0 || all <= cost[rest]) height[rest] = static_cast<signed char>(mr), cost[rest] = all;
            }
    }
};
template <int Blocks, TileSet Tiles>
inline constexpr TileHeights<Blocks, Tiles> tile_heights{};
}  // namespace detail

/// Pixels of the next tile when `rest` are left: 49 pixels times two blocks become 6 6 6 6 5 5 5 5 5 on AVX2.
template <int Blocks, TileSet Tiles>
constexpr auto next_tile(int rest) noexcept -> int {
    constexpr const auto& heights = detail::tile_heights<Blocks, Tiles>;
    return rest >= heights.count ? heights.largest : heights.height[rest];
}

namespace detail {
template <int Blocks, TileSet Tiles>
constexpr auto tiles_of(int pixels) noexcept -> TileSet {
    TileSet used = 0;
    const int count = TileHeights<Blocks, Tiles>::count, largest = tile_heights<Blocks, Tiles>.largest;
    if (pixels >= count) {
        used = tile_bit(largest, Blocks);
        pixels -= (pixels - count + largest) / largest * largest;
    }
    while (pixels > 0) {
        const int height = next_tile<Blocks, Tiles>(pixels);
        used |= tile_bit(height, Blocks);
        pixels -= height;
    }
    return used;
}
}  // namespace detail

/// The tiles that a strip of so many channel blocks and pixels takes.
template <bool Small>
constexpr auto tiles_of(int blocks, int pixels) noexcept -> TileSet {
    constexpr TileSet every = every_tile(Small);
    if (blocks == 1) return detail::tiles_of<1, every>(pixels);
    return (blocks > 3 || blocks == 2 ? detail::tiles_of<2, every>(pixels) : 0) | (blocks % 2 == 1 ? detail::tiles_of<3, every>(pixels) : 0);
}

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#endif
