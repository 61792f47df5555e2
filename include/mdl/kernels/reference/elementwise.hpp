// mdl: reference arithmetic of two tensors with broadcasting.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// One pair of values. IEEE gives the correctly rounded float here, so there is nothing to gain from double.
constexpr auto combine(Binary binary, float a, float b) noexcept -> float {
    switch (binary) {
        case Binary::add: return a + b;
        case Binary::subtract: return a - b;
        case Binary::multiply: return a * b;
        case Binary::divide: return a / b;
        case Binary::maximum: return a < b ? b : a;
        case Binary::minimum: return b < a ? b : a;
    }
    return a;
}

/// Strides of a tensor of shape `from` that is read as if it had shape `to`: axes align at the end, a size of 1 (or a
/// missing axis) repeats.  Source: NumPy's broadcasting rules.
constexpr auto broadcast_strides(const Shape& from, const Shape& to) noexcept -> Strides {
    const Strides own = row_major_strides(from);
    Strides strides;
    const int missing = to.rank - from.rank;
    for (int axis = 0; axis < from.rank; ++axis)
        if (from[axis] != 1) strides[axis + missing] = own[axis];
    return strides;
}

/// y = xa (+ - * / max min) xb, both broadcast to `out`; y may be the operand whose shape is `out`.
inline void binary(Binary binary, const Shape& a, const Shape& b, const Shape& out, const float* xa, const float* xb,
                   float* y) noexcept {
    if (out.rank == 0) {
        *y = combine(binary, *xa, *xb);
        return;
    }
    const Strides strides_a = broadcast_strides(a, out), strides_b = broadcast_strides(b, out);
    const int last = out.rank - 1;
    const std::int64_t step_a = strides_a[last], step_b = strides_b[last];
    Odometer line(out, last);
    do {
        const float* from_a = xa + line.offset(strides_a);
        const float* from_b = xb + line.offset(strides_b);
        for (int i = 0; i < out[last]; ++i) *y++ = combine(binary, from_a[i * step_a], from_b[i * step_b]);
    } while (line.next());
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
