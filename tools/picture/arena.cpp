// mdl: finding of the arena's blocks and who follows whom in them.
// SPDX-License-Identifier: MIT
#include "picture/arena.hpp"

#include <algorithm>
#include <numeric>

namespace mdl::tool {

namespace {

auto end_of(const Extent& extent) -> std::int64_t { return extent.offset + extent.bytes; }

auto list_pieces(const Graphs& graphs) -> std::vector<Piece> {
    std::vector<Piece> pieces;
    for (int k = 0; k < static_cast<int>(graphs.run.size()); ++k) {
        const RunNode& node = graphs.at(k);
        const PlannedNode& planned = node.planned;
        // Inputs are filled before the first step.
        const int first = std::string_view(planned.operation) == "input" ? 0 : k;
        if (planned.bytes > 0) pieces.push_back({k, false, {planned.offset, planned.bytes, 2 * first, 2 * node.last_reader + 2}});
        if (planned.scratch_bytes > 0) pieces.push_back({k, true, {planned.scratch_offset, planned.scratch_bytes, 2 * k, 2 * k + 2}});
    }
    return pieces;
}

/// Numbers the sets of pieces that lie in the same memory at the same time, which the plan allows only where they share it.
void find_blocks(ArenaPicture& picture) {
    auto& pieces = picture.pieces;
    std::vector<std::size_t> leader(pieces.size());
    std::iota(leader.begin(), leader.end(), std::size_t{0});
    const auto lead = [&](std::size_t i) {
        while (leader[i] != i) i = leader[i] = leader[leader[i]];
        return i;
    };
    for (std::size_t i = 0; i < pieces.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (pieces[i].extent.overlaps(pieces[j].extent)) leader[lead(i)] = lead(j);
    std::vector<int> number(pieces.size(), -1);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        int& block = number[lead(i)];
        const Extent& extent = pieces[i].extent;
        if (block < 0) {
            block = static_cast<int>(picture.blocks.size());
            picture.blocks.push_back({extent});
        }
        pieces[i].block = block;
        Extent& whole = picture.blocks[static_cast<std::size_t>(block)].extent;
        const std::int64_t end = std::max(end_of(whole), end_of(extent));
        whole.offset = std::min(whole.offset, extent.offset);
        whole.bytes = end - whole.offset;
        whole.begin = std::min(whole.begin, extent.begin);
        whole.end = std::max(whole.end, extent.end);
    }
}

/// Ends each tensor where another one takes over all of its memory.
void hand_over(std::vector<Piece>& pieces) {
    for (std::size_t i = 0; i < pieces.size(); ++i)
        for (std::size_t j = i + 1; j < pieces.size(); ++j) {
            Extent& one = pieces[i].extent;
            Extent& next = pieces[j].extent;
            if (pieces[j].scratch || !one.overlaps(next)) continue;
            const int seam = next.begin | 1;
            if (next.offset > one.offset || end_of(next) < end_of(one) || next.end < one.end || seam <= one.begin) continue;
            one.end = seam;
            pieces[j].takes_over = true;
        }
    for (Piece& piece : pieces)
        if (piece.takes_over) piece.extent.begin |= 1;
}

void colour(std::vector<ArenaBlock>& blocks, int colours) {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const Extent& one = blocks[i].extent;
        const Extent around{one.offset - 1, one.bytes + 2, one.begin - 1, one.end + 1};
        std::vector<int> taken(static_cast<std::size_t>(colours), 0);
        for (std::size_t j = 0; j < i; ++j) {
            if (around.overlaps(blocks[j].extent)) ++taken[static_cast<std::size_t>(blocks[j].colour)];
            const Extent& before = blocks[j].extent;
            if (before.offset < end_of(one) && one.offset < end_of(before) && before.end <= one.begin) blocks[i].earlier.push_back(static_cast<int>(j));
        }
        // Begins at another colour each time, or the first few would do for all.
        std::rotate(taken.begin(), taken.begin() + static_cast<std::ptrdiff_t>(i % taken.size()), taken.end());
        const auto least = static_cast<std::size_t>(std::ranges::min_element(taken) - taken.begin());
        blocks[i].colour = static_cast<int>((least + i) % taken.size());
    }
}

}  // namespace

auto arena_picture(const Graphs& graphs, int colours) -> ArenaPicture {
    ArenaPicture picture;
    picture.pieces = list_pieces(graphs);
    for (const Piece& piece : picture.pieces)
        if (piece.scratch || !graphs.at(piece.node).planned.view) picture.unshared_bytes += piece.extent.bytes;
    find_blocks(picture);
    hand_over(picture.pieces);
    colour(picture.blocks, colours);
    picture.block_of.assign(graphs.run.size(), -1);
    for (const Piece& piece : picture.pieces)
        if (!piece.scratch) picture.block_of[static_cast<std::size_t>(piece.node)] = piece.block;
    return picture;
}

}  // namespace mdl::tool
