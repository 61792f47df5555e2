// mdl: chooses among the kernels over channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/engine/kernel.hpp>
#include <mdl/graph/graph.hpp>
#include <mdl/graph/lay_out.hpp>
#include <mdl/kernels/blocks/across_lrn.hpp>
#include <mdl/kernels/blocks/convolution_grouped.hpp>
#include <mdl/kernels/blocks/convolution_image.hpp>
#include <mdl/kernels/blocks/convolution_merged.hpp>
#include <mdl/kernels/blocks/convolution_pointwise.hpp>
#include <mdl/kernels/blocks/convolution_strip.hpp>
#include <mdl/kernels/blocks/convolution_tiny.hpp>
#include <mdl/kernels/blocks/convolution_winograd.hpp>
#include <mdl/kernels/blocks/dense.hpp>
#include <mdl/kernels/blocks/depthwise.hpp>
#include <mdl/kernels/blocks/group_norm.hpp>
#include <mdl/kernels/blocks/pad.hpp>
#include <mdl/kernels/blocks/pool.hpp>
#include <mdl/kernels/blocks/resize.hpp>
#include <mdl/kernels/blocks/softmax_tiny.hpp>
#include <mdl/kernels/blocks/transposed_convolution.hpp>
#include <mdl/kernels/blocks/transposed_depthwise.hpp>

#if MDL_SIMD

namespace mdl::engine {
inline namespace MDL_ISA {

/// Channels of a block.
inline constexpr int block_channels = simd::lanes;

namespace detail {

using graph::Layout;

constexpr void take(graph::Node& node, Kernel kernel, Layout in, Layout out, std::size_t scratch = 0) noexcept {
    node.choice.kernel = static_cast<std::int16_t>(kernel);
    node.choice.in = in;
    node.choice.out = out;
    node.choice.view = node.choice.in_place = node.choice.joins_in_place = false;
    node.choice.scratch_bytes = static_cast<std::int64_t>(scratch);
}

constexpr void choose_convolution(graph::Node& node, const graph::Node& maker, bool exact) noexcept {
    const Geometry g = geometry_of(node.operation, maker.shape, node.shape);
    const bool prologue = node.fusion.prologue_count > 0;
    if (g.groups == 1 && maker.operation.op == Op::input)
        take(node, Kernel::image, maker.choice.out, Layout::blocks, kernels::convolution_image_scratch_bytes(g, maker.operation.image, 1));
    else if (kernels::convolution_pointwise_takes(g, node.fusion.residual))
        take(node, Kernel::pointwise, Layout::blocks, Layout::blocks, kernels::convolution_pointwise_scratch_bytes(g, 1, prologue));
    else if (const kernels::WinogradTile tile = kernels::winograd_tile(g); tile && !prologue && !exact)
        take(node, Kernel::winograd, Layout::blocks, Layout::blocks, kernels::convolution_winograd_scratch_bytes(g, tile));
    else if (g.groups == 1)
        take(node, Kernel::strip, Layout::blocks, Layout::blocks, kernels::convolution_strip_scratch_bytes(g, 1, prologue));
    else if (g.groups == g.in_channels && g.in_channels == g.out_channels)
        take(node, Kernel::depthwise, Layout::blocks, Layout::blocks, kernels::depthwise_scratch_bytes(g, 1));
    else if (kernels::merged_groups(g) > 0)
        take(node, Kernel::merged, Layout::blocks, Layout::blocks, kernels::convolution_merged_scratch_bytes(g, 1));
    else
        take(node, Kernel::grouped, Layout::blocks, Layout::blocks, kernels::convolution_grouped_scratch_bytes(g, 1));
    // The residual is read where, and just before, the result is written.
    node.choice.in_place = node.fusion.residual;
}

/// Others stay with the reference.
constexpr void choose_transposed_convolution(graph::Node& node, const graph::Node& maker) noexcept {
    const Geometry g = geometry_of(node.operation, maker.shape, node.shape);
    if (kernels::transposed_convolution_takes(g))
        take(node, Kernel::transposed_convolution, Layout::blocks, Layout::blocks, kernels::transposed_convolution_scratch_bytes(g, 1));
    else if (kernels::transposed_depthwise_takes(g))
        take(node, Kernel::transposed_depthwise, Layout::blocks, Layout::blocks);
    else
        return;
    node.choice.in_place = node.fusion.residual;
}

/// Whether a convolution of a tiny network is unrolled. It reads channel blocks, or an image of plain floats pixel by pixel.
constexpr auto takes_tiny(const graph::Node& node, const graph::Node& maker) noexcept -> bool {
    if (node.fusion.prologue_count > 0 || !kernels::convolution_tiny_takes(geometry_of(node.operation, maker.shape, node.shape))) return false;
    if (maker.operation.op != Op::input) return true;
    ImageFormat image = maker.operation.image;
    if (image.layout == PixelLayout::chw) return maker.shape.channels() == 1 && image.is_plain();
    image.layout = PixelLayout::chw;
    return image.is_plain();
}

/// Channel blocks fit together without shifting lanes: every part but the last fills its blocks.
constexpr auto joins_whole_blocks(std::span<const int> parts, const graph::Node* nodes) noexcept -> bool {
    for (std::size_t k = 0; k + 1 < parts.size(); ++k)
        if (nodes[parts[k]].shape[1] % block_channels != 0) return false;
    return true;
}

/// Which operand of an elementwise operator has one number a channel: 0 or 1; -1: none, both have the output's shape; -2: else.
template <int N, int E, int O>
constexpr auto channel_operand(const graph::Graph<N, E, O>& g, const graph::Node& node) noexcept -> int {
    if (node.input_count != 2) return -2;
    const Shape gate{1, node.shape[1], 1, 1};
    const Shape &a = g.nodes[g.inputs(node)[0]].shape, &b = g.nodes[g.inputs(node)[1]].shape;
    if (a == node.shape && b == node.shape) return -1;
    if (a == node.shape && b == gate) return 1;
    return b == node.shape && a == gate ? 0 : -2;
}

/// Operators that work on blocks where their inputs lie so, and would otherwise cost a conversion.
template <int N, int E, int O>
constexpr void choose_on_blocks(const graph::Graph<N, E, O>& g, graph::Node& node) noexcept {
    const Operation& op = node.operation;
    const auto on_blocks = [&](Kernel kernel, std::size_t scratch = 0) { take(node, kernel, Layout::blocks, Layout::blocks, scratch); };
    switch (op.op) {
        case Op::activation:
            if (!is_common(op.activation.kind)) return;
            on_blocks(Kernel::activation);
            node.choice.in_place = true;
            break;
        case Op::batch_norm:
        case Op::scale:
        case Op::prelu:
            if (op.op == Op::prelu && node.weights[0].shape.count() != node.shape[1]) return;
            on_blocks(Kernel::affine);
            node.choice.in_place = true;
            break;
        case Op::binary:
            if (const int gate = channel_operand(g, node); gate != -2 && is_common(op.binary)) {
                on_blocks(gate == -1 ? Kernel::binary : Kernel::binary_channel);
                node.choice.in_place = true;
            }
            break;
        case Op::lrn:
            if (kernels::across_lrn_takes(op)) on_blocks(Kernel::lrn, kernels::across_lrn_scratch_bytes(node.shape[1]));
            break;
        case Op::group_norm:
            on_blocks(Kernel::group_norm, kernels::group_norm_scratch_bytes(node.shape[1]));
            node.choice.in_place = true;
            break;
        case Op::pad:
            if (kernels::pad_takes(op)) on_blocks(Kernel::pad);
            break;
        case Op::channel_shuffle:
        case Op::channel_gather: on_blocks(Kernel::channel_gather); break;
        case Op::slice:
            if (op.axis != 1 || op.step != 1) return;
            on_blocks(Kernel::channel_gather);
            // Images and constants lie elsewhere than in the arena, and are shown from their beginning on.
            if (const Op shown = g.nodes[g.shown(g.inputs(node)[0])].operation.op; op.begin % block_channels == 0 && shown != Op::constant && shown != Op::input) {
                on_blocks(Kernel::nothing);
                node.choice.view = true;
                node.choice.view_offset = 4 * std::int64_t{op.begin} * node.shape.height() * node.shape.width();
            }
            break;
        case Op::concat:
            if (op.axis != 1) return;
            on_blocks(Kernel::channel_gather);
            if (joins_whole_blocks(g.inputs(node), g.nodes)) {
                on_blocks(Kernel::concat);
                node.choice.joins_in_place = true;
            }
            break;
        default: break;
    }
}

}  // namespace detail

/// Takes a faster kernel than the reference where there is one. `tiny`: the network is.
template <class Policies, int N, int E, int O>
constexpr void choose_better(const graph::Graph<N, E, O>& g, graph::Node& node, std::span<const graph::Layout> layouts, bool tiny) noexcept {
    using graph::Layout;
    const graph::Node& maker = g.nodes[g.inputs(node)[0]];
    const Op op = node.operation.op;
    if (op == Op::dense && node.shape[0] == 1) return detail::take(node, tiny ? Kernel::dense_tiny : Kernel::dense, Layout::rows, Layout::rows);
    if (op == Op::dense || op == Op::matmul) return detail::take(node, Kernel::matmul, Layout::rows, Layout::rows);
    if (op == Op::layer_norm) {
        detail::take(node, Kernel::layer_norm, Layout::rows, Layout::rows);
        node.choice.in_place = true;
        return;
    }
    if ((op == Op::softmax || op == Op::log_softmax) && node.shape.count(node.operation.axis + 1, node.shape.rank) == 1) {
        const int axis = node.operation.axis;
        const bool one_short_row = node.shape.count(0, axis) == 1 && node.shape[axis] <= kernels::softmax_tiny_most;
        detail::take(node, tiny && one_short_row && op == Op::softmax ? Kernel::softmax_tiny : Kernel::softmax, Layout::rows, Layout::rows);
        node.choice.in_place = true;
        return;
    }
    if (node.shape.rank != 4 || node.shape[0] != 1 || maker.shape.rank != 4) return;
    if (op == Op::convolution) {
        if (!tiny || !detail::takes_tiny(node, maker)) return detail::choose_convolution(node, maker, Policies::exact);
        detail::take(node, Kernel::convolution_tiny, maker.operation.op == Op::input ? maker.choice.out : Layout::blocks, Layout::blocks);
        node.choice.in_place = node.fusion.residual;
        return;
    }
    if (op == Op::transposed_convolution) return detail::choose_transposed_convolution(node, maker);
    if (op == Op::pool) return detail::take(node, Kernel::pool, Layout::blocks, Layout::blocks);
    if (op == Op::global_pool) return detail::take(node, Kernel::global_pool, Layout::blocks, Layout::blocks);
    if (op == Op::resize)
        return detail::take(node, Kernel::resize, Layout::blocks, Layout::blocks,
                            kernels::resize_scratch_bytes(node.operation, maker.shape, node.shape, 1));
    bool all_blocks = true;
    for (std::size_t k = 0; k < layouts.size(); ++k)
        all_blocks = all_blocks && (layouts[k] == Layout::blocks || graph::layouts_coincide(g.nodes[g.inputs(node)[k]]));
    if (!all_blocks) return;
    detail::choose_on_blocks(g, node);
}

}  // namespace MDL_ISA
}  // namespace mdl::engine

#endif
