// mdl: reference operators that move values without changing them.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <mdl/base/config.hpp>
#include <mdl/kernels/filling.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// Joins tensors along an axis (negative: from the end); all other sizes are equal.
inline void concat(int axis, std::span<const Shape> shapes, const float* const* x, const Shape& out, float* y) noexcept {
    const int a = front_axis(axis, out.rank);
    const std::int64_t outer = count_of(out, 0, a);
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::size_t part = 0; part < shapes.size(); ++part) {
            const std::int64_t run = count_of(shapes[part], a, out.rank);
            for (std::int64_t i = 0; i < run; ++i) *y++ = x[part][o * run + i];
        }
}

/// Indices begin, begin + step, ... of one axis, as many as `out` has; a negative begin counts from the end.
inline void slice(const Operation& op, const Shape& in, const Shape& out, const float* x, float* y) noexcept {
    const int a = front_axis(op.axis, in.rank);
    const int begin = op.begin < 0 ? op.begin + in[a] : op.begin;
    const std::int64_t outer = count_of(in, 0, a), inner = count_of(in, a + 1, in.rank);
    for (std::int64_t o = 0; o < outer; ++o)
        for (int k = 0; k < out[a]; ++k) {
            const float* from = x + (o * in[a] + begin + std::int64_t{k} * op.step) * inner;
            for (std::int64_t i = 0; i < inner; ++i) *y++ = from[i];
        }
}

/// Axis i of y is axis dims[i] of x.  Source: ONNX Transpose-13.
inline void transpose(const Operation& op, const Shape& in, const Shape& out, const float* x, float* y) noexcept {
    if (out.rank == 0) {
        *y = *x;
        return;
    }
    const Strides own = row_major_strides(in);
    Strides strides;
    for (int axis = 0; axis < out.rank; ++axis) strides[axis] = own[op.dims[axis]];
    const int last = out.rank - 1;
    Odometer line(out, last);
    do {
        const float* from = x + line.offset(strides);
        for (int i = 0; i < out[last]; ++i) *y++ = from[i * strides[last]];
    } while (line.next());
}

/// Channel g * (c/groups) + j moves to j * groups + g: the transpose of [groups, c/groups].
/// Source: Zhang et al. 2017 (ShuffleNet).
inline void channel_shuffle(int groups, const Shape& shape, const float* x, float* y) noexcept {
    const int channels = shape[1], group = channels / groups;
    const std::int64_t plane = count_of(shape, 2, shape.rank);
    for (int n = 0; n < shape[0]; ++n, x += channels * plane)
        for (int c = 0; c < channels; ++c) {
            const float* from = x + (std::int64_t{c % groups} * group + c / groups) * plane;
            for (std::int64_t i = 0; i < plane; ++i) *y++ = from[i];
        }
}

/// Channels op.begin, op.begin + 1, ... of the shuffle by op.groups of all inputs' concatenation; batch 1.
inline void channel_gather(const Operation& op, std::span<const Shape> shapes, const float* const* x, const Shape& out, float* y) noexcept {
    int total = 0;
    for (const Shape& shape : shapes) total += shape[1];
    const std::int64_t plane = count_of(out, 2, out.rank);
    for (int c = 0; c < out[1]; ++c) {
        int channel = (op.begin + c) % op.groups * (total / op.groups) + (op.begin + c) / op.groups;
        std::size_t part = 0;
        for (; channel >= shapes[part][1]; ++part) channel -= shapes[part][1];
        for (std::int64_t i = 0; i < plane; ++i) *y++ = x[part][channel * plane + i];
    }
}

/// x with `dims` elements before and dims_end after it, along each axis: op.alpha, or what op.fill says; negative sizes crop.
/// Source: ONNX Pad-19.
inline void pad(const Operation& op, const Shape& in, const Shape& out, const float* x, float* y) noexcept {
    if (out.rank == 0) {
        *y = *x;
        return;
    }
    const Strides strides = row_major_strides(in);
    const int last = out.rank - 1;
    Odometer line(out, last);
    do {
        std::int64_t offset = 0;
        bool inside = true;
        for (int axis = 0; axis < last; ++axis) {
            const int index = shown_index(op.fill, line[axis] - op.dims[axis], in[axis]);
            inside = inside && index >= 0;
            offset += index * strides[axis];
        }
        for (int i = 0; i < out[last]; ++i) {
            const int index = shown_index(op.fill, i - op.dims[last], in[last]);
            *y++ = inside && index >= 0 ? x[offset + index] : op.alpha;
        }
    } while (line.next());
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
