// mdl: padding of feature maps over channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstring>

#include <mdl/kernels/blocks/buffers.hpp>
#include <mdl/kernels/filling.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/tensor/operation.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Of rows and columns only.
constexpr auto pad_takes(const Operation& op) noexcept -> bool {
    return op.dims.rank == 4 && op.dims[0] == 0 && op.dims[1] == 0 && op.dims_end[0] == 0 && op.dims_end[1] == 0;
}

/// Output (r,q) is the input at (r - op.dims[2], q - op.dims[3]), or what op.fill and op.alpha say outside.  Source: ONNX Pad-19.
template <class Parallel>
[[gnu::noinline]] void pad(const Operation& op, const Shape& in, const Shape& out, const float* x, float* y,
                           const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    const int left = op.dims[3];
    parallel(blocks_of(in.channels()), [&](int block, int) noexcept {
        const float* const plane = x + std::ptrdiff_t{block} * in.height() * in.width() * c;
        float* to = y + std::ptrdiff_t{block} * out.height() * out.width() * c;
        for (int r = 0; r < out.height(); ++r, to += std::ptrdiff_t{out.width()} * c) {
            const int row = shown_index(op.fill, r - op.dims[2], in.height());
            const float* const line = plane + std::ptrdiff_t{row < 0 ? 0 : row} * in.width() * c;
            for (int q = 0; q < out.width();) {
                if (row >= 0 && q == left) {
                    std::memcpy(to + q * c, line, static_cast<std::size_t>(in.width()) * c * sizeof(float));
                    q += in.width();
                } else {
                    const int column = row < 0 ? -1 : shown_index(op.fill, q - left, in.width());
                    simd::store(to + q * c, column < 0 ? simd::broadcast(op.alpha) : simd::load(line + column * c));
                    ++q;
                }
            }
        }
    });
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
