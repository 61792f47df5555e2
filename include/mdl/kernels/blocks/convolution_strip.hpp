// mdl: convolution over channel blocks with any kernel, stride, dilation and padding, groups = 1.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/strip.hpp>
#include <mdl/kernels/parallel.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

namespace detail {
/// Without padding and prologue the tile reads the input where it lies.
constexpr auto reads_in_place(const Geometry& g, bool prologue) noexcept -> bool { return !prologue && !g.reads_border(); }

constexpr auto strip_depth(const Geometry& g) noexcept -> int { return g.in_channels * g.kernel_h * g.kernel_w; }

constexpr auto strip_plan(const Geometry& g, int workers) noexcept -> StripPlan {
    return plan_strips(g, padded_channels(g.in_channels), g.out_channels, strip_depth(g), workers > 1 ? 2 * workers : 1);
}

constexpr auto strip_scratch(const Geometry& g, const StripPlan& plan, bool prologue) noexcept -> StripScratch {
    const std::size_t pixels = reads_in_place(g, prologue) ? 0 : static_cast<std::size_t>(plan.pixels());
    return {blocks_of(g.in_channels) * g.kernel_h * g.kernel_w, pixels * static_cast<std::size_t>(padded_channels(g.in_channels))};
}
}  // namespace detail

constexpr auto convolution_strip_packed_floats(const Geometry& g) noexcept -> std::size_t {
    return panels_floats(g.out_channels, detail::strip_depth(g));
}

constexpr auto convolution_strip_scratch_bytes(const Geometry& g, int workers, bool prologue = false) noexcept -> std::size_t {
    return static_cast<std::size_t>(workers) * detail::strip_scratch(g, detail::strip_plan(g, workers), prologue).bytes();
}

template <bool Small>
constexpr auto convolution_strip_tiles(const Geometry& g) noexcept -> simd::TileSet {
    return strip_tiles<Small>(g.out_channels, g.out_pixels(), detail::strip_plan(g, 1).rows * g.out_w);
}

[[gnu::cold]] inline void convolution_strip_pack(const Geometry& g, const float* w, const float* out_scale, const float* bias, float* packed) noexcept {
    panels_pack(g.out_channels, detail::strip_depth(g), w, out_scale, bias, packed,
                [&](auto visit) noexcept { each_block_tap(g, g.in_channels, visit); });
}

namespace detail {
/// The convolution by a plan that is already there.
template <class E, class Parallel>
void run_planned_strips(const Geometry& g, const StripPlan& plan, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    const bool prologue = buffers.prologue_scale != nullptr;
    const StripScratch scratch = strip_scratch(g, plan, prologue);
    parallel(plan.strips, [&](int strip, int worker) noexcept {
        const StripRows rows(g, plan, strip);
        BlockStrip at{g.in_w * c, g.in_pixels() * c};
        const float* source = buffers.input + (std::ptrdiff_t{rows.first_in} * g.in_w - g.pad_left) * c;
        if (!reads_in_place(g, prologue)) {
            at = {plan.in_columns * c, plan.pixels() * c};
            float* const copy = scratch.strip_of(buffers.scratch, worker);
            copy_block_strip(g, buffers.input, blocks_of(g.in_channels), rows.first_in, rows.in_rows, -g.pad_left, plan.in_columns, at,
                             buffers.prologue_scale, buffers.prologue_shift, args.prologue, copy);
            source = copy;
        }
        const std::ptrdiff_t out_at = std::ptrdiff_t{rows.first_out} * g.out_w * c;
        StripTask task;
        task.input = source;
        task.step_x = g.stride_w * c, task.step_y = g.stride_h * at.row_stride;
        task.columns = g.out_w, task.pixels = rows.out_rows * g.out_w;
        task.taps = block_taps(g, g.in_channels, at, scratch.taps_of(buffers.scratch, worker));
        task.bias = buffers.weights;
        task.weights = buffers.weights + padded_channels(g.out_channels);
        task.blocks = blocks_of(g.out_channels);
        task.output = buffers.output + out_at;
        task.residual = buffers.residual != nullptr ? buffers.residual + out_at : nullptr;
        task.slope = buffers.slope;
        task.block_stride = std::ptrdiff_t{g.out_pixels()} * c;
        run_strip<E>(task, args);
    });
}
}  // namespace detail

/// out(o,y,x) = bias(o) + sum in(i, y*s+ky*d-pad, x*s+kx*d-pad) * w(o,i,ky,kx), then the epilogue.
template <class E = Epilogue<>, class Parallel>
void convolution_strip(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    detail::run_planned_strips<E>(g, detail::strip_plan(g, parallel.workers), args, buffers, parallel);
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
