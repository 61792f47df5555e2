// mdl: reference transposed convolution, plain loops.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// y(n,o,r,c) = bias(o) + sum of x(n,i,p,q) w(i,o,kr,kc) over the i of o's group and all kr, kc, p, q with p stride + kr dilation - pad_top = r
/// and q stride + kc dilation - pad_left = c. x is [n, in, h, w], w is [in, out/groups, kernel_h, kernel_w], `bias` may be null.
/// Source: ONNX ConvTranspose-11.
inline void transposed_convolution(const Operation& op, const Shape& in, const Shape& out, const float* x, const float* w, const float* bias,
                                   float* y) noexcept {
    const Window& window = op.window;
    const int group_in = in.channels() / op.groups, group_out = out.channels() / op.groups;
    const std::int64_t plane = std::int64_t{in.height()} * in.width(), kernel = std::int64_t{window.kernel_h} * window.kernel_w;
    // The input's index whose kernel element k reaches the output's index, or -1.
    const auto source = [](int index, int pad, int k, int dilation, int stride, int size) {
        const int at = index + pad - k * dilation;
        return at >= 0 && at % stride == 0 && at / stride < size ? at / stride : -1;
    };
    for (int n = 0; n < out.batch(); ++n)
        for (int o = 0; o < out.channels(); ++o) {
            const int first = o / group_out * group_in;
            for (int row = 0; row < out.height(); ++row)
                for (int column = 0; column < out.width(); ++column) {
                    double sum = bias != nullptr ? static_cast<double>(bias[o]) : 0.0;
                    for (int kr = 0; kr < window.kernel_h; ++kr) {
                        const int p = source(row, window.pad_top, kr, window.dilation_h, window.stride_h, in.height());
                        for (int kc = 0; p >= 0 && kc < window.kernel_w; ++kc) {
                            const int q = source(column, window.pad_left, kc, window.dilation_w, window.stride_w, in.width());
                            if (q < 0) continue;
                            for (int i = first; i < first + group_in; ++i) {
                                const float value = x[(std::int64_t{n} * in.channels() + i) * plane + std::int64_t{p} * in.width() + q];
                                const float weight = w[(std::int64_t{i} * group_out + o % group_out) * kernel + kr * window.kernel_w + kc];
                                sum += static_cast<double>(value) * static_cast<double>(weight);
                            }
                        }
                    }
                    *y++ = static_cast<float>(sum);
                }
        }
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
