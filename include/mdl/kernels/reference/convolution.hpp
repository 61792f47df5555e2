// mdl: reference convolution, plain loops.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// y(n,o,r,c) = bias(o) + sum x(n, first(o)+i, r*stride+kr*dilation-pad_top, c*stride+kc*dilation-pad_left) * w(o,i,kr,kc),
/// where first(o) is the first input channel of o's group, and x is 0 outside of its rows and columns.
/// x is [n, in, h, w], w is [out, in/groups, kernel_h, kernel_w], `bias` may be null.  Source: ONNX Conv-11.
/// Groups and `Same` padding have been turned into numbers by shape inference.
inline void convolution(const Operation& op, const Shape& in, const Shape& out, const float* x, const float* w,
                        const float* bias, float* y) noexcept {
    const Window& window = op.window;
    const int group_in = in.channels() / op.groups;
    const int group_out = out.channels() / op.groups;
    const std::int64_t plane = std::int64_t{in.height()} * in.width();
    const std::int64_t filter = std::int64_t{group_in} * window.kernel_h * window.kernel_w;
    for (int n = 0; n < out.batch(); ++n)
        for (int o = 0; o < out.channels(); ++o) {
            const float* x_group = x + (std::int64_t{n} * in.channels() + o / group_out * group_in) * plane;
            for (int row = 0; row < out.height(); ++row)
                for (int column = 0; column < out.width(); ++column) {
                    double sum = bias != nullptr ? static_cast<double>(bias[o]) : 0.0;
                    const float* weight = w + o * filter;
                    for (int i = 0; i < group_in; ++i)
                        for (int kr = 0; kr < window.kernel_h; ++kr)
                            for (int kc = 0; kc < window.kernel_w; ++kc, ++weight) {
                                const int xr = row * window.stride_h + kr * window.dilation_h - window.pad_top;
                                const int xc = column * window.stride_w + kc * window.dilation_w - window.pad_left;
                                if (xr < 0 || xr >= in.height() || xc < 0 || xc >= in.width()) continue;
                                const float value = x_group[i * plane + std::int64_t{xr} * in.width() + xc];
                                sum += static_cast<double>(value) * static_cast<double>(*weight);
                            }
                    *y++ = static_cast<float>(sum);
                }
        }
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
