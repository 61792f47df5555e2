// mdl: one node by the reference kernels. Apart from its callers, for which it would be compiled once a network.
// SPDX-License-Identifier: MIT
#include "support/reference_node.hpp"

#include <algorithm>
#include <utility>

#include <mdl/kernels/reference/activation.hpp>
#include <mdl/kernels/reference/convolution.hpp>
#include <mdl/kernels/reference/dense.hpp>
#include <mdl/kernels/reference/elements.hpp>
#include <mdl/kernels/reference/elementwise.hpp>
#include <mdl/kernels/reference/matmul.hpp>
#include <mdl/kernels/reference/normalization.hpp>
#include <mdl/kernels/reference/pick.hpp>
#include <mdl/kernels/reference/pool.hpp>
#include <mdl/kernels/reference/rearrange.hpp>
#include <mdl/kernels/reference/recurrence.hpp>
#include <mdl/kernels/reference/reduce.hpp>
#include <mdl/kernels/reference/resize.hpp>
#include <mdl/kernels/reference/sampling.hpp>
#include <mdl/kernels/reference/softmax.hpp>
#include <mdl/kernels/reference/transposed_convolution.hpp>

namespace mdl::test {

namespace {

/// Two operands or more, from left to right, each partial result in the shape that its operands span.
void run_reference_binary(Binary kind, std::span<const Shape> shapes, const std::vector<const float*>& x, const Shape& out, float* y) {
    const auto joint = [](const Shape& a, const Shape& b) {
        Shape shape = a.rank > b.rank ? a : b;
        const Shape& other = a.rank > b.rank ? b : a;
        for (int axis = 0; axis < other.rank; ++axis) {
            int& size = shape[axis + shape.rank - other.rank];
            size = size == 1 ? other[axis] : size;
        }
        return shape;
    };
    std::vector<float> left(x[0], x[0] + shapes[0].count());
    Shape shape = shapes[0];
    for (std::size_t k = 1; k < x.size(); ++k) {
        const Shape both = joint(shape, shapes[k]);
        std::vector<float> result(static_cast<std::size_t>(both.count()));
        kernels::reference::binary(kind, shape, shapes[k], both, left.data(), x[k], result.data());
        left = std::move(result);
        shape = both;
    }
    std::copy_n(left.begin(), out.count(), y);
}

}  // namespace

void run_reference_node(const Operation& op, std::span<const Shape> shapes, const std::vector<const float*>& x, const Shape& out,
                        const std::function<const float*(int)>& weight, float* y) {
    namespace ref = kernels::reference;
    const Shape& in = shapes[0];
    switch (op.op) {
        case Op::convolution: return ref::convolution(op, in, out, x[0], weight(0), op.bias ? weight(1) : nullptr, y);
        case Op::dense: return ref::dense(op, in, out, x[0], weight(0), op.bias ? weight(1) : nullptr, y);
        case Op::pool: return ref::pool(op, in, out, x[0], y);
        case Op::global_pool: return ref::global_pool(op, in, out, x[0], y);
        case Op::batch_norm: return ref::batch_norm(op, out, x[0], weight(0), weight(1), weight(2), weight(3), y);
        case Op::scale: return ref::scale(out, x[0], weight(0), op.bias ? weight(1) : nullptr, y);
        case Op::prelu:
            if (op.size == 1) return ref::activation({ActivationKind::leaky_relu, weight(0)[0], 0}, out.count(), x[0], y);
            return ref::prelu(out, x[0], weight(0), y);
        case Op::lrn: return ref::lrn(op, out, x[0], y);
        case Op::activation: return ref::activation(op.activation, out.count(), x[0], y);
        case Op::softmax: return ref::softmax(op.axis, out, x[0], y);
        case Op::log_softmax: return ref::log_softmax(op.axis, out, x[0], y);
        case Op::binary: return run_reference_binary(op.binary, shapes, x, out, y);
        case Op::concat: return ref::concat(op.axis, shapes, x.data(), out, y);
        case Op::slice: return ref::slice(op, in, out, x[0], y);
        case Op::transpose: return ref::transpose(op, in, out, x[0], y);
        case Op::channel_shuffle: return ref::channel_shuffle(op.groups, out, x[0], y);
        case Op::pad: return ref::pad(op, in, out, x[0], y);
        case Op::reduce: return ref::reduce(op, in, out, x[0], y);
        case Op::tile: return ref::tile(in, out, x[0], y);
        case Op::gather: return ref::gather(op, in, shapes[1], x[0], x[1], y);
        case Op::select: return ref::select(shapes.data(), x.data(), out, y);
        case Op::depth_to_space: return ref::depth_to_space(op, in, out, x[0], y);
        case Op::space_to_depth: return ref::space_to_depth(op, in, out, x[0], y);
        case Op::resize: return ref::resize(op, in, out, x[0], y);
        case Op::transposed_convolution: return ref::transposed_convolution(op, in, out, x[0], weight(0), op.bias ? weight(1) : nullptr, y);
        case Op::matmul: return ref::matmul(in, shapes[1], out, x[0], x[1], y);
        case Op::layer_norm: return ref::layer_norm(op, out, x[0], weight(0), op.bias ? weight(1) : nullptr, y);
        case Op::group_norm: return ref::group_norm(op, out, x[0], weight(0), weight(1), y);
        case Op::top_k: return ref::top_k(op, in, x[0], y);
        case Op::gather_elements: return ref::gather_elements(op, in, out, x[0], x[1], y);
        case Op::scatter_elements: return ref::scatter_elements(op, shapes.data(), x.data(), y);
        case Op::max_positions: return ref::max_positions(op, in, out, x[0], y);
        case Op::grid_sample: return ref::grid_sample(op, in, out, x[0], x[1], y);
        case Op::roi_align: return ref::roi_align(op, in, out, x[0], x[1], x.size() > 2 ? x[2] : nullptr, y);
        case Op::recurrence: {
            std::vector<float> scratch(static_cast<std::size_t>(ref::recurrence_scratch_floats(op)));
            const auto gate = [&](double value) {
                float result = static_cast<float>(value);
                ref::activation(op.activation, 1, &result, &result);
                return static_cast<double>(result);
            };
            return ref::recurrence(op, in, x.data(), static_cast<int>(x.size()), weight(0), op.bias ? weight(1) : nullptr, y, scratch.data(), gate);
        }
        default: std::copy_n(x[0], out.count(), y);
    }
}

}  // namespace mdl::test
