// mdl: when Winograd's algorithm wins, with which tile, and how much of the image it takes at a time.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/kernels/blocks/strip.hpp>
#include <mdl/simd/winograd.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Outputs of one tile, F(rows x columns, kernel). 1 along an axis where the kernel has one tap; 0 x 0: no Winograd.
struct WinogradTile {
    int rows = 0, columns = 0;

    constexpr auto operator==(const WinogradTile&) const noexcept -> bool = default;
    constexpr explicit operator bool() const noexcept { return rows > 0; }
};

/// Sizes that follow from geometry and tile.
struct WinogradPlan {
    WinogradTile tile{};
    int in_rows = 0, in_columns = 0;        ///< inputs of a tile
    int tiles_y = 0, tiles_x = 0;
    int chunk = 0, chunks = 0;              ///< tiles that are transformed at a time, and how often
    std::ptrdiff_t in_stride = 0, out_stride = 0;  ///< floats between two positions of the transformed input and output
    double cost = 0;                               ///< estimated time in vector multiply-adds

    constexpr auto positions() const noexcept -> int { return in_rows * in_columns; }
    constexpr auto tiles() const noexcept -> int { return tiles_y * tiles_x; }
};

namespace detail {

/// Weights arrive from memory that slowly: bytes in the time of one vector multiply-add. (Zen 3: 11 GB/s of 6.6 G multiply-adds;
/// phones are alike.) What overflows the second-level cache comes back four times as fast.
inline constexpr double winograd_weight_bytes = 2, winograd_cache_bytes = 8;
/// Of the second-level cache, what transformed inputs and products may fill: with all of it VGG-11 is a tenth slower.
inline constexpr double winograd_l2_bytes = assumed_l2_bytes / 2.0;

/// Additions and multiply-adds of one transform of n inputs, per vector, with its loads and stores.
constexpr auto winograd_line_cost(int n) noexcept -> double { return n == 1 ? 0 : n * (n - 2) / 2.0 + 2.0 * n; }

constexpr auto winograd_plan(const Geometry& g, const WinogradTile& tile, int chunk) noexcept -> WinogradPlan {
    WinogradPlan plan;
    plan.tile = tile;
    plan.in_rows = tile.rows + g.kernel_h - 1, plan.in_columns = tile.columns + g.kernel_w - 1;
    plan.tiles_y = divide_up(g.out_h, tile.rows), plan.tiles_x = divide_up(g.out_w, tile.columns);
    plan.chunk = smaller(chunk, plan.tiles());
    plan.chunks = divide_up(plan.tiles(), plan.chunk);
    // One line more than the data: strides of whole pages would put all positions into one set of the cache.
    plan.in_stride = std::ptrdiff_t{padded_channels(g.in_channels)} * plan.chunk + 16;
    plan.out_stride = std::ptrdiff_t{padded_channels(g.out_channels)} * plan.chunk + 16;

    const double in_blocks = blocks_of(g.in_channels), out_blocks = blocks_of(g.out_channels);
    const double product = static_cast<double>(plan.tiles()) * plan.positions() * g.in_channels * out_blocks;
    const double weights = static_cast<double>(plan.positions()) * g.in_channels * out_blocks * simd::lanes * 4;
    // Only the first chunk's weights come from memory, if the cache beyond holds them.
    const double memory = weights / winograd_weight_bytes + (plan.chunks - 1) * weights / winograd_cache_bytes;
    const double room = static_cast<double>(plan.positions()) * static_cast<double>(plan.in_stride + plan.out_stride) * 4 - winograd_l2_bytes;
    const double overflow = room > 0 ? 2 * room * plan.chunks / winograd_cache_bytes : 0;
    const double lines = plan.in_columns * winograd_line_cost(plan.in_rows) + plan.in_rows * winograd_line_cost(plan.in_columns);
    const double out_lines = plan.in_columns * winograd_line_cost(plan.in_rows) + tile.rows * winograd_line_cost(plan.in_columns);
    plan.cost = (product > memory ? product : memory) + overflow + plan.tiles() * (in_blocks * lines + out_blocks * out_lines);
    return plan;
}

}  // namespace detail

/// The plan with the chunk that costs least: larger ones read the weights less often, smaller ones stay in the cache.
constexpr auto winograd_plan(const Geometry& g, const WinogradTile& tile) noexcept -> WinogradPlan {
    const int tiles = divide_up(g.out_h, tile.rows) * divide_up(g.out_w, tile.columns);
    WinogradPlan best = detail::winograd_plan(g, tile, tiles);
    for (int chunks = 2;; chunks = chunks < 8 ? chunks + 1 : chunks + chunks / 2) {
        // Whole register tiles, and at least two of them.
        const int chunk = divide_up(divide_up(tiles, chunks), simd::max_tile_pixels) * simd::max_tile_pixels;
        if (chunk < 2 * simd::max_tile_pixels) break;
        if (const WinogradPlan plan = detail::winograd_plan(g, tile, chunk); plan.cost < best.cost) best = plan;
    }
    return best;
}

/// The fastest tile for a convolution, or none where the direct one is as fast.
constexpr auto winograd_tile(const Geometry& g) noexcept -> WinogradTile {
    if (g.groups != 1 || g.stride_h != 1 || g.stride_w != 1 || g.dilation_h != 1 || g.dilation_w != 1) return {};
    if (g.in_channels < simd::lanes || g.out_channels < simd::lanes || g.kernel_h * g.kernel_w == 1) return {};
    const int depth = g.in_channels * g.kernel_h * g.kernel_w;
    const double direct_work = static_cast<double>(g.out_pixels()) * depth * blocks_of(g.out_channels);
    const double direct_memory = static_cast<double>(panels_floats(g.out_channels, depth)) * 4 / detail::winograd_weight_bytes;
    double best = 0.95 * (direct_work > direct_memory ? direct_work : direct_memory);
    WinogradTile choice;
    // F(6x6, 3x3) was never faster by more than it errs and weighs more than F(4x4, 3x3).
    for (int rows = 1; rows <= 4; rows *= 2)
        for (int columns = 1; columns <= 4; columns *= 2) {
            if ((g.kernel_h == 1) != (rows == 1) || (g.kernel_w == 1) != (columns == 1)) continue;
            if (g.kernel_h > 1 && g.kernel_w > 1 && rows != columns) continue;
            const int in_rows = rows + g.kernel_h - 1, in_columns = columns + g.kernel_w - 1;
            // F(4x4, 7x7) would err by 8e-5.
            const int most = rows > 1 && columns > 1 ? simd::max_winograd_inputs - 2 : simd::max_winograd_inputs;
            if (in_rows > most || in_columns > most || (in_rows > 1 && in_rows % 2 != 0) || (in_columns > 1 && in_columns % 2 != 0)) continue;
            const WinogradTile tile{rows, columns};
            const double cost = winograd_plan(g, tile).cost;
            if (cost < best) best = cost, choice = tile;
        }
    return choice;
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
