// mdl: dense layer for any CPU, by Eigen's matrix times vector.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <Eigen/Core>

#include <mdl/base/config.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::portable {

/// The dense layer of kernels/reference/dense.hpp with the same arguments, sums in float. Allocates nothing: both vectors
/// are contiguous, so Eigen reads them where they are.
inline void dense(const Operation& op, const Shape& in, const Shape& out, const float* x, const float* w, const float* bias,
                  float* y) noexcept {
    using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    const std::int64_t outputs = op.out_channels;
    const std::int64_t rows = out.count() / outputs;
    const std::int64_t inputs = in.count() / rows;
    const Eigen::Map<const Matrix> weights(w, outputs, inputs);
    for (std::int64_t row = 0; row < rows; ++row) {
        Eigen::Map<Eigen::VectorXf> result(y + row * outputs, outputs);
        if (bias != nullptr)
            result = Eigen::Map<const Eigen::VectorXf>(bias, outputs);
        else
            result.setZero();
        result.noalias() += weights * Eigen::Map<const Eigen::VectorXf>(x + row * inputs, inputs);
    }
}

}  // namespace kernels::portable
}  // namespace MDL_ISA
}  // namespace mdl
