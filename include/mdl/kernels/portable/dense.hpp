// mdl: dense layer for any CPU, dot products in Eigen's fixed-size arrays.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <Eigen/Core>

#include <mdl/base/config.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::portable {

namespace detail {

/// sum a(i) * b(i). Eigen's own matrix times vector is one function for the whole program, not in our namespace, so that
/// the linker could merge one instruction set's copy into another's; fixed-size arrays are inlined whole.
inline auto dot(const float* a, const float* b, std::int64_t count) noexcept -> float {
    constexpr int step = EIGEN_MAX_STATIC_ALIGN_BYTES >= 16 ? EIGEN_MAX_STATIC_ALIGN_BYTES / 4 : 4;
    using Lanes = Eigen::Array<float, step, 1>;
    using Map = Eigen::Map<const Lanes>;
    // Four sums side by side: an addition takes about four cycles, and each waits only for its own.
    Lanes s0 = Lanes::Zero(), s1 = Lanes::Zero(), s2 = Lanes::Zero(), s3 = Lanes::Zero();
    std::int64_t i = 0;
    for (; i + 4 * step <= count; i += 4 * step) {
        s0 += Map(a + i) * Map(b + i);
        s1 += Map(a + i + step) * Map(b + i + step);
        s2 += Map(a + i + 2 * step) * Map(b + i + 2 * step);
        s3 += Map(a + i + 3 * step) * Map(b + i + 3 * step);
    }
    for (; i + step <= count; i += step) s0 += Map(a + i) * Map(b + i);
    const Lanes whole = (s0 + s1) + (s2 + s3);
    float sum = 0;
    for (int lane = 0; lane < step; ++lane) sum += whole[lane];
    for (; i < count; ++i) sum += a[i] * b[i];
    return sum;
}

}  // namespace detail

/// The dense layer of kernels/reference/dense.hpp with the same arguments, sums in float. Allocates nothing.
inline void dense(const Operation& op, const Shape& in, const Shape& out, const float* x, const float* w, const float* bias,
                  float* y) noexcept {
    const std::int64_t outputs = op.out_channels;
    const std::int64_t rows = out.count() / outputs;
    const std::int64_t inputs = in.count() / rows;
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t o = 0; o < outputs; ++o)
            y[row * outputs + o] = (bias != nullptr ? bias[o] : 0.0f) + detail::dot(w + o * inputs, x + row * inputs, inputs);
}

}  // namespace kernels::portable
}  // namespace MDL_ISA
}  // namespace mdl
