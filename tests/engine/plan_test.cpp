// mdl: the plan as data says what the engine's own values say.
// SPDX-License-Identifier: MIT
#include <string_view>

#include <doctest/doctest.h>
#include <mdl/engine/plan.hpp>
#include <mdl/mdl.hpp>

using namespace mdl;

namespace {

struct Joined : Sequential<Input<12, 12, 3>, Conv<16, Kernel<3>>, Relu, Residual<Sequential<Conv<16, Kernel<3>, Pad<1>>, Relu>>,
                           Concat<Conv<16>, Conv<32, Kernel<3>, Pad<1>>>, GlobalPool<Average>, Flatten, Dense<5>, Softmax> {};

/// Up to the first zero; GCC 12 takes these arrays for unterminated where strlen reads them.
template <std::size_t N>
constexpr auto text_in(const char (&room)[N]) -> std::string_view {
    return std::string_view(room, N).substr(0, std::string_view(room, N).find('\0'));
}

constexpr const auto& joined = plan<Joined>;
static_assert(joined.head.arena_bytes == static_cast<std::int64_t>(arena_bytes<Joined>));
static_assert(joined.head.fingerprint == fingerprint<Joined>);

}  // namespace

TEST_CASE("every node of what runs stands in the plan with its kernel and its place") {
    const auto& g = engine::laid_out<Joined, Options<>>;
    REQUIRE(joined.head.node_count == g.node_count);
    CHECK(text_in(joined.head.mark) == plan_mark);
    int steps = 0;
    std::int64_t multiplications = 0;
    for (int i = 0; i < g.node_count; ++i) {
        const PlannedNode& node = joined.nodes[i];
        CAPTURE(i);
        CHECK(node.offset == engine::memory<Joined, Options<>>.tensor[i]);
        CHECK(node.offset + node.bytes <= joined.head.arena_bytes);
        CHECK(node.scratch_offset + node.scratch_bytes <= joined.head.arena_bytes);
        CHECK(text_in(node.operation) == graph::name_of(g.nodes[i].operation));
        CHECK(text_in(node.kernel) == engine::name_of(static_cast<engine::Kernel>(g.nodes[i].choice.kernel)));
        for (int k = 0; k < node.input_count; ++k) CHECK(joined.edges[node.first_input + k] == g.input(i, k));
        steps += node.runs;
        multiplications += node.macs;
    }
    CHECK(steps == static_cast<int>(engine::runnable<Joined, Options<>>.size()));
    CHECK(multiplications == macs<Joined>);
    CHECK(joined.outputs[0] == g.outputs[0]);
    CHECK(text_in(joined.head.isa).starts_with("isa_"));
}

TEST_CASE("texts that are longer than their room are cut and end with a zero") {
    char room[4]{};
    engine::copy_text("abcdef", room);
    CHECK(text_in(room) == "abc");
}
