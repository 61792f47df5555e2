// mdl: reference product of matrices with broadcast leading axes.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/elementwise.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/shape.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// Calls product(offset in a, offset in b) for each matrix of the output, in order.
template <class Product>
void for_each_matrix(const Shape& a, const Shape& b, const Shape& out, Product product) noexcept {
    Strides strides_a = broadcast_strides(a, out), strides_b = broadcast_strides(b, out);
    Odometer matrices(out, out.rank - 2);
    do product(matrices.offset(strides_a), matrices.offset(strides_b));
    while (matrices.next());
}

/// y(..., i, j) = sum over k of xa(..., i, k) xb(..., k, j).  Source: ONNX MatMul-13.
inline void matmul(const Shape& a, const Shape& b, const Shape& out, const float* xa, const float* xb, float* y) noexcept {
    const int rows = out[out.rank - 2], columns = out[out.rank - 1], inner = a[a.rank - 1];
    for_each_matrix(a, b, out, [&](std::int64_t at_a, std::int64_t at_b) {
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < columns; ++j) {
                double sum = 0;
                for (int k = 0; k < inner; ++k)
                    sum += static_cast<double>(xa[at_a + std::int64_t{i} * inner + k]) * static_cast<double>(xb[at_b + std::int64_t{k} * columns + j]);
                *y++ = static_cast<float>(sum);
            }
    });
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
