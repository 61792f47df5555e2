// mdl: runs one step with the reference kernels.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstring>
#include <utility>

#include <mdl/engine/step.hpp>
#include <mdl/kernels/reference/activation.hpp>
#include <mdl/kernels/reference/convolution.hpp>
#include <mdl/kernels/reference/dense.hpp>
#include <mdl/kernels/reference/elements.hpp>
#include <mdl/kernels/reference/elementwise.hpp>
#include <mdl/kernels/reference/image.hpp>
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

namespace mdl::engine {
inline namespace MDL_ISA {

/// y = x scale + shift a channel, then the activation: an affine node, or what was fused in front of an operator.
template <ActivationKind Kind>
void apply_affine(const Shape& shape, const float* x, const float* scale, const float* shift, const Activation& activation, float* y) noexcept {
    kernels::reference::scale(shape, x, scale, shift, y);
    if constexpr (Kind != ActivationKind::none) kernels::reference::activation<Kind>(activation.a, activation.b, shape.count(), y, y);
}

/// Both operands of a broadcast operator, or the first two of more; the others follow one by one.
template <Binary Kind, std::size_t Count>
void apply_binary(const std::array<Shape, Count>& shapes, const std::array<const float*, Count>& x, const Shape& out, float* y) noexcept {
    if constexpr (Count == 1) {
        std::memmove(y, x[0], static_cast<std::size_t>(out.count()) * sizeof(float));
    } else {
        // The partial result has y's shape only if the first two span it; where they do not, the rest is broadcast in a second walk.
        kernels::reference::binary<Kind>(shapes[0], shapes[1], out, x[0], x[1], y);
        for (std::size_t k = 2; k < Count; ++k) kernels::reference::binary<Kind>(out, shapes[k], out, y, x[k], y);
    }
}

/// What fusion put behind node I's operator: y = outer(inner(y) + residual), in place.
template <class Net, class O, int I>
void finish(const Frame& frame, float* y) noexcept {
    using namespace kernels::reference;
    constexpr const auto& g = laid_out<Net, O>;
    static constexpr Shape out = g.nodes[I].shape;
    static constexpr graph::Fusion fusion = g.nodes[I].fusion;
    if constexpr (fusion.slope >= 0) prelu(out, y, frame.weights + packing<Net, O>.place(I).slope, y);
    if constexpr (static_cast<bool>(fusion.inner)) activation<fusion.inner.kind>(fusion.inner.a, fusion.inner.b, out.count(), y, y);
    if constexpr (fusion.residual) {
        constexpr Place residual = place_of<Net, O>(g.input(I, g.nodes[I].input_count - 1));
        binary<fusion.residual_binary>(out, out, out, y, residual.floats(frame), y);
        if constexpr (static_cast<bool>(fusion.outer)) activation<fusion.outer.kind>(fusion.outer.a, fusion.outer.b, out.count(), y, y);
    }
}

/// Runs node I of the program with plain loops over row-major tensors. One instantiation a step: sizes are constants here, and
/// such steps are few.
template <class Net, class O, int I>
void run_reference(const Frame& frame) noexcept {
    using namespace kernels::reference;
    constexpr const auto& g = laid_out<Net, O>;
    constexpr int count = g.nodes[I].input_count;
    static constexpr Operation op = g.nodes[I].operation;
    static constexpr Shape out = g.nodes[I].shape;
    static constexpr auto shapes = [] {
        std::array<Shape, count> all{};
        for (int k = 0; k < count; ++k) all[static_cast<std::size_t>(k)] = g.nodes[g.input(I, k)].shape;
        return all;
    }();
    static constexpr Shape in = shapes[0];
    constexpr graph::Fusion fusion = g.nodes[I].fusion;
    constexpr PackedPlace packed = packing<Net, O>.place(I);
    const auto operands = [&]<std::size_t... K>(std::index_sequence<K...>) {
        return std::array<const float*, count>{place_of<Net, O>(g.input(I, static_cast<int>(K))).floats(frame)...};
    }(std::make_index_sequence<static_cast<std::size_t>(count)>{});
    constexpr Place target = place_of<Net, O>(I);
    float* const y = target.write(frame);
    const float* x = operands[0];
    const float* const weights = frame.weights + packed.weights;
    if constexpr (fusion.prologue_count > 0) {
        float* const prepared = reinterpret_cast<float*>(frame.arena + memory<Net, O>.scratch[I]);
        static constexpr Activation before = fusion.prologue_activation;
        apply_affine<fusion.prologue_activation.kind>(in, x, frame.weights + packed.scale, frame.weights + packed.shift, before, prepared);
        x = prepared;
    }
    if constexpr (op.op == Op::convolution) {
        convolution(op, in, out, x, weights, weights + g.nodes[I].weights[0].shape.count(), y);
    } else if constexpr (op.op == Op::dense) {
        dense(op, in, out, x, weights, weights + g.nodes[I].weights[0].shape.count(), y);
    } else if constexpr (op.op == Op::pool) {
        pool(op, in, out, x, y);
    } else if constexpr (op.op == Op::global_pool) {
        global_pool(op, in, out, x, y);
    } else if constexpr (op.op == Op::batch_norm || op.op == Op::scale) {
        scale(out, x, frame.weights + packed.scale, frame.weights + packed.shift, y);
    } else if constexpr (op.op == Op::prelu) {
        static_assert(g.nodes[I].weights[0].shape.count() == out[1] || g.nodes[I].weights[0].shape.count() == 1);
        if constexpr (g.nodes[I].weights[0].shape.count() == out[1]) {
            prelu(out, x, frame.weights + packed.slope, y);
        } else {
            activation<ActivationKind::leaky_relu>(frame.weights[packed.slope], 0, out.count(), x, y);
        }
    } else if constexpr (op.op == Op::lrn) {
        lrn(op, out, x, y);
    } else if constexpr (op.op == Op::activation) {
        activation<op.activation.kind>(op.activation.a, op.activation.b, out.count(), x, y);
    } else if constexpr (op.op == Op::softmax) {
        softmax(op.axis, out, x, y);
    } else if constexpr (op.op == Op::log_softmax) {
        log_softmax(op.axis, out, x, y);
    } else if constexpr (op.op == Op::binary) {
        apply_binary<op.binary>(shapes, operands, out, y);
    } else if constexpr (op.op == Op::concat) {
        concat(op.axis, shapes, operands.data(), out, y);
    } else if constexpr (op.op == Op::slice) {
        slice(op, in, out, x, y);
    } else if constexpr (op.op == Op::transpose) {
        transpose(op, in, out, x, y);
    } else if constexpr (op.op == Op::channel_shuffle) {
        channel_shuffle(op.groups, out, x, y);
    } else if constexpr (op.op == Op::channel_gather) {
        channel_gather(op, shapes, operands.data(), out, y);
    } else if constexpr (op.op == Op::pad) {
        pad(op, in, out, x, y);
    } else if constexpr (op.op == Op::reduce) {
        reduce<op.reduction>(op, in, out, x, y);
    } else if constexpr (op.op == Op::tile) {
        tile(in, out, x, y);
    } else if constexpr (op.op == Op::gather) {
        gather(op, in, shapes[1], x, operands[1], y);
    } else if constexpr (op.op == Op::select) {
        select(shapes.data(), operands.data(), out, y);
    } else if constexpr (op.op == Op::depth_to_space) {
        depth_to_space(op, in, out, x, y);
    } else if constexpr (op.op == Op::space_to_depth) {
        space_to_depth(op, in, out, x, y);
    } else if constexpr (op.op == Op::resize) {
        resize(op, in, out, x, y);
    } else if constexpr (op.op == Op::transposed_convolution) {
        transposed_convolution(op, in, out, x, weights, weights + g.nodes[I].weights[0].shape.count(), y);
    } else if constexpr (op.op == Op::matmul) {
        matmul(in, shapes[1], out, x, operands[1], y);
    } else if constexpr (op.op == Op::layer_norm) {
        layer_norm(op, out, x, weights, weights + g.nodes[I].weights[0].shape.count(), y);
    } else if constexpr (op.op == Op::group_norm) {
        group_norm(op, out, x, weights, weights + g.nodes[I].weights[0].shape.count(), y);
    } else if constexpr (op.op == Op::top_k) {
        top_k(op, in, x, y);
    } else if constexpr (op.op == Op::gather_elements) {
        gather_elements(op, in, out, x, operands[1], y);
    } else if constexpr (op.op == Op::scatter_elements) {
        scatter_elements(op, shapes.data(), operands.data(), y);
    } else if constexpr (op.op == Op::max_positions) {
        max_positions(op, in, out, x, y);
    } else if constexpr (op.op == Op::grid_sample) {
        grid_sample(op, in, out, x, operands[1], y);
    } else if constexpr (op.op == Op::roi_align) {
        roi_align(op, in, out, x, operands[1], count > 2 ? operands[count - 1] : nullptr, y);
    } else if constexpr (op.op == Op::recurrence) {
        float* const scratch = reinterpret_cast<float*>(frame.arena + memory<Net, O>.scratch[I]);
        const auto gate = [](double value) { return activate<op.activation.kind>(static_cast<double>(op.activation.a), static_cast<double>(op.activation.b), value); };
        recurrence(op, in, operands.data(), count, weights, op.bias ? weights + g.nodes[I].weights[0].shape.count() : nullptr, y, scratch, gate);
    } else {
        static_assert(op.op == Op::identity || op.op == Op::reshape, "mdl: the engine has no reference kernel for this operator");
        std::memmove(y, x, static_cast<std::size_t>(out.count()) * sizeof(float));
    }
    finish<Net, O, I>(frame, y);
}

/// Writes those parts of a concatenation that were not made in their place.
template <class Net, class O, int I>
void run_joined_concat(const Frame& frame) noexcept {
    constexpr const auto& g = laid_out<Net, O>;
    constexpr Place target = place_of<Net, O>(I);
    std::byte* to = frame.arena + target.offset;
    const auto copy = [&]<int K>(std::integral_constant<int, K>) {
        constexpr int part = g.input(I, K);
        constexpr Place source = place_of<Net, O>(part);
        constexpr int unit = g.nodes[I].choice.out == graph::Layout::blocks ? block_channels : 1;
        constexpr auto bytes = static_cast<std::size_t>(graph::storage_bytes_exact(g.nodes[part], unit));
        if (source.where != Place::Where::arena || frame.arena + source.offset != to) std::memcpy(to, source.read(frame), bytes);
        to += bytes;
    };
    [&]<int... K>(std::integer_sequence<int, K...>) { (copy(std::integral_constant<int, K>{}), ...); }(std::make_integer_sequence<int, g.nodes[I].input_count>{});
}

/// The caller's image as a row-major tensor of floats.
template <class Net, class O, int I>
void run_import_image(const Frame& frame) noexcept {
    constexpr const auto& g = laid_out<Net, O>;
    static constexpr ImageFormat format = g.nodes[I].operation.image;
    static constexpr Shape out = g.nodes[I].shape;
    constexpr Place source = place_of<Net, O>(g.input(I)), target = place_of<Net, O>(I);
    kernels::reference::import_image(format, out, source.read(frame), target.write(frame));
}

}  // namespace MDL_ISA
}  // namespace mdl::engine
