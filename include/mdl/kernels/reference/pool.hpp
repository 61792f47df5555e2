// mdl: reference pooling: windows, and over the whole feature map.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// Largest value, or the mean, of each window of x; x is [n, c, h, w].
/// The mean divides by the window's elements inside of x; with count_padding also by those in the padding, but never by
/// those beyond it, which a ceil window may reach.  Source: ONNX MaxPool-12, AveragePool-19; PyTorch AvgPool2d.
inline void pool(const Operation& op, const Shape& in, const Shape& out, const float* x, float* y) noexcept {
    const Window& window = op.window;
    const std::int64_t plane = std::int64_t{in.height()} * in.width();
    const std::int64_t planes = std::int64_t{in.batch()} * in.channels();
    for (std::int64_t p = 0; p < planes; ++p)
        for (int row = 0; row < out.height(); ++row)
            for (int column = 0; column < out.width(); ++column) {
                float largest = std::numeric_limits<float>::lowest();
                double sum = 0;
                int divisor = 0;
                for (int kr = 0; kr < window.kernel_h; ++kr)
                    for (int kc = 0; kc < window.kernel_w; ++kc) {
                        const int xr = row * window.stride_h + kr * window.dilation_h - window.pad_top;
                        const int xc = column * window.stride_w + kc * window.dilation_w - window.pad_left;
                        const bool inside = xr >= 0 && xr < in.height() && xc >= 0 && xc < in.width();
                        const bool beyond = xr >= in.height() + window.pad_bottom || xc >= in.width() + window.pad_right;
                        if (inside || (window.count_padding && !beyond)) ++divisor;
                        if (!inside) continue;
                        const float value = x[p * plane + std::int64_t{xr} * in.width() + xc];
                        if (value > largest) largest = value;
                        sum += static_cast<double>(value);
                    }
                const double mean = divisor > 0 ? sum / divisor : 0.0;
                *y++ = op.pooling == Pooling::max ? largest : static_cast<float>(mean);
            }
}

/// Where in all of x, counted row by row, each window's largest value stands, of equals the first.  Source: ONNX MaxPool-12.
inline void max_positions(const Operation& op, const Shape& in, const Shape& out, const float* x, float* y) noexcept {
    const Window& window = op.window;
    const int plane = in.height() * in.width();
    for (int p = 0; p < in.batch() * in.channels(); ++p)
        for (int row = 0; row < out.height(); ++row)
            for (int column = 0; column < out.width(); ++column) {
                int best = -1;
                for (int kr = 0; kr < window.kernel_h; ++kr)
                    for (int kc = 0; kc < window.kernel_w; ++kc) {
                        const int xr = row * window.stride_h + kr * window.dilation_h - window.pad_top;
                        const int xc = column * window.stride_w + kc * window.dilation_w - window.pad_left;
                        if (xr < 0 || xr >= in.height() || xc < 0 || xc >= in.width()) continue;
                        const int at = p * plane + xr * in.width() + xc;
                        if (best < 0 || x[at] > x[best]) best = at;
                    }
                *y++ = static_cast<float>(best < 0 ? p * plane : best);
            }
}

/// Largest value, or the mean, of each channel: [n, c, h, w] -> [n, c, 1, 1].
inline void global_pool(const Operation& op, const Shape& in, const Shape&, const float* x, float* y) noexcept {
    const std::int64_t planes = count_of(in, 0, 2);
    const std::int64_t plane = count_of(in, 2, in.rank);
    for (std::int64_t p = 0; p < planes; ++p) {
        const float* values = x + p * plane;
        float largest = values[0];
        double sum = 0;
        for (std::int64_t i = 0; i < plane; ++i) {
            if (values[i] > largest) largest = values[i];
            sum += static_cast<double>(values[i]);
        }
        y[p] = op.pooling == Pooling::max ? largest : static_cast<float>(sum / static_cast<double>(plane));
    }
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
