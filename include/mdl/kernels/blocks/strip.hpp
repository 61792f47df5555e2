// mdl: strips of input rows, zero-padded, in scratch memory: how many rows, and the copy from channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <numeric>

#include <mdl/kernels/blocks/gemm_tile.hpp>
#include <mdl/tensor/geometry.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// The second-level cache of a phone's big core, from Cortex-A76 on, and of x86; half of it is for the strip, the rest for weights
/// and output.
inline constexpr int assumed_l2_bytes = 512 * 1024;

/// Output rows are computed in strips of `rows`, each from `in_rows` x `in_columns` input pixels, padding included.
struct StripPlan {
    int rows = 0, strips = 0, in_rows = 0, in_columns = 0;

    constexpr auto pixels() const noexcept -> int { return in_rows * in_columns; }
};

/// Rows per strip that move the fewest bytes: every strip reads all weights once, and a strip that does not fit
/// half the cache is read again for every group of output channels. At least `at_least` strips where there are rows enough.
constexpr auto plan_strips(const Geometry& g, int floats_per_pixel, int out_channels, int depth, int at_least) noexcept -> StripPlan {
    const double weights = static_cast<double>(panels_floats(out_channels, depth)) * 4;
    const int passes = divide_up(blocks_of(out_channels), simd::max_tile_blocks);
    StripPlan best;
    best.in_columns = (g.out_w - 1) * g.stride_w + g.extent_w();
    double best_cost = 0;
    for (int strips = smaller(g.out_h, at_least);; strips = strips < 4 ? strips + 1 : strips + strips / 2) {
        strips = smaller(strips, g.out_h);
        const int rows = divide_up(g.out_h, strips);
        // Eight tiles fetch the next panel of weights while they use theirs; 24 or 30 pixels were a tenth slower than 48.
        if (best.rows > 0 && rows * g.out_w < 8 * simd::max_tile_pixels) break;
        const int in_rows = (rows - 1) * g.stride_h + g.extent_h();
        const double bytes = static_cast<double>(in_rows) * best.in_columns * floats_per_pixel * 4;
        const double reread = bytes > assumed_l2_bytes / 2.0 ? bytes * (passes + 1) : bytes;  // what was copied goes out, too
        const double cost = divide_up(g.out_h, rows) * (weights + bytes + reread);
        if (best.rows == 0 || cost < best_cost) best.rows = rows, best_cost = cost;
        if (strips == g.out_h) break;
    }
    // Whole register tiles: strips of 54 pixels are a twentieth faster than strips of 49.
    const int whole = simd::max_tile_pixels / std::gcd(simd::max_tile_pixels, g.out_w);
    best.rows = smaller(g.out_h, divide_up(best.rows, whole) * whole);
    best.strips = divide_up(g.out_h, best.rows);
    best.in_rows = (best.rows - 1) * g.stride_h + g.extent_h();
    return best;
}

/// Rows of the strip that starts at output row `first`, its first input row, and so on.
struct StripRows {
    int first_out, out_rows, first_in, in_rows;

    constexpr StripRows(const Geometry& g, const StripPlan& plan, int strip) noexcept
        : first_out(strip * plan.rows),
          out_rows(smaller(plan.rows, g.out_h - first_out)),
          first_in(first_out * g.stride_h - g.pad_top),
          in_rows((out_rows - 1) * g.stride_h + g.extent_h()) {}
};

/// Register tiles of a convolution in strips of so many pixels, the last of which may be shorter.
template <bool Small>
constexpr auto strip_tiles(int out_channels, int all_pixels, int strip_pixels) noexcept -> simd::TileSet {
    const int last = all_pixels % strip_pixels;
    return simd::tiles_of<Small>(blocks_of(out_channels), smaller(strip_pixels, all_pixels)) | simd::tiles_of<Small>(blocks_of(out_channels), last);
}

/// Scratch memory of one worker: the tap offsets, then a strip of floats.
struct StripScratch {
    int taps = 0;
    std::size_t floats = 0;

    constexpr auto strip_offset() const noexcept -> std::size_t { return align_bytes(static_cast<std::size_t>(taps) * sizeof(int)); }
    constexpr auto bytes() const noexcept -> std::size_t { return strip_offset() + align_bytes(floats * sizeof(float)); }
    auto taps_of(std::byte* scratch, int worker) const noexcept -> int* {
        return reinterpret_cast<int*>(scratch + static_cast<std::size_t>(worker) * bytes());
    }
    auto strip_of(std::byte* scratch, int worker) const noexcept -> float* {
        return reinterpret_cast<float*>(scratch + static_cast<std::size_t>(worker) * bytes() + strip_offset());
    }
};

/// Where a strip of channel blocks lies: floats between rows and between blocks.
struct BlockStrip {
    int row_stride = 0, block_stride = 0;
};

/// Tap offsets over channel blocks: whole blocks first, then the last one's valid channels.
inline auto block_taps(const Geometry& g, int channels, const BlockStrip& at, int* offsets) noexcept -> Taps {
    const Taps taps{offsets, channels / simd::lanes * g.kernel_h * g.kernel_w, channels % simd::lanes != 0 ? g.kernel_h * g.kernel_w : 0,
                    channels % simd::lanes, at.block_stride};
    for (int block = 0; block < blocks_of(channels); ++block)
        for (int ky = 0; ky < g.kernel_h; ++ky)
            for (int kx = 0; kx < g.kernel_w; ++kx)
                *offsets++ = block * at.block_stride + ky * g.dilation_h * at.row_stride + kx * g.dilation_w * simd::lanes;
    return taps;
}

/// Visits the weights' places [channel][ky][kx] in the order of block_taps.
template <class Visit>
MDL_ALWAYS_INLINE void each_block_tap(const Geometry& g, int channels, Visit visit) noexcept {
    const int area = g.kernel_h * g.kernel_w;
    for (int first = 0; first < channels; first += simd::lanes)
        for (int at = 0; at < area; ++at)
            for (int channel = first; channel < smaller(channels, first + simd::lanes); ++channel) visit(channel * area + at);
}

/// Copies `count` pixels of one block, `step` floats apart, side by side, through the prologue if there is one. `scale`, `shift`: of the
/// block, or null.
MDL_ALWAYS_INLINE auto copy_pixels(const float* from, int step, int count, const float* scale, const float* shift, const ActivationArgs& prologue,
                                   float* to) noexcept -> float* {
    constexpr int c = simd::lanes;
    if (scale == nullptr) {
        for (int x = 0; x < count; ++x, from += step, to += c) simd::store(to, simd::load(from));
        return to;
    }
    const simd::Vector a = simd::load(scale), b = simd::load(shift), lo = simd::broadcast(prologue.lo), hi = simd::broadcast(prologue.hi);
    for (int x = 0; x < count; ++x, from += step, to += c) simd::store(to, simd::clamp(simd::fma(simd::load(from), a, b), lo, hi));
    return to;
}

/// Copies input rows [first_row, first_row + rows) x columns [first_column, first_column + columns) of some blocks, zero
/// outside the input, and applies the prologue if there is one.
inline void copy_block_strip(const Geometry& g, const float* input, int blocks, int first_row, int rows, int first_column, int columns,
                             const BlockStrip& at, const float* scale, const float* shift, const ActivationArgs& prologue,
                             float* strip) noexcept {
    constexpr int c = simd::lanes;
    const int left = smaller(larger(-first_column, 0), columns);
    const int inside = larger(smaller(columns, g.in_w - first_column) - left, 0);
    for (int block = 0; block < blocks; ++block) {
        const float* const plane = input + std::ptrdiff_t{block} * g.in_pixels() * c;
        for (int row = 0; row < rows; ++row) {
            float* to = strip + std::ptrdiff_t{block} * at.block_stride + std::ptrdiff_t{row} * at.row_stride;
            const int y = first_row + row;
            const int valid = y >= 0 && y < g.in_h ? inside : 0;
            const int before = valid > 0 ? left : 0;
            for (int x = 0; x < before; ++x, to += c) simd::store(to, simd::zero());
            if (valid > 0)
                to = copy_pixels(plane + (std::ptrdiff_t{y} * g.in_w + first_column + left) * c, c, valid, scale != nullptr ? scale + block * c : nullptr,
                                 scale != nullptr ? shift + block * c : nullptr, prologue, to);
            for (int x = before + valid; x < columns; ++x, to += c) simd::store(to, simd::zero());
        }
    }
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
