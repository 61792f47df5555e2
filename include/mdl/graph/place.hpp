// mdl: places blocks of memory with known lives into the smallest arena.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

#include <mdl/graph/graph.hpp>

namespace mdl::graph {

inline constexpr std::int64_t arena_alignment = 64;

constexpr auto round_up(std::int64_t bytes, std::int64_t unit) noexcept -> std::int64_t { return (bytes + unit - 1) / unit * unit; }

/// When each node may run, as an interval of time slots. Node a is known to run before b where a.last < b.first: the interval
/// order is the partial order that the planner respects. One after the other, node i has the interval [i, i]; branches that
/// may run side by side get the same interval, and then never share memory.
struct Interval {
    int first = 0, last = 0;
};

/// A piece of memory with its life, in slots.
struct Block {
    std::int64_t bytes = 0;
    Interval life{};
    std::int64_t offset = 0;
};

/// Gives blocks whose lives overlap disjoint ranges; returns the bytes needed. Largest first, each at the lowest offset that is
/// free during its life. Each slot keeps a list of what was placed in it, so that only neighbours in time are compared: near
/// linear for networks, where few tensors live at once.  Source: Pisarchyk & Lee 2020, "greedy by size".
/// Links is the room for those lists: the sum of all lives; where it is used up, what is left goes on top.
template <int N, int Slots, int Links>
constexpr auto place(Block* blocks, int count) noexcept -> std::int64_t {
    int order[N > 0 ? N : 1]{};
    for (int i = 0; i < count; ++i) order[i] = i;
    std::sort(order, order + count, [&](int a, int b) { return blocks[a].bytes != blocks[b].bytes ? blocks[a].bytes > blocks[b].bytes : a < b; });
    int head[Slots > 0 ? Slots : 1]{};   // link + 1 of the newest block placed in a slot
    int link_block[Links > 0 ? Links : 1]{}, link_next[Links > 0 ? Links : 1]{};
    int link_count = 0;
    int seen[N > 0 ? N : 1]{};
    int near[N > 0 ? N : 1]{};
    std::int64_t total = 0;
    for (int rank = 0; rank < count; ++rank) {
        Block& block = blocks[order[rank]];
        if (block.bytes == 0) continue;
        if (link_count + block.life.last - block.life.first >= Links) {
            block.offset = total;
            total += block.bytes;
            continue;
        }
        int near_count = 0;
        for (int slot = block.life.first; slot <= block.life.last; ++slot)
            for (int link = head[slot]; link != 0; link = link_next[link - 1]) {
                const int other = link_block[link - 1];
                if (seen[other] == rank + 1) continue;
                seen[other] = rank + 1;
                int at = near_count++;
                for (; at > 0 && blocks[near[at - 1]].offset > blocks[other].offset; --at) near[at] = near[at - 1];
                near[at] = other;
            }
        std::int64_t offset = 0;
        for (int k = 0; k < near_count; ++k) {
            const Block& other = blocks[near[k]];
            if (offset + block.bytes <= other.offset) break;
            offset = std::max(offset, other.offset + other.bytes);
        }
        block.offset = offset;
        total = std::max(total, offset + block.bytes);
        for (int slot = block.life.first; slot <= block.life.last; ++slot) {
            link_block[link_count] = order[rank];
            link_next[link_count] = head[slot];
            head[slot] = ++link_count;
        }
    }
    return total;
}

/// The most bytes that are alive in one slot.
template <int Slots>
constexpr auto most_alive(const Block* blocks, int count, int last_slot) noexcept -> std::int64_t {
    std::int64_t change[Slots + 1]{};
    for (int i = 0; i < count; ++i) {
        if (blocks[i].bytes == 0) continue;
        change[blocks[i].life.first] += blocks[i].bytes;
        change[blocks[i].life.last + 1] -= blocks[i].bytes;
    }
    std::int64_t alive = 0, most = 0;
    for (int slot = 0; slot <= last_slot; ++slot) most = std::max(most, alive += change[slot]);
    return most;
}

}  // namespace mdl::graph
