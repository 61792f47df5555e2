// mdl: reference arithmetic of two tensors with broadcasting.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// One pair of values. IEEE gives the correctly rounded float here, so there is nothing to gain from double.
template <Binary Kind>
auto combine(float a, float b) noexcept -> float {
    switch (Kind) {
        case Binary::add: return a + b;
        case Binary::subtract: return a - b;
        case Binary::multiply: return a * b;
        case Binary::divide: return a / b;
        case Binary::maximum: return a < b ? b : a;
        case Binary::minimum: return b < a ? b : a;
        case Binary::power: return static_cast<float>(std::pow(static_cast<double>(a), static_cast<double>(b)));
        case Binary::modulo: return std::fmod(a, b);
        case Binary::less: return a < b ? 1 : 0;
        case Binary::less_or_equal: return a <= b ? 1 : 0;
        case Binary::greater: return a > b ? 1 : 0;
        case Binary::greater_or_equal: return a >= b ? 1 : 0;
        case Binary::equal: return a == b ? 1 : 0;
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

/// y = xa op xb, both broadcast to `out`; y may be the operand whose shape is `out`.
template <Binary Kind>
void binary(const Shape& a, const Shape& b, const Shape& out, const float* xa, const float* xb, float* y) noexcept {
    if (out.rank == 0) {
        *y = combine<Kind>(*xa, *xb);
        return;
    }
    const Strides strides_a = broadcast_strides(a, out), strides_b = broadcast_strides(b, out);
    const int last = out.rank - 1;
    const std::int64_t step_a = strides_a[last], step_b = strides_b[last];
    Odometer line(out, last);
    do {
        const float* from_a = xa + line.offset(strides_a);
        const float* from_b = xb + line.offset(strides_b);
        for (int i = 0; i < out[last]; ++i) *y++ = combine<Kind>(from_a[i * step_a], from_b[i * step_b]);
    } while (line.next());
}

/// The same for an operator known at run time only: in tests and tools.
inline void binary(Binary kind, const Shape& a, const Shape& b, const Shape& out, const float* xa, const float* xb, float* y) noexcept {
    using enum Binary;
    switch (kind) {
        case add: return binary<add>(a, b, out, xa, xb, y);
        case subtract: return binary<subtract>(a, b, out, xa, xb, y);
        case multiply: return binary<multiply>(a, b, out, xa, xb, y);
        case divide: return binary<divide>(a, b, out, xa, xb, y);
        case maximum: return binary<maximum>(a, b, out, xa, xb, y);
        case minimum: return binary<minimum>(a, b, out, xa, xb, y);
        case power: return binary<power>(a, b, out, xa, xb, y);
        case modulo: return binary<modulo>(a, b, out, xa, xb, y);
        case less: return binary<less>(a, b, out, xa, xb, y);
        case less_or_equal: return binary<less_or_equal>(a, b, out, xa, xb, y);
        case greater: return binary<greater>(a, b, out, xa, xb, y);
        case greater_or_equal: return binary<greater_or_equal>(a, b, out, xa, xb, y);
        case equal: return binary<equal>(a, b, out, xa, xb, y);
    }
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
