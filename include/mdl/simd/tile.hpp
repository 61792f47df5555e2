// mdl: how many pixels and channel blocks a register tile has on each instruction set, and unrolled loops.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/vector.hpp>

#if MDL_SIMD

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

/// Whether the pixel tile `mr` is instantiated. Few are: each is about a kilobyte of code; `small`: fewer still.
constexpr auto is_tile_height(int mr, bool small = false) noexcept -> bool {
    if (small) return mr == max_tile_pixels || mr == max_tile_pixels / 2 || mr == 1;
    if (max_tile_pixels == 14) return mr == 14 || mr == 10 || mr == 7 || mr == 4 || mr == 2 || mr == 1;
    if (max_tile_pixels == 8) return mr == 8 || mr == 7 || mr == 6 || mr == 4 || mr == 2 || mr == 1;
    if (max_tile_pixels == 6) return mr == 6 || mr == 5 || mr == 4 || mr == 2 || mr == 1;
    return mr == 4 || mr == 2 || mr == 1;
}

namespace detail {
/// Heights for the last few tiles, found once by the compiler.
template <bool Small>
struct TileHeights {
    static constexpr int count = 4 * max_tile_pixels;
    signed char height[count]{};

    constexpr TileHeights() noexcept {
        constexpr int fast = max_tile_pixels == 14 ? 7 : 4;  // lower tiles wait for the latency of the multiply-add
        bool exact[count]{};                                 // made of fast tiles only
        exact[0] = true;
        for (int rest = 1; rest < count; ++rest) {
            height[rest] = 1;
            for (int mr = 1; mr <= max_tile_pixels && mr <= rest; ++mr) {
                if (!is_tile_height(mr, Small)) continue;
                const bool good = mr >= fast && exact[rest - mr];
                if (good || !exact[rest]) height[rest] = static_cast<signed char>(mr);
                exact[rest] = exact[rest] || good;
            }
        }
    }
};
template <bool Small>
inline constexpr TileHeights<Small> tile_heights{};
}  // namespace detail

/// Pixels of the next tile when `rest` are left: the largest tile that does not leave a remainder which only slow,
/// low tiles could do (49 pixels become 6 6 6 6 6 6 5 4 4).
template <bool Small = false>
constexpr auto next_tile(int rest) noexcept -> int {
    return rest >= detail::TileHeights<Small>::count ? max_tile_pixels : detail::tile_heights<Small>.height[rest];
}

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#endif
