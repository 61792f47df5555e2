// mdl: transposed convolution over channel blocks: the outputs that lie a stride apart are an ordinary convolution of the input.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/convolution_strip.hpp>
#include <mdl/kernels/blocks/phases.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

namespace detail {

/// Lanes of a phase: whole blocks, or the power of two that holds so few channels.
constexpr auto phase_width(int channels) noexcept -> int {
    if (2 * channels > simd::lanes) return padded_channels(channels);
    int width = 1;
    while (width < channels) width *= 2;
    return width;
}

/// A phase of rows with one of columns is a convolution by itself, made by a run of its own. Where the output's channels fill no more than
/// half a block, the phases stand side by side in blocks and one run makes all of them, with the taps of the largest.
struct PhasePlan {
    PhaseAxis rows, columns;
    int phases;
    int width;
    int runs;
    int run_blocks;     ///< output blocks of a run
    Geometry window{};  ///< of phase 0, the largest; an output for each step
    StripPlan strips{};

    constexpr PhasePlan(const Geometry& g, int workers) noexcept
        : rows(phase_rows(g)),
          columns(phase_columns(g)),
          phases(g.stride_h * g.stride_w),
          width(phase_width(g.out_channels)),
          runs(width < simd::lanes ? 1 : phases),
          run_blocks(divide_up(phases / runs * width, simd::lanes)) {
        window.in_channels = g.in_channels, window.in_h = g.in_h, window.in_w = g.in_w;
        window.out_channels = runs * run_blocks * simd::lanes;
        window.out_h = rows.steps(), window.out_w = columns.steps();
        window.kernel_h = rows.taps(0), window.kernel_w = columns.taps(0);
        window.pad_top = window.kernel_h - 1 - rows.first_step();
        window.pad_left = window.kernel_w - 1 - columns.first_step();
        strips = strip_plan(window, workers);
    }

    /// The window with the taps of one run.
    constexpr auto window_of(int run) const noexcept -> Geometry {
        Geometry part = window;
        if (runs > 1) part.kernel_h = rows.taps(run / columns.stride), part.kernel_w = columns.taps(run % columns.stride);
        return part;
    }
    constexpr auto run_floats(int run) const noexcept -> std::size_t {
        return panels_floats(run_blocks * simd::lanes, strip_depth(window_of(run)));
    }
    /// Floats of the input's strip.
    constexpr auto strip_floats() const noexcept -> std::size_t {
        if (reads_in_place(window, false)) return 0;
        const std::size_t floats = static_cast<std::size_t>(strips.pixels()) * static_cast<std::size_t>(padded_channels(window.in_channels));
        return align_bytes(floats * sizeof(float)) / sizeof(float);
    }
    /// The tap offsets, then the strips of input and results; a phase that begins inside of the last vector is read beyond it.
    constexpr auto scratch() const noexcept -> StripScratch {
        const std::size_t results =
            (static_cast<std::size_t>(strips.rows * window.out_w) * static_cast<std::size_t>(run_blocks) + 1) * simd::lanes;
        return {blocks_of(window.in_channels) * window.kernel_h * window.kernel_w, strip_floats() + results};
    }
};

}  // namespace detail

/// Any kernel, stride and padding; no dilation and no groups.
constexpr auto transposed_convolution_takes(const Geometry& g) noexcept -> bool {
    return g.groups == 1 && g.dilation_h == 1 && g.dilation_w == 1;
}

constexpr auto transposed_convolution_packed_floats(const Geometry& g) noexcept -> std::size_t {
    const detail::PhasePlan plan(g, 1);
    std::size_t floats = 0;
    for (int run = 0; run < plan.runs; ++run) floats += plan.run_floats(run);
    return floats;
}

constexpr auto transposed_convolution_scratch_bytes(const Geometry& g, int workers) noexcept -> std::size_t {
    return static_cast<std::size_t>(workers) * detail::PhasePlan(g, workers).scratch().bytes();
}

template <bool Small>
constexpr auto transposed_convolution_tiles(const Geometry& g) noexcept -> simd::TileSet {
    const detail::PhasePlan plan(g, 1);
    return strip_tiles<Small>(plan.run_blocks * simd::lanes, plan.window.out_pixels(), plan.strips.rows * plan.window.out_w);
}

/// For each run biases and panels. `w` is [in_channels][out_channels][kernel_h][kernel_w]; what a phase does not have weighs nothing.
[[gnu::cold]] inline void transposed_convolution_pack(const Geometry& g, const float* w, const float* out_scale, const float* bias,
                                                      float* packed) noexcept {
    const detail::PhasePlan plan(g, 1);
    for (int run = 0; run < plan.runs; ++run) {
        const Geometry part = plan.window_of(run);
        const int area = part.kernel_h * part.kernel_w, channels = plan.run_blocks * simd::lanes;
        const auto weight = [&](int lane, int index) noexcept {
            const int phase = plan.runs > 1 ? run : lane / plan.width, o = lane % plan.width, at = index % area;
            const int ky = phase / g.stride_w + (part.kernel_h - 1 - at / part.kernel_w) * g.stride_h;
            const int kx = phase % g.stride_w + (part.kernel_w - 1 - at % part.kernel_w) * g.stride_w;
            if (phase >= plan.phases || o >= g.out_channels || ky >= g.kernel_h || kx >= g.kernel_w) return 0.0f;
            const std::ptrdiff_t pair = std::ptrdiff_t{index / area} * g.out_channels + o;
            return w[(pair * g.kernel_h + ky) * g.kernel_w + kx] * (out_scale != nullptr ? out_scale[o] : 1.0f);
        };
        panels_pack_each(channels, weight, nullptr, nullptr, packed,
                         [&](auto visit) noexcept { each_block_tap(part, g.in_channels, visit); });
        for (int lane = 0; bias != nullptr && lane < channels; ++lane)
            if (lane % plan.width < g.out_channels) packed[lane] = bias[lane % plan.width];
        packed += plan.run_floats(run);
    }
}

namespace detail {

/// The results of one phase go to their places in the output, a stride apart, through the epilogue. `block_stride`: floats between the
/// blocks of the results.
template <class E>
__attribute__((noinline)) void place_phase(const Geometry& g, const PhasePlan& plan, const StripRows& strip, const EpilogueArgs& args,
                                           int phase, const float* results, std::ptrdiff_t block_stride, const Buffers& buffers) noexcept {
    constexpr int c = simd::lanes;
    const int row_phase = phase / g.stride_w, column_phase = phase % g.stride_w;
    const int begin = plan.columns.begin(column_phase), end = plan.columns.end(column_phase);
    for (int block = 0; block < blocks_of(g.out_channels); ++block) {
        const float* const slope = buffers.slope != nullptr ? buffers.slope + block * c : nullptr;
        const float* line = results + block * block_stride + begin * c;
        for (int row = 0; row < strip.out_rows; ++row, line += std::ptrdiff_t{plan.window.out_w} * c) {
            const int y = plan.rows.output(strip.first_out + row, row_phase);
            if (y < 0 || y >= g.out_h) continue;
            std::ptrdiff_t at =
                (std::ptrdiff_t{block} * g.out_pixels() + std::ptrdiff_t{y} * g.out_w + plan.columns.output(begin, column_phase)) * c;
            const float* from = line;
            for (int step = begin; step < end; ++step, from += c, at += g.stride_w * c)
                E::store(buffers.output + at, simd::load(from), buffers.residual != nullptr ? buffers.residual + at : nullptr, slope, args);
        }
    }
}

}  // namespace detail

/// out(o, y s + ky - pad, x s + kx - pad) += in(i,y,x) w(i,o,ky,kx), then bias(o) and the epilogue.
/// Source: Shi et al. 2016 (sub-pixel convolution).
template <class E = Epilogue<>, class Parallel>
void transposed_convolution(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    using Sums = Epilogue<ActivationKind::clip, Binary::add, ActivationKind::clip, E::small, E::tiles, E::in_order>;
    constexpr int c = simd::lanes;
    const detail::PhasePlan plan(g, parallel.workers);
    const Geometry& window = plan.window;
    const StripScratch scratch = plan.scratch();
    parallel(plan.strips.strips, [&](int index, int worker) noexcept {
        const StripRows strip(window, plan.strips, index);
        BlockStrip at{g.in_w * c, g.in_pixels() * c};
        const float* source = buffers.input + (std::ptrdiff_t{strip.first_in} * g.in_w - window.pad_left) * c;
        float* const copy = scratch.strip_of(buffers.scratch, worker);
        float* const results = copy + plan.strip_floats();
        if (!detail::reads_in_place(window, false)) {
            at = {plan.strips.in_columns * c, plan.strips.pixels() * c};
            copy_block_strip(window, buffers.input, blocks_of(g.in_channels), strip.first_in, strip.in_rows, -window.pad_left,
                             plan.strips.in_columns, at, nullptr, nullptr, args.prologue, copy);
            source = copy;
        }
        StripTask task;
        task.step_x = c, task.step_y = at.row_stride;
        task.columns = window.out_w, task.pixels = strip.out_rows * window.out_w;
        task.blocks = plan.run_blocks;
        task.output = results;
        task.block_stride = std::ptrdiff_t{task.pixels} * c;
        simd::store(results + plan.run_blocks * task.block_stride, simd::zero());
        const float* weights = buffers.weights;
        for (int run = 0; run < plan.runs; weights += plan.run_floats(run), ++run) {
            // Taps of the first kernel elements are the window's last.
            const Geometry part = plan.window_of(run);
            task.input = source + std::ptrdiff_t{window.kernel_h - part.kernel_h} * at.row_stride + (window.kernel_w - part.kernel_w) * c;
            task.taps = block_taps(part, g.in_channels, at, scratch.taps_of(buffers.scratch, worker));
            task.bias = weights;
            task.weights = weights + plan.run_blocks * c;
            run_strip<Sums>(task, EpilogueArgs{});
            for (int phase = run; phase < (plan.runs > 1 ? run + 1 : plan.phases); ++phase) {
                const int lane = plan.runs > 1 ? 0 : phase * plan.width;
                detail::place_phase<E>(g, plan, strip, args, phase, results + lane / c * task.block_stride + lane % c, task.block_stride,
                                       buffers);
            }
        }
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
