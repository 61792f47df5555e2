// mdl: grouped convolution over channel blocks, any group size: each group is gathered into a strip of its own.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/strip.hpp>
#include <mdl/kernels/parallel.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

namespace detail {

/// One group as a convolution of its own.
constexpr auto one_group(const Geometry& g) noexcept -> Geometry {
    Geometry one = g;
    one.in_channels = g.group_in(), one.out_channels = g.group_out(), one.groups = 1;
    return one;
}
constexpr auto group_depth(const Geometry& g) noexcept -> int { return g.group_in() * g.kernel_h * g.kernel_w; }
constexpr auto group_plan(const Geometry& g) noexcept -> StripPlan { return plan_strips(one_group(g), g.group_in(), g.group_out(), group_depth(g), 1); }
/// Groups that end inside a block share it with the next group: their results take a detour over scratch memory.
constexpr auto shares_blocks(const Geometry& g) noexcept -> bool { return g.group_out() % simd::lanes != 0; }
constexpr auto group_tap_count(const Geometry& g) noexcept -> int { return g.dilation_w == 1 ? g.kernel_h : g.kernel_h * g.kernel_w; }

/// Floats of the strip, of a strip of results, and of a strip of residuals with the slopes.
struct GroupScratch {
    std::size_t strip, results, slopes;

    constexpr GroupScratch(const Geometry& g, const StripPlan& plan) noexcept
        : strip(align_bytes(static_cast<std::size_t>(plan.pixels()) * static_cast<std::size_t>(g.group_in()) * sizeof(float)) / sizeof(float)),
          results(shares_blocks(g) ? static_cast<std::size_t>(padded_channels(g.group_out())) * static_cast<std::size_t>(plan.rows * g.out_w) : 0),
          slopes(shares_blocks(g) ? static_cast<std::size_t>(padded_channels(g.group_out())) : 0) {}
    constexpr auto floats() const noexcept -> std::size_t { return strip + 2 * results + slopes; }
};

/// Copies `channels` channels from `first` on into interleaved pixels, zero outside the input, through the prologue if any.
inline void gather_group_strip(const Geometry& g, const Buffers& buffers, const ActivationArgs& prologue, int first, int channels, int first_row,
                               int rows, int columns, float* strip) noexcept {
    constexpr int c = simd::lanes;
    const int left = smaller(g.pad_left, columns);
    const int valid = larger(smaller(columns - left, g.in_w), 0);
    for (int row = 0; row < rows; ++row, strip += std::ptrdiff_t{columns} * channels) {
        const int y = first_row + row;
        const bool inside = y >= 0 && y < g.in_h;
        const int begin = inside ? left * channels : columns * channels;
        for (int i = 0; i < begin; ++i) strip[i] = 0;
        if (!inside) continue;
        for (int i = (left + valid) * channels; i < columns * channels; ++i) strip[i] = 0;
        for (int i = 0; i < channels; ++i) {
            const int channel = first + i;
            const float* from = buffers.input + (std::ptrdiff_t{channel / c} * g.in_pixels() + std::ptrdiff_t{y} * g.in_w) * c + channel % c;
            float* to = strip + begin + i;
            if (buffers.prologue_scale == nullptr) {
                for (int x = 0; x < valid; ++x, from += c, to += channels) *to = *from;
            } else {
                const float scale = buffers.prologue_scale[channel], shift = buffers.prologue_shift[channel];
                for (int x = 0; x < valid; ++x, from += c, to += channels) {
                    const float value = *from * scale + shift;
                    *to = value < prologue.lo ? prologue.lo : value > prologue.hi ? prologue.hi : value;
                }
            }
        }
    }
}

}  // namespace detail

constexpr auto convolution_grouped_packed_floats(const Geometry& g) noexcept -> std::size_t {
    return static_cast<std::size_t>(g.groups) * panels_floats(g.group_out(), detail::group_depth(g));
}

template <bool Small>
constexpr auto convolution_grouped_tiles(const Geometry& g) noexcept -> simd::TileSet {
    return strip_tiles<Small>(g.group_out(), g.out_pixels(), detail::group_plan(g).rows * g.out_w);
}

constexpr auto convolution_grouped_scratch_bytes(const Geometry& g, int workers, bool = false) noexcept -> std::size_t {
    return static_cast<std::size_t>(workers) *
           StripScratch{detail::group_tap_count(g), detail::GroupScratch(g, detail::group_plan(g)).floats()}.bytes();
}

[[gnu::cold]] inline void convolution_grouped_pack(const Geometry& g, const float* w, const float* out_scale, const float* bias, float* packed) noexcept {
    const int area = g.kernel_h * g.kernel_w, depth = detail::group_depth(g);
    for (int group = 0; group < g.groups; ++group, packed += panels_floats(g.group_out(), depth)) {
        const int first = group * g.group_out();
        panels_pack(g.group_out(), depth, w + std::ptrdiff_t{first} * depth, out_scale != nullptr ? out_scale + first : nullptr,
                    bias != nullptr ? bias + first : nullptr, packed, [&](auto visit) noexcept {
                        for (int at = 0; at < area; ++at)
                            for (int i = 0; i < g.group_in(); ++i) visit(i * area + at);
                    });
    }
}

/// out(o,y,x) = bias(o) + sum over the channels i of o's group of in(i, y*s+ky*d-pad, x*s+kx*d-pad) * w(o,i,ky,kx), then the
/// epilogue. Also a depthwise convolution with a multiplier. convolution_merged is faster where it serves.
template <class E = Epilogue<>, class Parallel>
void convolution_grouped(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    const StripPlan plan = detail::group_plan(g);
    const detail::GroupScratch sizes(g, plan);
    const StripScratch scratch{detail::group_tap_count(g), sizes.floats()};
    const int ins = g.group_in(), outs = g.group_out(), depth = detail::group_depth(g);
    parallel(g.groups * plan.strips, [&](int index, int worker) noexcept {
        const int group = index / plan.strips, first_channel = group * outs;
        const StripRows rows(g, plan, index % plan.strips);
        float* const strip = scratch.strip_of(buffers.scratch, worker);
        detail::gather_group_strip(g, buffers, args.prologue, group * ins, ins, rows.first_in, rows.in_rows, plan.in_columns, strip);

        int* const offsets = scratch.taps_of(buffers.scratch, worker);
        const int row_stride = plan.in_columns * ins;
        for (int ky = 0, n = 0; ky < g.kernel_h; ++ky)
            for (int kx = 0; kx < (g.dilation_w == 1 ? 1 : g.kernel_w); ++kx) offsets[n++] = ky * g.dilation_h * row_stride + kx * g.dilation_w * ins;
        StripTask task;
        task.input = strip;
        task.step_x = g.stride_w * ins, task.step_y = g.stride_h * row_stride;
        task.columns = g.out_w, task.pixels = rows.out_rows * g.out_w;
        task.taps = {offsets, 0, detail::group_tap_count(g), depth / detail::group_tap_count(g)};
        task.bias = buffers.weights + static_cast<std::ptrdiff_t>(panels_floats(outs, depth)) * group;
        task.weights = task.bias + padded_channels(outs);
        task.blocks = blocks_of(outs);
        const std::ptrdiff_t row_at = std::ptrdiff_t{rows.first_out} * g.out_w * c;
        if (!detail::shares_blocks(g)) {
            const std::ptrdiff_t out_at = std::ptrdiff_t{first_channel} * g.out_pixels() + row_at;
            task.output = buffers.output + out_at;
            task.residual = buffers.residual != nullptr ? buffers.residual + out_at : nullptr;
            task.slope = buffers.slope != nullptr ? buffers.slope + first_channel : nullptr;
            task.block_stride = std::ptrdiff_t{g.out_pixels()} * c;
            run_strip<E>(task, args);
            return;
        }
        // Where channel o of the group lies in the feature map, and in the detour.
        const auto in_map = [&](int o) noexcept { return std::ptrdiff_t{(first_channel + o) / c} * g.out_pixels() * c + row_at + (first_channel + o) % c; };
        const auto in_detour = [&](int o) noexcept { return std::ptrdiff_t{o / c} * task.pixels * c + o % c; };
        float* const results = strip + sizes.strip;
        float* const residuals = results + sizes.results;
        float* const slopes = residuals + sizes.results;
        task.output = results;
        task.block_stride = std::ptrdiff_t{task.pixels} * c;
        if (buffers.residual != nullptr) {
            task.residual = residuals;
            for (int o = 0; o < padded_channels(outs); ++o)
                for (int p = 0; p < task.pixels; ++p)
                    residuals[in_detour(o) + std::ptrdiff_t{p} * c] = o < outs ? buffers.residual[in_map(o) + std::ptrdiff_t{p} * c] : 1.0f;
        }
        if (buffers.slope != nullptr) {
            task.slope = slopes;
            for (int o = 0; o < padded_channels(outs); ++o) slopes[o] = o < outs ? buffers.slope[first_channel + o] : 0.0f;
        }
        run_strip<E>(task, args);
        for (int o = 0; o < outs; ++o) {
            const float* from = results + in_detour(o);
            float* to = buffers.output + in_map(o);
            for (int p = 0; p < task.pixels; ++p, from += c, to += c) *to = *from;
        }
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
