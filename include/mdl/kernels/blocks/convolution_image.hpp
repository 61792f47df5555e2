// mdl: the first convolution, which reads the caller's image and writes channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/image_rows.hpp>
#include <mdl/kernels/parallel.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

namespace detail {
constexpr auto image_depth(const Geometry& g) noexcept -> int { return g.in_channels * g.kernel_h * g.kernel_w; }

constexpr auto image_plan(const Geometry& g, int workers) noexcept -> StripPlan {
    return plan_strips(g, g.in_channels, g.out_channels, image_depth(g), workers > 1 ? 2 * workers : 1);
}
/// The summed dimension: where no dilation parts them, a row of the kernel is one run of floats. Tiles that multiply by lane take the
/// whole vectors of all runs first, then what is left of each; others take run after run.
struct ImageRuns {
    int count, floats, whole, rest;  ///< runs, floats in each, whole vectors in each, floats behind these

    constexpr ImageRuns(const Geometry& g, const ImageFormat& format) noexcept
        : count((format.layout == PixelLayout::hwc ? 1 : g.in_channels) * g.kernel_h * (g.dilation_w == 1 ? 1 : g.kernel_w)),
          floats(image_depth(g) / count),
          whole(simd::Multipliers::count == simd::lanes ? floats / simd::lanes : 0),
          rest(floats - whole * simd::lanes) {}

    constexpr auto taps() const noexcept -> int { return count * (whole + (rest > 0 ? 1 : 0)); }
};
constexpr auto image_scratch(const Geometry& g, const ImageFormat& format, const StripPlan& plan) noexcept -> StripScratch {
    return {ImageRuns(g, format).taps(), static_cast<std::size_t>(ImageStrip(format, g.in_channels, plan).floats)};
}

inline auto image_taps(const Geometry& g, const ImageFormat& format, const ImageStrip& at, int* offsets) noexcept -> Taps {
    const ImageRuns runs(g, format);
    const Taps taps{offsets, runs.count * runs.whole, runs.rest > 0 ? runs.count : 0, runs.rest};
    int* rest = offsets + taps.full;
    for (int plane = 0; plane < (at.interleaved ? 1 : g.in_channels); ++plane)
        for (int ky = 0; ky < g.kernel_h; ++ky)
            for (int kx = 0; kx < (g.dilation_w == 1 ? 1 : g.kernel_w); ++kx) {
                int run = plane * at.plane_stride + ky * g.dilation_h * at.row_stride + kx * g.dilation_w * at.step_x;
                for (int i = 0; i < runs.whole; ++i, run += simd::lanes) *offsets++ = run;
                if (runs.rest > 0) *rest++ = run;
            }
    return taps;
}
}  // namespace detail

constexpr auto convolution_image_packed_floats(const Geometry& g) noexcept -> std::size_t {
    return panels_floats(g.out_channels, detail::image_depth(g));
}

constexpr auto convolution_image_scratch_bytes(const Geometry& g, const ImageFormat& format, int workers) noexcept -> std::size_t {
    return static_cast<std::size_t>(workers) * detail::image_scratch(g, format, detail::image_plan(g, workers)).bytes();
}

template <bool Small>
constexpr auto convolution_image_tiles(const Geometry& g) noexcept -> simd::TileSet {
    return strip_tiles<Small>(g.out_channels, g.out_pixels(), detail::image_plan(g, 1).rows * g.out_w);
}

/// Also puts the weights into the channel order of the image's memory, and its runs into the order of the taps.
[[gnu::cold]] inline void convolution_image_pack(const Geometry& g, const ImageFormat& format, const float* w, const float* out_scale, const float* bias,
                                   float* packed) noexcept {
    const int area = g.kernel_h * g.kernel_w;
    const detail::ImageRuns runs(g, format);
    panels_pack(g.out_channels, detail::image_depth(g), w, out_scale, bias, packed, [&](auto visit) noexcept {
        const auto visit_runs = [&](int begin, int end) noexcept {
            for (int run = 0; run < runs.count; ++run)
                for (int k = run * runs.floats + begin; k < run * runs.floats + end; ++k) {
                    const bool interleaved = format.layout == PixelLayout::hwc;
                    const int channel = interleaved ? k % g.in_channels : k / area, at = interleaved ? k / g.in_channels : k % area;
                    visit(network_channel(format, g.in_channels, channel) * area + at);
                }
        };
        visit_runs(0, runs.floats - runs.rest);
        visit_runs(runs.floats - runs.rest, runs.floats);
    });
}

/// The convolution of ((image - mean) * scale), zero-padded; groups = 1. `image`: floats or bytes, as `format` says;
/// a plain row-major tensor is the format's default.
template <class E = Epilogue<>, class Pixel, class Parallel>
void convolution_image(const Geometry& g, const ImageFormat& format, const EpilogueArgs& args, const Pixel* image, const Buffers& buffers,
                       const Parallel& parallel) noexcept {
    MDL_ASSERT((format.element == Element::u8) == (sizeof(Pixel) == 1));
    constexpr int c = simd::lanes;
    const StripPlan plan = detail::image_plan(g, parallel.workers);
    const StripScratch scratch = detail::image_scratch(g, format, plan);
    const ImageStrip at(format, g.in_channels, plan);
    parallel(plan.strips, [&](int strip, int worker) noexcept {
        const StripRows rows(g, plan, strip);
        float* const copy = scratch.strip_of(buffers.scratch, worker);
        copy_image_strip(g, format, image, rows.first_in, rows.in_rows, plan.in_columns, at, copy);
        const std::ptrdiff_t out_at = std::ptrdiff_t{rows.first_out} * g.out_w * c;
        StripTask task;
        task.input = copy;
        task.step_x = g.stride_w * at.step_x, task.step_y = g.stride_h * at.row_stride;
        task.columns = g.out_w, task.pixels = rows.out_rows * g.out_w;
        task.taps = detail::image_taps(g, format, at, scratch.taps_of(buffers.scratch, worker));
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

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
