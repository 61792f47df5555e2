// mdl: reference resizing of images.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/resampling.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// y(n,c,r,q) = sum over the taps (i,u) of r and (j,v) of q of u v x(n,c,i,j).  Source: ONNX Resize-19.
inline void resize(const Operation& op, const Shape& in, const Shape& out, const float* x, float* y) noexcept {
    const std::int64_t planes = std::int64_t{in.batch()} * in.channels();
    const std::int64_t in_plane = std::int64_t{in.height()} * in.width(), out_plane = std::int64_t{out.height()} * out.width();
    for (int r = 0; r < out.height(); ++r) {
        const ResamplingTaps rows = resampled_taps(op.resampling, static_cast<double>(op.k), r, in.height(), out.height(), op.alpha);
        for (int q = 0; q < out.width(); ++q, ++y) {
            const ResamplingTaps columns = resampled_taps(op.resampling, static_cast<double>(op.k), q, in.width(), out.width(), op.beta);
            // Finding the taps costs more than using them: once for all planes.
            for (std::int64_t p = 0; p < planes; ++p) {
                const float* const from = x + p * in_plane;
                double sum = 0;
                for (int i = 0; i < rows.count; ++i)
                    for (int j = 0; j < columns.count; ++j)
                        sum += rows.weight[i] * columns.weight[j] * static_cast<double>(from[std::int64_t{rows.index[i]} * in.width() + columns.index[j]]);
                y[p * out_plane] = static_cast<float>(sum);
            }
        }
    }
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
