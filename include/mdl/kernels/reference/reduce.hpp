// mdl: reference reductions over axes.
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

/// One reduction while it walks over its elements, in double.
template <Reduction Kind>
struct Reducer {
    double total = Kind == Reduction::product ? 1 : 0;
    double extreme = 0;  ///< the largest or smallest so far
    std::int64_t position = 0, seen = 0;

    void add(double x) noexcept {
        const auto takes = [&](bool better, bool equal) {
            if (seen > 0 && !better && !equal) return;
            extreme = x;
            position = seen;
        };
        switch (Kind) {
            case Reduction::mean:
            case Reduction::sum:
            case Reduction::log_sum: total += x; break;
            case Reduction::product: total *= x; break;
            case Reduction::l1: total += std::fabs(x); break;
            case Reduction::l2:
            case Reduction::sum_of_squares: total += x * x; break;
            case Reduction::log_sum_exp:
                // Relative to the largest so far, so that nothing overflows.
                if (seen == 0 || x > extreme) {
                    total = seen == 0 ? 1 : total * std::exp(extreme - x) + 1;
                    extreme = x;
                } else {
                    total += std::exp(x - extreme);
                }
                break;
            case Reduction::max:
            case Reduction::arg_max: takes(x > extreme, false); break;
            case Reduction::arg_max_last: takes(x > extreme, x == extreme); break;
            case Reduction::min:
            case Reduction::arg_min: takes(x < extreme, false); break;
            case Reduction::arg_min_last: takes(x < extreme, x == extreme); break;
        }
        ++seen;
    }

    auto result() const noexcept -> double {
        switch (Kind) {
            case Reduction::mean: return total / static_cast<double>(seen);
            case Reduction::l2: return std::sqrt(total);
            case Reduction::log_sum: return std::log(total);
            case Reduction::log_sum_exp: return extreme + std::log(total);
            case Reduction::max:
            case Reduction::min: return extreme;
            case Reduction::sum:
            case Reduction::product:
            case Reduction::l1:
            case Reduction::sum_of_squares: return total;
            default: return static_cast<double>(position);
        }
    }
};

/// Over the axes that op.dims lists (negative: from the end; none listed: over all).  Whether the output keeps them as sizes of 1
/// makes no difference to its values' order.  Source: ONNX ReduceMean-18 and its relatives, ArgMax-13.
template <Reduction Kind>
void reduce(const Operation& op, const Shape& in, const Shape&, const float* x, float* y) noexcept {
    bool reduced[max_rank]{};
    for (int axis = 0; axis < in.rank; ++axis) reduced[axis] = op.dims.rank == 0;
    for (int i = 0; i < op.dims.rank; ++i) reduced[front_axis(op.dims[i], in.rank)] = true;

    const Strides own = row_major_strides(in);
    Shape kept_shape, reduced_shape;
    Strides kept_strides, reduced_strides;
    for (int axis = 0; axis < in.rank; ++axis) {
        Shape& shape = reduced[axis] ? reduced_shape : kept_shape;
        (reduced[axis] ? reduced_strides : kept_strides)[shape.rank] = own[axis];
        shape.dims[shape.rank++] = in[axis];
    }

    Odometer kept(kept_shape, kept_shape.rank);
    do {
        const float* from = x + kept.offset(kept_strides);
        Reducer<Kind> reducer;
        Odometer inner(reduced_shape, reduced_shape.rank);
        do reducer.add(static_cast<double>(from[inner.offset(reduced_strides)]));
        while (inner.next());
        *y++ = static_cast<float>(reducer.result());
    } while (kept.next());
}

/// The same for a reduction known at run time only: in tests and tools.
inline void reduce(const Operation& op, const Shape& in, const Shape& out, const float* x, float* y) noexcept {
    using enum Reduction;
    switch (op.reduction) {
        case mean: return reduce<mean>(op, in, out, x, y);
        case sum: return reduce<sum>(op, in, out, x, y);
        case max: return reduce<max>(op, in, out, x, y);
        case min: return reduce<min>(op, in, out, x, y);
        case product: return reduce<product>(op, in, out, x, y);
        case l1: return reduce<l1>(op, in, out, x, y);
        case l2: return reduce<l2>(op, in, out, x, y);
        case sum_of_squares: return reduce<sum_of_squares>(op, in, out, x, y);
        case log_sum: return reduce<log_sum>(op, in, out, x, y);
        case log_sum_exp: return reduce<log_sum_exp>(op, in, out, x, y);
        case arg_max: return reduce<arg_max>(op, in, out, x, y);
        case arg_max_last: return reduce<arg_max_last>(op, in, out, x, y);
        case arg_min: return reduce<arg_min>(op, in, out, x, y);
        case arg_min_last: return reduce<arg_min_last>(op, in, out, x, y);
    }
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
