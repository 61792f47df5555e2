// mdl: laws of the arena's plan.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

#include <mdl/graph/place.hpp>
#include <mdl/mdl.hpp>

using namespace mdl;

namespace {

auto overlap(const graph::Block& a, const graph::Block& b) -> bool {
    const bool in_time = a.life.first <= b.life.last && b.life.first <= a.life.last;
    const bool in_space = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
    return in_time && in_space;
}

struct Residuals : Sequential<Input<16, 16, 8>, Conv<16>, Residual<Conv<64>, Relu, Conv<16>>, Residual<Conv<64>, Relu, Conv<16>>, Conv<4>> {};
struct Fires : Sequential<Input<16, 16, 8>, Conv<16>, Relu, Concat<Conv<64>, Conv<64, Kernel<3>, Pad<1>>>, Relu, Conv<16>> {};
struct Dense3 : Graph<Node<"x", Input<16, 16, 16>>, Node<"a", Conv<32>, From<"x">>, Node<"b", Conv<32>, From<"a">>, Node<"ab", Concat<>, From<"a", "b">>,
                      Node<"c", Conv<32>, From<"ab">>, Node<"abc", Concat<>, From<"a", "b", "c">>, Node<"d", Conv<8>, From<"abc">>> {};

}  // namespace

TEST_CASE("blocks that live at the same time never share memory") {
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        std::vector<graph::Block> blocks(64);
        const int count = 1 + static_cast<int>(random() % 64);
        for (int i = 0; i < count; ++i) {
            graph::Block& block = blocks[static_cast<std::size_t>(i)];
            block.bytes = 64 * static_cast<std::int64_t>(random() % 50);
            block.life.first = static_cast<int>(random() % 60);
            block.life.last = std::min(63, block.life.first + static_cast<int>(random() % 8));
        }
        const std::int64_t bytes = graph::place<64, 64, 4096>(blocks.data(), count);
        const std::int64_t floor = graph::most_alive<64>(blocks.data(), count, 63);
        CHECK(bytes >= floor);
        // Greedy by size stays near the bound on such lives; a broken list of neighbours would not.
        CHECK(bytes <= 2 * floor + 64);
        for (int i = 0; i < count; ++i)
            for (int j = 0; j < i; ++j) {
                const auto &a = blocks[static_cast<std::size_t>(i)], &b = blocks[static_cast<std::size_t>(j)];
                if (a.bytes > 0 && b.bytes > 0) CHECK_FALSE(overlap(a, b));
            }
    }
}

TEST_CASE("where the room for neighbours is used up, the plan is larger but still right") {
    std::vector<graph::Block> blocks(16);
    for (auto& block : blocks) block = {64, {0, 15}, 0};
    CHECK(graph::place<16, 16, 20>(blocks.data(), 16) == 16 * 64);
    for (std::size_t i = 0; i < 16; ++i)
        for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(overlap(blocks[i], blocks[j]));
}

TEST_CASE("branches that may run side by side never share memory") {
    // Two chains of one node each, between a fork at slot 0 and a join at slot 3; a total order lets scratch share.
    graph::Block serial[2] = {{100, {1, 1}, 0}, {100, {2, 2}, 0}};
    graph::Block parallel[2] = {{100, {1, 2}, 0}, {100, {1, 2}, 0}};
    CHECK(graph::place<2, 4, 64>(serial, 2) == 100);
    CHECK(graph::place<2, 4, 64>(parallel, 2) == 200);
}

TEST_CASE("a chain needs its two largest neighbours and no more") {
    struct Chain : Sequential<Input<16, 16, 16>, Conv<32>, Conv<64>, Conv<16>, Conv<4>> {};
    constexpr std::int64_t plane = 16 * 16 * 4;
    CHECK(engine::memory<Chain, Options<>>.lower_bound >= (32 + 64) * plane);
    CHECK(arena_bytes<Chain> == static_cast<std::size_t>(engine::memory<Chain, Options<>>.lower_bound));
}

#if MDL_SIMD
TEST_CASE("the parts of a concatenation are written in their place") {
    constexpr const auto& g = engine::laid_out<Fires, Options<>>;
    for (int i = 0; i < g.node_count; ++i)
        if (g.nodes[i].operation.op == Op::concat) {
            CHECK(engine::memory<Fires, Options<>>.tensor[g.input(i, 0)] == engine::memory<Fires, Options<>>.tensor[i]);
            CHECK(engine::memory<Fires, Options<>>.tensor[g.input(i, 1)] == engine::memory<Fires, Options<>>.tensor[i] + 64 * 16 * 16 * 4);
            CHECK_FALSE(engine::needs_code<Fires, Options<>>(i));
        }
}

TEST_CASE("a concatenation that begins with an earlier one holds it") {
    constexpr const auto& g = engine::laid_out<Dense3, Options<>>;
    int concats = 0;
    for (int i = 0; i < g.node_count; ++i)
        if (g.nodes[i].operation.op == Op::concat) {
            CHECK_FALSE(engine::needs_code<Dense3, Options<>>(i));
            ++concats;
        }
    CHECK(concats == 2);
}

TEST_CASE("a residual is overwritten by the sum where nobody else reads it") {
    // Without it, the arena would need the sum beside both operands: 16 + 16 + 64 channels. A cache line of scratch each.
    CHECK(arena_bytes<Residuals> <= (16 + 64) * 16 * 16 * 4 + 1024);
}
#endif

TEST_CASE("tensors that are kept never share memory") {
    using Kept = Options<KeepTensors>;
    constexpr const auto& g = engine::laid_out<Residuals, Kept>;
    constexpr const auto& plan = engine::memory<Residuals, Kept>;
    for (int i = 0; i < g.node_count; ++i)
        for (int j = 0; j < i; ++j) {
            const graph::Block a{graph::storage_bytes(g.nodes[i], engine::block_channels), {0, 0}, plan.tensor[i]};
            const graph::Block b{graph::storage_bytes(g.nodes[j], engine::block_channels), {0, 0}, plan.tensor[j]};
            CHECK_FALSE(overlap(a, b));
        }
}
