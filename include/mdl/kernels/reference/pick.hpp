// mdl: reference gather, select, tile, and depth to space and back.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/elementwise.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// y[outer, i..., inner] = x[outer, indices[i...], inner]; a negative index counts from the end, one outside of the axis is moved to its
/// nearest element.  Source: ONNX Gather-13.
inline void gather(const Operation& op, const Shape& in, const Shape& index_shape, const float* x, const float* indices, float* y) noexcept {
    const std::int64_t outer = count_of(in, 0, op.axis), inner = count_of(in, op.axis + 1, in.rank), picked = count_of(index_shape);
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::int64_t i = 0; i < picked; ++i) {
            const float* from = x + (o * in[op.axis] + nearest_element(indices[i], in[op.axis])) * inner;
            for (std::int64_t k = 0; k < inner; ++k) *y++ = from[k];
        }
}

/// y = condition != 0 ? yes : no, all broadcast to `out`.  Source: ONNX Where-16.
inline void select(const Shape* shapes, const float* const* x, const Shape& out, float* y) noexcept {
    const Strides condition = broadcast_strides(shapes[0], out), yes = broadcast_strides(shapes[1], out), no = broadcast_strides(shapes[2], out);
    Odometer at(out, out.rank);
    do *y++ = x[0][at.offset(condition)] != 0 ? x[1][at.offset(yes)] : x[2][at.offset(no)];
    while (at.next());
}

/// y[i, j, ...] = x[i mod in 0, j mod in 1, ...].  Source: ONNX Tile-13.
inline void tile(const Shape& in, const Shape& out, const float* x, float* y) noexcept {
    const Strides strides = row_major_strides(in);
    Odometer at(out, out.rank);
    do {
        std::int64_t offset = 0;
        for (int axis = 0; axis < out.rank; ++axis) offset += at[axis] % in[axis] * strides[axis];
        *y++ = x[offset];
    } while (at.next());
}

/// Pixel (i, j) of a block of b x b comes from channel (i b + j) C + c, or with channels_outer c b b + i b + j; C channels come out.
/// Source: ONNX DepthToSpace-13.
inline void depth_to_space(const Operation& op, const Shape& in, const Shape& out, const float* x, float* y) noexcept {
    const int b = op.size, channels = out.channels();
    const std::int64_t plane = std::int64_t{in.height()} * in.width();
    for (int n = 0; n < out.batch(); ++n, x += in.channels() * plane)
        for (int c = 0; c < channels; ++c)
            for (int row = 0; row < out.height(); ++row)
                for (int column = 0; column < out.width(); ++column) {
                    const int pixel = row % b * b + column % b;
                    const int channel = op.channels_outer ? c * b * b + pixel : pixel * channels + c;
                    *y++ = x[channel * plane + std::int64_t{row / b} * in.width() + column / b];
                }
}

/// Undoes depth_to_space without channels_outer.  Source: ONNX SpaceToDepth-13.
inline void space_to_depth(const Operation& op, const Shape& in, const Shape& out, const float* x, float* y) noexcept {
    const int b = op.size, channels = in.channels();
    const std::int64_t plane = std::int64_t{in.height()} * in.width();
    for (int n = 0; n < out.batch(); ++n, x += channels * plane)
        for (int k = 0; k < out.channels(); ++k)
            for (int row = 0; row < out.height(); ++row)
                for (int column = 0; column < out.width(); ++column) {
                    const int pixel = k / channels;
                    *y++ = x[k % channels * plane + std::int64_t{row * b + pixel / b} * in.width() + column * b + pixel % b];
                }
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
