// mdl: the pass that gives every tensor its place in one arena.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

#include <mdl/graph/graph.hpp>
#include <mdl/graph/lay_out.hpp>
#include <mdl/graph/place.hpp>

namespace mdl::graph {

/// Bytes that a node's output takes. Both layouts leave room for whole channel blocks, so that a tensor of one pixel a channel
/// can be read as either.
constexpr auto storage_bytes(const Node& node, int lanes) noexcept -> std::int64_t {
    if (node.operation.op == Op::input) {
        const ImageFormat& image = node.operation.image;
        const std::int64_t pixels = image.order == PixelOrder::rgba ? node.shape.count() / 3 * 4 : node.shape.count();
        return round_up(pixels * (image.element == Element::u8 ? 1 : 4), arena_alignment);
    }
    if (node.shape.rank < 2 || node.shape.rank == 3) return round_up(4 * round_up(node.shape.count(), lanes), arena_alignment);
    const std::int64_t channels = node.choice.out == Layout::blocks || layouts_coincide(node) ? round_up(node.shape[1], lanes) : node.shape[1];
    return round_up(4 * node.shape[0] * channels * node.shape.count(2, node.shape.rank), arena_alignment);
}

/// Bytes that a node's elements take when channels come in whole blocks of `lanes`; not rounded up to the arena's alignment.
constexpr auto storage_bytes_exact(const Node& node, int lanes) noexcept -> std::int64_t {
    return 4 * node.shape[0] * round_up(node.shape[1], lanes) * node.shape.count(2, node.shape.rank);
}

/// Where everything lies, in bytes from the arena's start.
template <int N>
struct MemoryPlan {
    std::int64_t tensor[N > 0 ? N : 1]{};   ///< output of each node
    std::int64_t scratch[N > 0 ? N : 1]{};  ///< scratch of each node
    std::int64_t bytes = 0;                 ///< size of the arena
    std::int64_t lower_bound = 0;           ///< most bytes alive in one slot: no plan without sharing can need less
};

namespace detail {

/// Which tensors lie inside which: a view in what it shows, a concatenation's parts in the concatenation, an in-place operand
/// in the result.
template <int N, int E, int O>
class Sharing {
public:
    constexpr Sharing(const Graph<N, E, O>& g, const Interval* when, int lanes) noexcept : g_(g), when_(when), lanes_(lanes) {
        for (int i = 0; i < g.node_count; ++i) parent_[i] = last_[i] = before_last_[i] = -1;
        for (int i = 0; i < g.node_count; ++i)
            for (const int input : g.inputs(i)) add_reader(input, when[i].last);
        for (int o = 0; o < g.output_count; ++o) is_shown_[g.outputs[o]] = true;
        for (int i = 0; i < g.node_count; ++i)
            if (g.nodes[i].choice.view) {
                attach(i, g.input(i), g.nodes[i].choice.view_offset);
                is_shown_[g.input(i)] = true;
            } else if (g.nodes[i].choice.mapped) {
                for (const int input : g.inputs(i)) is_shown_[input] = true;
            }
        for (int i = g.node_count - 1; i >= 0; --i) {
            if (g.nodes[i].operation.op == Op::concat && g.nodes[i].choice.joins_in_place) join(i);
            if (g.nodes[i].choice.in_place) overwrite(i);
        }
    }

    /// The tensor whose memory holds tensor i; adds i's place in it to `offset`.
    constexpr auto root(int i, std::int64_t& offset) const noexcept -> int {
        for (; parent_[i] >= 0; i = parent_[i]) offset += offset_[i];
        return i;
    }

private:
    constexpr void add_reader(int tensor, int slot) noexcept {
        if (slot >= last_[tensor]) {
            before_last_[tensor] = last_[tensor];
            last_[tensor] = slot;
        } else if (slot > before_last_[tensor]) {
            before_last_[tensor] = slot;
        }
    }
    /// Is node i sure to be the last that reads the tensor, and does it read it once?
    constexpr auto dies_at(int tensor, int i) const noexcept -> bool {
        return !is_shown_[tensor] && last_[tensor] == when_[i].last && before_last_[tensor] < when_[i].first;
    }

    constexpr void attach(int child, int parent, std::int64_t offset) noexcept {
        parent_[child] = parent;
        offset_[child] = offset;
    }

    constexpr auto plane_bytes(int i) const noexcept -> std::int64_t {
        return std::int64_t{4} * g_.nodes[i].shape[0] * g_.nodes[i].shape.count(2, g_.nodes[i].shape.rank);
    }

    /// The parts of a concatenation are written where they belong, as far as they are free to lie there.
    constexpr void join(int i) noexcept {
        const auto parts = g_.inputs(i);
        if (parent_[i] < 0 && is_prefix(i)) return attach(i, parent_[parts[0]], offset_[parts[0]]);
        const int unit = g_.nodes[i].choice.out == Layout::blocks ? lanes_ : 1;
        std::int64_t at = 0;
        int channel = 0;
        for (const int part : parts) {
            const Node& node = g_.nodes[part];
            const bool same_layout = node.choice.out == g_.nodes[i].choice.out || layouts_coincide(node);
            if (parent_[part] < 0 && node.operation.op != Op::input && same_layout && at % arena_alignment == 0 && channel % unit == 0)
                attach(part, i, at);
            at += plane_bytes(i) * node.shape[1];
            channel += node.shape[1];
        }
    }

    /// Do all parts lie side by side already, in a later concatenation that begins with the same ones (as DenseNet's do)?
    constexpr auto is_prefix(int i) const noexcept -> bool {
        const auto parts = g_.inputs(i);
        const int whole = parent_[parts[0]];
        if (whole < 0 || g_.nodes[whole].operation.op != Op::concat || g_.nodes[whole].choice.out != g_.nodes[i].choice.out) return false;
        std::int64_t at = offset_[parts[0]];
        for (const int part : parts) {
            if (parent_[part] != whole || offset_[part] != at) return false;
            at += plane_bytes(i) * g_.nodes[part].shape[1];
        }
        return true;
    }

    /// An operand that dies here gives its memory to the result.
    constexpr void overwrite(int i) noexcept {
        const auto inputs = g_.inputs(i);
        const bool only_residual = g_.nodes[i].fusion.residual;
        for (std::size_t k = only_residual ? inputs.size() - 1 : 0; k < inputs.size(); ++k) {
            const int operand = inputs[k];
            const Node& node = g_.nodes[operand];
            if (parent_[operand] >= 0 || !dies_at(operand, i) || node.operation.op == Op::input || node.operation.op == Op::constant ||
                node.operation.op == Op::concat || node.choice.out != g_.nodes[i].choice.out ||
                storage_bytes(node, lanes_) != storage_bytes(g_.nodes[i], lanes_))
                continue;
            return attach(operand, i, 0);
        }
    }

    const Graph<N, E, O>& g_;
    const Interval* when_;
    int lanes_;
    int parent_[N > 0 ? N : 1]{};
    std::int64_t offset_[N > 0 ? N : 1]{};
    int last_[N > 0 ? N : 1]{};         ///< slot of the last reader, -1: none
    int before_last_[N > 0 ? N : 1]{};  ///< of the last but one
    bool is_shown_[N > 0 ? N : 1]{};    ///< is an output, or a view or a map looks into it
};

}  // namespace detail

/// Gives every tensor and every scratch its offset. `when` holds the interval of each node; see Interval.
template <int N, int E, int O>
constexpr auto plan_memory(const Graph<N, E, O>& g, const Interval* when, int lanes) noexcept -> MemoryPlan<N> {
    const detail::Sharing<N, E, O> sharing(g, when, lanes);
    MemoryPlan<N> plan;
    Block blocks[2 * N + 1]{};  // tensor of node i at i, its scratch at N + i
    int owner[N > 0 ? N : 1]{};
    int end = 0;
    for (int i = 0; i < g.node_count; ++i) end = std::max(end, when[i].last);
    for (int i = 0; i < g.node_count; ++i) {
        owner[i] = sharing.root(i, plan.tensor[i]);
        blocks[i].life = {end, 0};
    }
    const auto live = [&](int tensor, int first, int last) {
        Interval& life = blocks[owner[tensor]].life;
        life.first = std::min(life.first, first);
        life.last = std::max(life.last, last);
    };
    for (int i = 0; i < g.node_count; ++i) {
        const Node& node = g.nodes[i];
        // Inputs are written before the first node runs; constants live in the weights.
        const bool is_input = node.operation.op == Op::input;
        if (node.operation.op != Op::constant) {
            live(i, is_input ? 0 : when[i].first, when[i].last);
            std::int64_t& bytes = blocks[owner[i]].bytes;
            if (!node.choice.mapped) bytes = std::max(bytes, plan.tensor[i] + storage_bytes(node, lanes));
        }
        for (const int input : g.inputs(i)) live(input, when[i].first, when[i].last);
        blocks[N + i] = {round_up(node.choice.scratch_bytes, arena_alignment), when[i], 0};
    }
    for (int o = 0; o < g.output_count; ++o) live(g.outputs[o], end, end);
    // Who reads a map reads what it maps; the last map first, since maps map maps.
    for (int i = g.node_count - 1; i >= 0; --i)
        if (g.nodes[i].choice.mapped)
            for (const int input : g.inputs(i)) live(input, when[i].first, blocks[i].life.last);
    // Room for the slots' lists: the sum of all lives, bounded by what networks need (see place).
    plan.bytes = place<2 * N + 1, N + 1, 64 * N + 64>(blocks, 2 * N);
    for (int i = 0; i < g.node_count; ++i) {
        plan.tensor[i] += blocks[owner[i]].offset;
        plan.scratch[i] = blocks[N + i].offset;
    }
    plan.lower_bound = most_alive<N + 1>(blocks, 2 * N, end);
    return plan;
}

}  // namespace mdl::graph
