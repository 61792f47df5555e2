// mdl: reference dense layer (fully connected), plain loops.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// y(r,o) = bias(o) + sum x(r,i) * w(o,i); w is [out, in], `bias` may be null.  Source: ONNX Gemm with transB.
/// The rows r are those that the output's shape leaves: [n, in] gives [n, out], a feature map [n, c, h, w] whose output is
/// [n, out] is read as [n, c*h*w], and [n, t, in] gives [n, t, out].
inline void dense(const Operation& op, const Shape& in, const Shape& out, const float* x, const float* w, const float* bias,
                  float* y) noexcept {
    const std::int64_t outputs = op.out_channels;
    const std::int64_t rows = count_of(out) / outputs;
    const std::int64_t inputs = count_of(in) / rows;
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t o = 0; o < outputs; ++o) {
            double sum = bias != nullptr ? static_cast<double>(bias[o]) : 0.0;
            for (std::int64_t i = 0; i < inputs; ++i)
                sum += static_cast<double>(x[row * inputs + i]) * static_cast<double>(w[o * inputs + i]);
            y[row * outputs + o] = static_cast<float>(sum);
        }
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
