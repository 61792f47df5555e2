// mdl: reference top k, gather elements, scatter elements.
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

/// y[o, r, i] = position of the r-th largest of x[o, :, i], or with Reduction::arg_min of the r-th smallest; of equals the first comes
/// first. Insertion into y itself: most elements are no better than the last one there and cost one comparison.  Source: ONNX TopK-11.
inline void top_k(const Operation& op, const Shape& in, const float* x, float* y) noexcept {
    const std::int64_t outer = count_of(in, 0, op.axis), inner = count_of(in, op.axis + 1, in.rank);
    const bool smallest = op.reduction == Reduction::arg_min;
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::int64_t i = 0; i < inner; ++i) {
            const float* const line = x + o * in[op.axis] * inner + i;
            float* const best = y + o * op.size * inner + i;
            for (int p = 0, found = 0; p < in[op.axis]; ++p) {
                const float value = line[p * inner];
                int rank = found;
                for (; rank > 0; --rank) {
                    const float position = best[(rank - 1) * inner], other = line[static_cast<std::int64_t>(position) * inner];
                    if (!(smallest ? value < other : value > other)) break;
                    if (rank < op.size) best[rank * inner] = position;
                }
                if (rank < op.size) best[rank * inner] = static_cast<float>(p);
                if (found < op.size) ++found;
            }
        }
}

/// y[..., i, ...] = x[..., indices[..., i, ...], ...] along op.axis; an index outside of it is moved to its nearest element.
/// Source: ONNX GatherElements-13.
inline void gather_elements(const Operation& op, const Shape& in, const Shape& out, const float* x, const float* indices,
                            float* y) noexcept {
    Strides strides = row_major_strides(in);
    const std::int64_t step = strides[op.axis];
    strides[op.axis] = 0;
    Odometer at(out, out.rank);
    do *y++ = x[at.offset(strides) + nearest_element(*indices++, in[op.axis]) * step];
    while (at.next());
}

/// y = x, then y[..., indices[..., i, ...], ...] combined with updates[..., i, ...] along op.axis; indices broadcast to the updates' shape.
/// Source: ONNX ScatterElements-18.
inline void scatter_elements(const Operation& op, const Shape* shapes, const float* const* x, float* y) noexcept {
    const Shape &in = shapes[0], &updates = shapes[2];
    for (std::int64_t i = 0; i < count_of(in); ++i) y[i] = x[0][i];
    Strides strides = row_major_strides(in);
    const Strides picks = broadcast_strides(shapes[1], updates);
    const std::int64_t step = strides[op.axis];
    strides[op.axis] = 0;
    const float* update = x[2];
    Odometer at(updates, updates.rank);
    do {
        const float given = x[1][at.offset(picks)], value = *update++;
        const float index = given < 0 ? given + static_cast<float>(in[op.axis]) : given;
        if (!(index >= 0 && index < static_cast<float>(in[op.axis]))) continue;
        float& to = y[at.offset(strides) + static_cast<std::int64_t>(index) * step];
        switch (op.scattering) {
            case Scattering::replace:
                to = value;
                break;
            case Scattering::add:
                to += value;
                break;
            case Scattering::multiply:
                to *= value;
                break;
            case Scattering::maximum:
                to = value > to ? value : to;
                break;
            case Scattering::minimum:
                to = value < to ? value : to;
                break;
        }
    } while (at.next());
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
