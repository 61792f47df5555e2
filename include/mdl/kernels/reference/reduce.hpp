// mdl: reference mean over axes.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// Mean over the axes that op.dims lists (negative: from the end; none listed: over all).  Whether the output keeps them as
/// sizes of 1 makes no difference to its values' order.  Source: ONNX ReduceMean-18.
inline void reduce_mean(const Operation& op, const Shape& in, const Shape&, const float* x, float* y) noexcept {
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

    const double count = static_cast<double>(count_of(reduced_shape));
    Odometer kept(kept_shape, kept_shape.rank);
    do {
        const float* from = x + kept.offset(kept_strides);
        double sum = 0;
        Odometer inner(reduced_shape, reduced_shape.rank);
        do sum += static_cast<double>(from[inner.offset(reduced_strides)]);
        while (inner.next());
        *y++ = static_cast<float>(sum / count);
    } while (kept.next());
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
