// mdl: the pass that folds, fuses and drops nodes.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/graph/graph.hpp>

namespace mdl::graph {

namespace detail {

/// Does the node compute nothing: is its output its first input, element for element in the same order and shape?
constexpr auto is_no_op(const Node& node, const Shape& in) noexcept -> bool {
    const Operation& op = node.operation;
    switch (op.op) {
        case Op::identity: return true;
        case Op::reshape: return node.shape == in;
        case Op::activation: return !op.activation;
        case Op::concat: return node.input_count == 1;
        case Op::slice: return node.shape == in && op.step > 0;
        case Op::channel_shuffle: return op.groups == 1 || op.groups == in.channels();
        case Op::pad: return op.dims.count() == 0 && node.shape == in;
        case Op::pool: return op.window.is_trivial() && node.shape == in;
        case Op::transpose:
            for (int axis = 0; axis < in.rank; ++axis)
                if (op.dims[axis] != axis) return false;
            return true;
        default: return false;
    }
}

constexpr auto is_affine(Op op) noexcept -> bool { return op == Op::batch_norm || op == Op::scale; }

/// Operators whose kernels end in the epilogue outer(inner(y) + residual).
constexpr auto has_epilogue(Op op) noexcept -> bool { return op == Op::convolution || op == Op::transposed_convolution || op == Op::dense; }
/// Operators whose kernels can end in an activation.
constexpr auto takes_activation(Op op) noexcept -> bool { return has_epilogue(op) || is_affine(op) || op == Op::group_norm || op == Op::binary; }

/// Rows and columns pooled whole: a global pooling by another name.
constexpr auto pools_everything(const Operation& op, const Shape& in) noexcept -> bool {
    if (op.op == Op::pool)
        return !op.window.is_padded() && op.window.kernel_h == in.height() && op.window.kernel_w == in.width() && op.window.dilation_h == 1 &&
               op.window.dilation_w == 1;
    return op.op == Op::reduce && (op.reduction == Reduction::mean || op.reduction == Reduction::max) && in.rank == 4 && op.dims.rank == 2 &&
           op.dims[0] + op.dims[1] == 5 && (op.dims[0] == 2 || op.dims[0] == 3);
}

/// Zero padding of rows and columns only, which a convolution's own window can do.
constexpr auto is_zero_border(const Node& node) noexcept -> bool {
    const Operation& op = node.operation;
    return op.op == Op::pad && op.fill == Fill::constant && node.shape.rank == 4 && op.alpha == 0 && op.dims[0] == 0 && op.dims[1] == 0 &&
           op.dims_end[0] == 0 && op.dims_end[1] == 0;
}

/// Is the node one that moves channels of feature maps with batch 1?
constexpr auto moves_channels(const Node& node, Op op) noexcept -> bool {
    return node.operation.op == op && node.shape.rank == 4 && node.shape[0] == 1 && node.operation.step == 1 &&
           (op == Op::channel_shuffle || node.operation.axis == 1);
}

/// The working state of one fusion: who stands for whom, and who reads whom.
template <int N, int E, int O>
class Fuser {
public:
    constexpr explicit Fuser(const Graph<N, E, O>& written) noexcept : g_(written) {
        for (int i = 0; i < g_.node_count; ++i) stands_[i] = i;
        for (int i = 0; i < g_.node_count; ++i) residual_[i] = -1;
        for (int e = 0; e < g_.edge_count; ++e) ++uses_[g_.edges[e]];
        for (int i = 0; i < g_.node_count; ++i)
            if (moves_channels(g_.nodes[i], Op::slice)) ++slices_[g_.input(i)];
        for (int o = 0; o < g_.output_count; ++o) is_output_[g_.outputs[o]] = true;
    }

    constexpr auto run() noexcept -> Graph<N, E + N, O> {
        for (int i = 0; i < g_.node_count; ++i) visit(i);
        for (int i = 0; i < g_.node_count; ++i)
            if (!dead_[i]) take_prologue(i);
        return compact();
    }

private:
    constexpr auto producer(int node, int k = 0) const noexcept -> int { return stands_[g_.input(node, k)]; }
    /// Does only `reader` read what p makes?
    constexpr auto is_private(int p) const noexcept -> bool { return uses_[p] == 1 && !is_output_[p]; }

    constexpr void stand_in(int node, int p) noexcept {
        stands_[node] = p;
        dead_[node] = true;
        g_.nodes[p].makes = g_.nodes[node].makes;
        uses_[p] += uses_[node] - 1;
        is_output_[p] = is_output_[p] || is_output_[node];
        g_.nodes[p].fusion.absorbed = static_cast<std::int16_t>(g_.nodes[p].fusion.absorbed + 1 + g_.nodes[node].fusion.absorbed);
    }

    constexpr void visit(int i) noexcept {
        Node& node = g_.nodes[i];
        if (node.input_count == 0) return;
        const int p = producer(i);
        Node& maker = g_.nodes[p];
        const Op op = node.operation.op;
        // An output that is an input still needs a copy: what run() returns lies in the arena.
        if (is_no_op(node, maker.shape) && !(maker.operation.op == Op::input && is_output_[i])) return stand_in(i, p);
        if (pools_everything(node.operation, maker.shape)) {
            if (op == Op::reduce) node.operation.pooling = node.operation.reduction == Reduction::max ? Pooling::max : Pooling::average;
            node.operation.op = Op::global_pool;
        }
        if (is_affine(op) && is_private(p)) fold_affine(i, p);
        if ((op == Op::activation || op == Op::prelu) && is_private(p)) fuse_activation(i, p);
        if (op == Op::binary) fuse_residual(i);
        if (moves_channels(node, Op::channel_shuffle)) gather_concat(i, p);
        if (moves_channels(node, Op::slice) && maker.operation.op == Op::channel_gather) gather_slice(i, p);
        if (op == Op::convolution && is_private(p) && is_zero_border(maker)) {
            node.operation.window.pad_top += maker.operation.dims[2];
            node.operation.window.pad_left += maker.operation.dims[3];
            node.operation.window.pad_bottom += maker.operation.dims_end[2];
            node.operation.window.pad_right += maker.operation.dims_end[3];
            skip(i, p);
        }
    }

    /// ShuffleNet's concat, shuffle and split: each part takes its channels from where they were made. First the concat...
    constexpr void gather_concat(int i, int p) noexcept {
        Node& node = g_.nodes[i];
        const Node& maker = g_.nodes[p];
        if (!moves_channels(maker, Op::concat) || !is_private(p)) return;
        node.operation.op = Op::channel_gather;
        node.operation.begin = 0, node.operation.end = node.shape[1];
        take_inputs(i, p);
        dead_[p] = true;
    }
    /// ... then each slice, where nothing else reads the shuffle and the graph does not grow by it.
    constexpr void gather_slice(int i, int p) noexcept {
        const Node maker = g_.nodes[p];
        if (is_output_[p] || slices_[p] < uses_[p] || slices_[p] * maker.input_count > slices_[p] + 1 + maker.input_count) return;
        Node& node = g_.nodes[i];
        const int begin = node.operation.begin;
        node.operation = maker.operation;
        node.operation.begin = begin, node.operation.end = begin + node.shape[1];
        take_inputs(i, p);
        for (int k = 0; k < maker.input_count; ++k) ++uses_[producer(p, k)];
        --slices_[p];
        if (--uses_[p] > 0) return;
        for (int k = 0; k < maker.input_count; ++k) --uses_[producer(p, k)];
        dead_[p] = true;
    }
    constexpr void take_inputs(int i, int p) noexcept {
        g_.nodes[i].first_input = g_.nodes[p].first_input;
        g_.nodes[i].input_count = g_.nodes[p].input_count;
        g_.nodes[i].fusion.absorbed = static_cast<std::int16_t>(g_.nodes[i].fusion.absorbed + 1 + g_.nodes[p].fusion.absorbed);
    }

    /// Lets node i read what p reads; p, private to i, disappears into it.
    constexpr void skip(int i, int p) noexcept {
        dead_[p] = true;
        g_.edges[g_.nodes[i].first_input] = producer(p);
        g_.nodes[i].fusion.absorbed = static_cast<std::int16_t>(g_.nodes[i].fusion.absorbed + 1 + g_.nodes[p].fusion.absorbed);
    }

    /// The affine map becomes part of the weights: w' = w * a, b' = b * a + c.
    constexpr void fold_affine(int i, int p) noexcept {
        Fusion& f = g_.nodes[p].fusion;
        const Op op = g_.nodes[p].operation.op;
        if (!(has_epilogue(op) || is_affine(op)) || f.inner || f.slope >= 0 || f.residual || f.folded_count == max_folded) return;
        if (op == Op::dense && g_.nodes[i].shape.rank != 2) return;
        f.folded[f.folded_count++] = static_cast<std::int16_t>(i);
        stand_in(i, p);
    }

    constexpr void fuse_activation(int i, int p) noexcept {
        const Node& node = g_.nodes[i];
        Fusion& f = g_.nodes[p].fusion;
        const Op op = g_.nodes[p].operation.op;
        if (!takes_activation(op) || f.outer || !is_common(node.operation.activation.kind)) return;
        if (op == Op::binary && !is_common(g_.nodes[p].operation.binary)) return;
        const bool first = !f.residual && !f.inner && f.slope < 0;
        if (node.operation.op == Op::prelu) {
            if (!first || !has_epilogue(op) || node.shape.rank < 2 || node.weights[0].shape.count() != node.shape[1]) return;
            f.slope = static_cast<std::int16_t>(i);
        } else if (first) {
            f.inner = node.operation.activation;
        } else if (f.residual) {
            f.outer = node.operation.activation;
        } else {
            return;
        }
        stand_in(i, p);
    }

    /// x + conv(..): the later of the two producers, if it can, adds the other to what it makes.
    constexpr void fuse_residual(int i) noexcept {
        const Node& node = g_.nodes[i];
        if (node.operation.binary != Binary::add || node.input_count != 2) return;
        const int a = producer(i, 0), b = producer(i, 1);
        if (a == b) return;
        const int host = a > b ? a : b, other = a > b ? b : a;
        const Node& maker = g_.nodes[host];
        if (!has_epilogue(maker.operation.op) || !is_private(host) || maker.fusion.residual || maker.fusion.slope >= 0) return;
        if (!(maker.shape == node.shape) || !(g_.nodes[other].shape == node.shape)) return;
        g_.nodes[host].fusion.residual = true;
        g_.nodes[host].fusion.residual_binary = Binary::add;
        residual_[host] = other;
        stand_in(i, host);
    }

    /// DenseNet's batch norm and relu before a convolution: the convolution applies them while it loads.
    constexpr void take_prologue(int i) noexcept {
        Node& node = g_.nodes[i];
        const Operation& op = node.operation;
        const bool can = (op.op == Op::convolution && op.groups == 1) || (op.op == Op::global_pool && op.pooling == Pooling::average);
        if (!can || node.input_count < 1) return;
        const int p = producer(i);
        const Node& affine = g_.nodes[p];
        if (!is_affine(affine.operation.op) || !is_private(p) || affine.shape.rank != 4 || affine.fusion.folded_count > 1) return;
        const int source = producer(p);
        if (g_.nodes[source].operation.op == Op::input) return;
        node.fusion.prologue[node.fusion.prologue_count++] = static_cast<std::int16_t>(p);
        if (affine.fusion.folded_count == 1) node.fusion.prologue[node.fusion.prologue_count++] = affine.fusion.folded[0];
        node.fusion.prologue_activation = affine.fusion.inner;
        skip(i, p);
    }

    constexpr auto compact() const noexcept -> Graph<N, E + N, O> {
        Graph<N, E + N, O> out;
        int moved[N > 0 ? N : 1]{};
        for (int i = 0; i < g_.node_count; ++i) {
            if (dead_[i]) continue;
            moved[i] = out.node_count;
            Node& node = out.nodes[out.node_count++];
            node = g_.nodes[i];
            node.first_input = out.edge_count;
            for (int k = 0; k < g_.nodes[i].input_count; ++k) out.edges[out.edge_count++] = moved[producer(i, k)];
            if (residual_[i] >= 0) {
                out.edges[out.edge_count++] = moved[residual_[i]];
                ++node.input_count;
            }
        }
        out.output_count = g_.output_count;
        for (int o = 0; o < g_.output_count; ++o) out.outputs[o] = moved[stands_[g_.outputs[o]]];
        return out;
    }

    Graph<N, E, O> g_;
    int stands_[N > 0 ? N : 1]{};    ///< the node that now makes this node's output
    int uses_[N > 0 ? N : 1]{};      ///< how many edges read what the node makes
    int slices_[N > 0 ? N : 1]{};    ///< how many of them are slices of its channels
    int residual_[N > 0 ? N : 1]{};  ///< the tensor that the node adds at its end, or -1
    bool is_output_[N > 0 ? N : 1]{};
    bool dead_[N > 0 ? N : 1]{};
};

}  // namespace detail

/// Folds batch norms and scales into convolution and dense weights, fuses activations and residual additions into the
/// operator that makes their input, batch norm before a convolution into its load, zero padding into its window, concatenation,
/// shuffle and split of channels into one gather a part; drops what computes nothing. Keeps the value of every output up to rounding; one walk, each node looked at twice.
template <int N, int E, int O>
constexpr auto fuse(const Graph<N, E, O>& inferred) noexcept -> Graph<N, E + N, O> {
    return detail::Fuser<N, E, O>(inferred).run();
}

}  // namespace mdl::graph
