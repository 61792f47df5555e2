// mdl: transposed depthwise convolution over channel blocks: each channel is spread by a kernel of its own.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/epilogue.hpp>
#include <mdl/kernels/blocks/phases.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/simd/tile.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Weights lie as depthwise_pack writes them.
constexpr auto transposed_depthwise_takes(const Geometry& g) noexcept -> bool {
    return g.groups == g.in_channels && g.in_channels == g.out_channels && g.dilation_h == 1 && g.dilation_w == 1;
}

namespace detail {

/// The outputs of one phase of columns in an output row of a block. Tap j of a row reads the input line j lines further up, tap k of a
/// column the pixel k pixels further left.
struct PhaseLine {
    const float* input;         ///< line that tap 0 reads
    std::ptrdiff_t line;        ///< floats between the lines
    int begin, end;             ///< taps of the row whose lines there are
    const float* weights;       ///< of row tap 0, column tap 0
    int row_step, column_step;  ///< floats between the weights of neighbouring taps
    simd::Vector bias;
    const float* residual;
    const float* slope;
    float* output;
    int output_step;
};

/// P outputs from `step` on, from taps [first, last) of the columns; `pixel` is what tap 0 of the first reads.
template <class E, int P>
MDL_ALWAYS_INLINE void phase_outputs(const PhaseLine& at, const EpilogueArgs& args, int step, int pixel, int first, int last) noexcept {
    constexpr int c = simd::lanes;
    simd::Vector acc[P];
    simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA { acc[p.value] = at.bias; });
    for (int j = at.begin; j < at.end; ++j) {
        const float* from = at.input - j * at.line + (pixel - first) * c;
        const float* w = at.weights + j * at.row_step + first * at.column_step;
        for (int k = first; k < last; ++k, from -= c, w += at.column_step) {
            const simd::Vector weight = simd::load_once(w);
            simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA {
                acc[p.value] = simd::fma(simd::load(from + p.value * c), weight, acc[p.value]);
            });
        }
    }
    simd::unroll<P>([&](auto p) MDL_INLINE_LAMBDA {
        const std::ptrdiff_t place = std::ptrdiff_t{step + p.value} * at.output_step;
        E::store(at.output + place, acc[p.value], at.residual != nullptr ? at.residual + place : nullptr, at.slope, args);
    });
}

template <class E>
__attribute__((noinline)) void phase_line(const Geometry& g, const EpilogueArgs& args, const PhaseLine& at, int phase) noexcept {
    constexpr int wide = 8;  // sums that hide the latency of the multiply-adds
    const PhaseAxis columns = phase_columns(g);
    const int taps = columns.taps(phase), first = columns.first_step(), end = columns.end(phase);
    for (int step = columns.begin(phase); step < end;) {
        const int pixel = first + step;
        if (pixel >= taps - 1 && pixel + wide <= g.in_w && step + wide <= end) {
            phase_outputs<E, wide>(at, args, step, pixel, 0, taps);
            step += wide;
        } else {
            phase_outputs<E, 1>(at, args, step, pixel, pixel < g.in_w ? 0 : pixel - g.in_w + 1, pixel + 1 < taps ? pixel + 1 : taps);
            ++step;
        }
    }
}

}  // namespace detail

/// out(c, y s + ky - pad, x s + kx - pad) += in(c,y,x) w(c,ky,kx), then bias(c) and the epilogue.
template <class E = Epilogue<>, class Parallel>
void transposed_depthwise(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    const PhaseAxis rows = phase_rows(g), columns = phase_columns(g);
    parallel(blocks_of(g.out_channels) * g.out_h, [&](int index, int) noexcept {
        const int block = index / g.out_h, y = index % g.out_h;
        const int row_phase = (y + g.pad_top) % g.stride_h, row = (y + g.pad_top) / g.stride_h, taps = rows.taps(row_phase);
        const float* const weights = buffers.weights + std::ptrdiff_t{block} * (g.kernel_h * g.kernel_w + 1) * c;
        detail::PhaseLine at;
        at.line = std::ptrdiff_t{g.in_w} * c;
        at.input = buffers.input + std::ptrdiff_t{block} * g.in_pixels() * c + row * at.line;
        at.begin = larger(0, row - g.in_h + 1), at.end = smaller(taps, row + 1);
        at.row_step = g.stride_h * g.kernel_w * c, at.column_step = g.stride_w * c, at.output_step = at.column_step;
        at.bias = simd::load(weights);
        at.slope = buffers.slope != nullptr ? buffers.slope + block * c : nullptr;
        for (int phase = 0; phase < g.stride_w; ++phase) {
            at.weights = weights + (1 + row_phase * g.kernel_w + phase) * c;
            const std::ptrdiff_t place =
                (std::ptrdiff_t{block} * g.out_pixels() + std::ptrdiff_t{y} * g.out_w + columns.output(0, phase)) * c;
            at.output = buffers.output + place;
            at.residual = buffers.residual != nullptr ? buffers.residual + place : nullptr;
            detail::phase_line<E>(g, args, at, phase);
        }
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
