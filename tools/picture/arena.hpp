// mdl: the arena's plan as rectangles of bytes and steps.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "picture/graphs.hpp"

namespace mdl::tool {

/// A rectangle of bytes and half steps: step k is [2k, 2k+2).
struct Extent {
    std::int64_t offset = 0, bytes = 0;
    int begin = 0, end = 0;

    auto overlaps(const Extent& other) const -> bool {
        return offset < other.offset + other.bytes && other.offset < offset + bytes && begin < other.end && other.begin < end;
    }
};

/// A tensor, or a node's scratch, while it lies in the arena.
struct Piece {
    int node = -1;
    bool scratch = false;
    /// As drawn: where another tensor takes the memory over, in place, as a view or as the concatenation that holds it, this one ends and that
    /// one begins in the middle of the step.
    Extent extent{};
    int block = -1;
    bool takes_over = false;
};

/// Memory that is shared by tensors which are alive together, and its life from the first to the last of them.
struct ArenaBlock {
    Extent extent{};
    int colour = 0;               ///< neighbours in memory or time have different ones
    std::vector<int> earlier{};   ///< blocks whose memory it uses again
};

struct ArenaPicture {
    std::vector<Piece> pieces{};  ///< in order of their nodes
    std::vector<ArenaBlock> blocks{};
    std::vector<int> block_of{};  ///< each node's, -1: it lies in the weights
    std::int64_t unshared_bytes = 0;  ///< what the tensors and scratch would take each with memory of its own
};

/// `colours`: how many there are.
auto arena_picture(const Graphs& graphs, int colours) -> ArenaPicture;

}  // namespace mdl::tool
