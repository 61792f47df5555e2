// mdl: resizing of feature maps over channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include <mdl/kernels/blocks/buffers.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/kernels/resampling.hpp>
#include <mdl/simd/fma.hpp>
#include <mdl/simd/tile.hpp>
#include <mdl/tensor/operation.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Elements of an axis that make one of the output.
constexpr auto resize_taps(Interpolation interpolation) noexcept -> int {
    return interpolation == Interpolation::nearest ? 1 : interpolation == Interpolation::linear ? 2 : 4;
}

namespace detail {
struct ResizeTap {
    int index;
    float weight;
};

/// Scratch memory: the taps of all output rows, those of all columns, then for each worker a line of input pixels.
struct ResizeScratch {
    std::size_t rows, columns, line;

    constexpr ResizeScratch(int taps, const Shape& in, const Shape& out) noexcept
        : rows(align_bytes(static_cast<std::size_t>(out.height() * taps) * sizeof(ResizeTap))),
          columns(align_bytes(static_cast<std::size_t>(out.width() * taps) * sizeof(ResizeTap))),
          line(taps > 1 ? align_bytes(static_cast<std::size_t>(in.width() * simd::lanes) * sizeof(float)) : 0) {}
};

template <int Taps>
void find_resize_taps(const Operation& op, int in, int out, float factor, ResizeTap* to) noexcept {
    for (int i = 0; i < out; ++i) {
        const ResamplingTaps taps = resampled_taps(op.resampling, static_cast<double>(op.k), i, in, out, factor);
        for (int k = 0; k < Taps; ++k) *to++ = {taps.index[k], static_cast<float>(taps.weight[k])};
    }
}

/// The sum over the taps of weight times the vector at from[index step].
template <int Taps>
MDL_ALWAYS_INLINE auto resize_sum(const float* from, std::ptrdiff_t step, const ResizeTap* taps) noexcept -> simd::Vector {
    simd::Vector sum = simd::load(from + taps[0].index * step) * simd::broadcast(taps[0].weight);
    simd::unroll<Taps - 1>([&](auto k) MDL_INLINE_LAMBDA {
        const ResizeTap& tap = taps[k.value + 1];
        sum = simd::fma(simd::load(from + tap.index * step), simd::broadcast(tap.weight), sum);
    });
    return sum;
}
}  // namespace detail

constexpr auto resize_scratch_bytes(const Operation& op, const Shape& in, const Shape& out, int workers) noexcept -> std::size_t {
    const detail::ResizeScratch scratch(resize_taps(op.resampling.interpolation), in, out);
    return scratch.rows + scratch.columns + static_cast<std::size_t>(workers) * scratch.line;
}

/// y(c,r,q) = sum over the taps (i,u) of r and (j,v) of q of u v x(c,i,j): first the rows into a line, then its columns. Taps: those
/// of the interpolation along one axis.  Source: ONNX Resize-19.
template <int Taps, class Parallel>
[[gnu::noinline]] void resize(const Operation& op, const Shape& in, const Shape& out, const float* x, float* y, std::byte* scratch,
                              const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    MDL_ASSERT(Taps == resize_taps(op.resampling.interpolation));
    const detail::ResizeScratch at(Taps, in, out);
    auto* const rows = reinterpret_cast<detail::ResizeTap*>(scratch);
    auto* const columns = reinterpret_cast<detail::ResizeTap*>(scratch + at.rows);
    detail::find_resize_taps<Taps>(op, in.height(), out.height(), op.alpha, rows);
    detail::find_resize_taps<Taps>(op, in.width(), out.width(), op.beta, columns);
    parallel(blocks_of(in.channels()), [&](int block, int worker) noexcept {
        const int width = in.width();
        const std::ptrdiff_t row_floats = std::ptrdiff_t{width} * c;
        const float* const plane = x + block * (in.height() * row_floats);
        float* const line = reinterpret_cast<float*>(scratch + at.rows + at.columns + static_cast<std::size_t>(worker) * at.line);
        float* to = y + std::ptrdiff_t{block} * out.height() * out.width() * c;
        for (int r = 0; r < out.height(); ++r) {
            const detail::ResizeTap* const row = rows + r * Taps;
            const float* from = plane + row->index * row_floats;
            if constexpr (Taps > 1) {
                for (int i = 0; i < width; ++i) simd::store(line + i * c, detail::resize_sum<Taps>(plane + i * c, row_floats, row));
                from = line;
            }
            for (int q = 0; q < out.width(); ++q, to += c) {
                if constexpr (Taps > 1)
                    simd::store(to, detail::resize_sum<Taps>(from, c, columns + q * Taps));
                else
                    simd::store(to, simd::load(from + columns[q].index * c));
            }
        }
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
