// mdl: 1x1 convolution over channel blocks: pixels are one flat sequence, those that a stride picks copied side by side.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/kernels/blocks/strip.hpp>
#include <mdl/kernels/parallel.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// The output pixels of a 1x1 convolution that read the input: rows and columns from (top, left) on. All others read zeros.
struct PointwiseInside {
    int top = 0, left = 0;
    Geometry geometry{};  ///< of these pixels alone, without padding

    constexpr explicit PointwiseInside(const Geometry& g) noexcept : geometry(g) {
        top = smaller(divide_up(larger(g.pad_top, 0), g.stride_h), g.out_h);
        left = smaller(divide_up(larger(g.pad_left, 0), g.stride_w), g.out_w);
        geometry.pad_top -= top * g.stride_h, geometry.pad_left -= left * g.stride_w;
        geometry.pad_bottom = geometry.pad_right = 0;
        geometry.out_h = larger(smaller(g.out_h - top, divide_up(g.in_h + geometry.pad_top, g.stride_h)), 0);
        geometry.out_w = larger(smaller(g.out_w - left, divide_up(g.in_w + geometry.pad_left, g.stride_w)), 0);
    }
};

/// Is there anything inside, and no residual where there is something outside?
constexpr auto convolution_pointwise_takes(const Geometry& g, bool residual) noexcept -> bool {
    if (g.groups != 1 || g.kernel_h != 1 || g.kernel_w != 1) return false;
    return g.is_pointwise() || (!residual && PointwiseInside(g).geometry.out_pixels() > 0);
}

namespace detail {
/// The flat sequence as a column of rows that are one pixel long, so that plan_strips cuts it into strips of pixels.
constexpr auto flat(const Geometry& g) noexcept -> Geometry {
    Geometry flat;
    flat.in_channels = g.in_channels, flat.out_channels = g.out_channels;
    flat.in_h = flat.out_h = g.out_pixels();
    return flat;
}

struct PointwisePlan {
    StripPlan strips{};
    int parts = 1, part_blocks = 0;  ///< the output blocks in parts, so that few pixels too feed all workers
};

constexpr auto pointwise_plan(const Geometry& g, int workers) noexcept -> PointwisePlan {
    PointwisePlan plan;
    plan.strips = plan_strips(flat(g), padded_channels(g.in_channels), g.out_channels, g.in_channels, 1);
    const int pairs = larger(1, blocks_of(g.out_channels) / simd::max_tile_blocks);  // an odd block belongs to the last
    const int wanted = workers > 1 ? divide_up(3 * workers, plan.strips.strips) : 1;
    const int part_pairs = divide_up(pairs, smaller(pairs, wanted));
    plan.part_blocks = part_pairs * simd::max_tile_blocks;
    plan.parts = divide_up(pairs, part_pairs);
    return plan;
}

/// Are pixels copied on the way in?
constexpr auto pointwise_copies(const Geometry& g, bool prologue) noexcept -> bool { return prologue || !g.is_flat(); }

constexpr auto pointwise_scratch(const Geometry& g, const PointwisePlan& plan, bool prologue) noexcept -> StripScratch {
    const std::size_t pixels = pointwise_copies(g, prologue) ? static_cast<std::size_t>(plan.strips.rows) : 0;
    return {blocks_of(g.in_channels), pixels * static_cast<std::size_t>(padded_channels(g.in_channels))};
}

/// Copies the input pixels of output pixels [first, first + count), through the prologue if any.
inline void copy_picked_pixels(const Geometry& g, const Buffers& buffers, const ActivationArgs& prologue, int first, int count,
                               std::ptrdiff_t block_stride, float* strip) noexcept {
    constexpr int c = simd::lanes;
    for (int block = 0; block < blocks_of(g.in_channels); ++block) {
        const float* const scale = buffers.prologue_scale != nullptr ? buffers.prologue_scale + block * c : nullptr;
        const float* const shift = buffers.prologue_scale != nullptr ? buffers.prologue_shift + block * c : nullptr;
        const float* const plane = buffers.input + (std::ptrdiff_t{block} * g.in_pixels() - std::ptrdiff_t{g.pad_top} * g.in_w - g.pad_left) * c;
        float* to = strip + block * block_stride;
        for (int y = first / g.out_w, x = first % g.out_w, left = count; left > 0; ++y, x = 0) {
            const float* from = plane + (std::ptrdiff_t{y} * g.stride_h * g.in_w + std::ptrdiff_t{x} * g.stride_w) * c;
            const int run = smaller(left, g.out_w - x);
            left -= run;
            to = copy_pixels(from, g.stride_w * c, run, scale, shift, prologue, to);
        }
    }
}

/// Moves the results of the pixels inside, which lie side by side, to their places, the last one first; all around is `border`.
inline void spread_inside(const Geometry& g, const PointwiseInside& inside, simd::Vector border, float* plane) noexcept {
    constexpr int c = simd::lanes;
    const float* from = plane + std::ptrdiff_t{inside.geometry.out_pixels()} * c;
    float* to = plane + std::ptrdiff_t{g.out_pixels()} * c;
    for (int y = g.out_h - 1; y >= 0; --y) {
        const bool row = y >= inside.top && y < inside.top + inside.geometry.out_h;
        const int begin = row ? inside.left : 0, end = row ? begin + inside.geometry.out_w : 0;
        for (int x = g.out_w; x > end; --x) simd::store(to -= c, border);
        for (int x = end; x > begin; --x) simd::store(to -= c, simd::load(from -= c));
        for (int x = begin; x > 0; --x) simd::store(to -= c, border);
    }
}
}  // namespace detail

constexpr auto convolution_pointwise_packed_floats(const Geometry& g) noexcept -> std::size_t {
    return panels_floats(g.out_channels, g.in_channels);
}

constexpr auto convolution_pointwise_scratch_bytes(const Geometry& g, int workers, bool prologue = false) noexcept -> std::size_t {
    const Geometry inside = PointwiseInside(g).geometry;
    return static_cast<std::size_t>(workers) * detail::pointwise_scratch(inside, detail::pointwise_plan(inside, workers), prologue).bytes();
}

template <bool Small>
constexpr auto convolution_pointwise_tiles(const Geometry& g) noexcept -> simd::TileSet {
    const Geometry inside = PointwiseInside(g).geometry;
    return strip_tiles<Small>(g.out_channels, inside.out_pixels(), detail::pointwise_plan(inside, 1).strips.rows);
}

[[gnu::cold]] inline void convolution_pointwise_pack(const Geometry& g, const float* w, const float* out_scale, const float* bias, float* packed) noexcept {
    panels_pack(g.out_channels, g.in_channels, w, out_scale, bias, packed, [&](auto visit) noexcept { each_block_tap(g, g.in_channels, visit); });
}

/// May the input's channels lie apart, in whole blocks and single ones? The loop of flat_tile.hpp steps evenly from block to block.
constexpr auto convolution_pointwise_takes_taps([[maybe_unused]] bool in_order) noexcept -> bool {
#if defined(__aarch64__)
    return in_order;
#else
    return true;
#endif
}

/// The same for a convolution that sums channel order[k] of its input at place k.
[[gnu::cold]] inline void convolution_pointwise_pack_ordered(const Geometry& g, const float* w, const float* out_scale, const float* bias,
                                                             const std::int16_t* order, float* packed) noexcept {
    panels_pack(g.out_channels, g.in_channels, w, out_scale, bias, packed, [&](auto visit) noexcept {
        for (int k = 0; k < g.in_channels; ++k) visit(order[k]);
    });
}

/// out(o,y,x) = bias(o) + sum in(i, y*s-pad, x*s-pad) * w(o,i), then the epilogue. The output may not be the input. No residual
/// where the padding is read.
template <class E = Epilogue<>, class Parallel>
void convolution_pointwise(const Geometry& padded, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    MDL_ASSERT(convolution_pointwise_takes(padded, buffers.residual != nullptr));
    constexpr int c = simd::lanes;
    const PointwiseInside inside(padded);
    const Geometry& g = inside.geometry;
    const bool prologue = buffers.prologue_scale != nullptr;
    const detail::PointwisePlan plan = detail::pointwise_plan(g, parallel.workers);
    const StripScratch scratch = detail::pointwise_scratch(g, plan, prologue);
    const int pixels = g.out_pixels();
    const std::ptrdiff_t plane = std::ptrdiff_t{padded.out_pixels()} * c;
    parallel(plan.strips.strips * plan.parts, [&](int index, int worker) noexcept {
        const int first = index / plan.parts * plan.strips.rows;
        const int count = smaller(plan.strips.rows, pixels - first);
        const int block = index % plan.parts * plan.part_blocks;
        BlockStrip at{c, pixels * c};
        const float* source = buffers.input + std::ptrdiff_t{first} * c;
        if (detail::pointwise_copies(g, prologue)) {
            at.block_stride = plan.strips.rows * c;
            float* const copy = scratch.strip_of(buffers.scratch, worker);
            detail::copy_picked_pixels(g, buffers, args.prologue, first, count, at.block_stride, copy);
            source = copy;
        }
        const std::ptrdiff_t out_at = block * plane + std::ptrdiff_t{first} * c;
        StripTask task;
        task.input = source;
        task.step_x = c;
        task.columns = task.pixels = count;
        task.taps = buffers.taps != nullptr ? *buffers.taps : block_taps(g, g.in_channels, at, scratch.taps_of(buffers.scratch, worker));
        task.bias = buffers.weights + block * c;
        task.weights = buffers.weights + padded_channels(g.out_channels) + std::ptrdiff_t{block} * c * g.in_channels;
        task.blocks = index % plan.parts == plan.parts - 1 ? blocks_of(g.out_channels) - block : plan.part_blocks;
        task.output = buffers.output + out_at;
        task.residual = buffers.residual != nullptr ? buffers.residual + out_at : nullptr;
        task.slope = buffers.slope != nullptr ? buffers.slope + block * c : nullptr;
        task.block_stride = plane;
        run_strip<E, !E::small>(task, args);
    });
    if (!padded.reads_border()) return;
    parallel(blocks_of(g.out_channels), [&](int block, int) noexcept {
        const float* const slope = buffers.slope != nullptr ? buffers.slope + block * c : nullptr;
        detail::spread_inside(padded, inside, E::inner(simd::load(buffers.weights + block * c), args, slope), buffers.output + block * plane);
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
