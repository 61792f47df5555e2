// mdl: reference softmax and log-softmax over any axis.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/shape.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

namespace detail {

/// Calls write(offset, largest, sum of exp(x - largest)) for every element, one line along the axis after the other.
template <class Write>
void for_each_softmax_line(int axis, const Shape& shape, const float* x, Write write) noexcept {
    const int a = front_axis(axis, shape.rank);
    const std::int64_t outer = count_of(shape, 0, a), inner = count_of(shape, a + 1, shape.rank);
    const int size = shape[a];
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::int64_t i = 0; i < inner; ++i) {
            const std::int64_t first = o * size * inner + i;
            double largest = static_cast<double>(x[first]);
            for (int s = 1; s < size; ++s) {
                const double value = static_cast<double>(x[first + s * inner]);
                if (value > largest) largest = value;
            }
            double sum = 0;
            for (int s = 0; s < size; ++s) sum += std::exp(static_cast<double>(x[first + s * inner]) - largest);
            for (int s = 0; s < size; ++s) write(first + s * inner, largest, sum);
        }
}

}  // namespace detail

/// y(i) = exp(x(i) - max) / sum exp(x(j) - max) along the axis (negative: from the end); y may be x.  Source: ONNX Softmax-13.
inline void softmax(int axis, const Shape& shape, const float* x, float* y) noexcept {
    detail::for_each_softmax_line(axis, shape, x, [=](std::int64_t i, double largest, double sum) {
        y[i] = static_cast<float>(std::exp(static_cast<double>(x[i]) - largest) / sum);
    });
}

/// y(i) = x(i) - max - log(sum exp(x(j) - max)) along the axis; y may be x.  Source: ONNX LogSoftmax-13.
inline void log_softmax(int axis, const Shape& shape, const float* x, float* y) noexcept {
    detail::for_each_softmax_line(axis, shape, x, [=](std::int64_t i, double largest, double sum) {
        y[i] = static_cast<float>(static_cast<double>(x[i]) - largest - std::log(sum));
    });
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
