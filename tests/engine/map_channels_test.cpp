// mdl: concatenations, slices and shuffles that nobody runs, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>
#include <vector>

#include "engine/agrees.hpp"

using namespace mdl;

namespace {

// Maps are for tiles that find each tap by its offset, which on ARM64 are those for cores that issue in order.
using Mapping = Options<Cores<InOrder>>;

/// ShuffleNet V2's unit, and a stage of them: channels are left where they were made for up to `Units` units.
template <int Channels>
using Unit = Sequential<Concat<Slice<Axis<1>, Begin<0>, End<Channels>>,
                               Sequential<Slice<Axis<1>, Begin<Channels>, End<2 * Channels>>, Conv<Channels>, Relu,
                                          DepthwiseConv<Kernel<3>, Pad<1>>, Conv<Channels>, Relu>>,
                        ChannelShuffle<2>>;
template <int Channels>
struct Stage : Sequential<Input<29, 27, 3>, Conv<2 * Channels, Kernel<3>, Pad<1>>, Relu, Unit<Channels>, Unit<Channels>, Unit<Channels>, Unit<Channels>,
                          DepthwiseConv<Kernel<3>, Stride<2>>, Conv<5>> {};

struct Joined : Graph<Node<"x", Input<29, 27, 3>>, Node<"a", Conv<5>, From<"x">>, Node<"b", Conv<11, Kernel<3>, Pad<1>>, From<"x">>,
                      Node<"c", Concat<>, From<"a", "b", "a">>, Node<"d", Conv<7>, From<"c">>, Node<"e", Conv<6>, From<"c">>,
                      Node<"f", Concat<>, From<"d", "c", "e">>, Node<"g", Slice<Axis<1>, Begin<3>, End<30>>, From<"f">>, Node<"y", Conv<9>, From<"g">>> {};

template <class Reader>
struct Read : Sequential<Input<29, 27, 3>, Conv<18>, Slice<Axis<1>, Begin<1>, End<18>>, Reader> {};
struct Added : Graph<Node<"x", Input<29, 27, 3>>, Node<"a", Conv<18>, From<"x">>, Node<"s", Slice<Axis<1>, Begin<1>, End<18>>, From<"a">>,
                     Node<"c", Conv<17>, From<"s">>, Node<"y", Add<>, From<"c", "s">>> {};
struct Shown : Graph<Node<"x", Input<29, 27, 3>>, Node<"a", Conv<18>, From<"x">>, Node<"s", Slice<Axis<1>, Begin<1>, End<18>>, From<"a">>,
                     Node<"y", Conv<17>, From<"s">>, Output<"y", "s">> {};
/// What is mapped outlives a sum that would otherwise be written over it.
struct Outlived : Graph<Node<"x", Input<29, 27, 3>>, Node<"a", Conv<18>, From<"x">>, Node<"b", Conv<18, Kernel<3>, Pad<1>>, From<"x">>,
                        Node<"s", Slice<Axis<1>, Begin<1>, End<18>>, From<"a">>, Node<"c", Add<>, From<"a", "b">>, Node<"d", Relu, From<"c">>,
                        Node<"e", Conv<17>, From<"d">>, Node<"f", Conv<17>, From<"s">>, Node<"y", Mul<>, From<"e", "f">>> {};

template <int Channels>
struct Wide : Sequential<Input<29, 27, 3>, Conv<Channels + 1>, Slice<Axis<1>, Begin<1>, End<Channels + 1>>, Conv<6>> {};
/// A constant lies with the weights.
struct WithConstant : Graph<Node<"x", Input<29, 27, 3>>, Node<"a", Conv<18>, From<"x">>, Node<"p", GlobalPool<Average>, From<"a">>,
                            Node<"s", Slice<Axis<1>, Begin<1>, End<18>>, From<"p">>, Node<"k", Constant<1, 3, 1, 1>>,
                            Node<"c", Concat<>, From<"s", "k">>, Node<"y", Conv<9>, From<"c">>> {};

template <class Net, class O = Mapping>
auto mapped() -> int {
    const auto nodes = engine::laid_out<Net, O>.all();
    return static_cast<int>(std::count_if(nodes.begin(), nodes.end(), [](const graph::Node& node) { return node.choice.mapped; }));
}
template <class Net, class O = Mapping>
auto moving() -> int {
    const auto nodes = engine::laid_out<Net, O>.all();
    return static_cast<int>(std::count_if(nodes.begin(), nodes.end(), [](const graph::Node& node) { return node.choice.kernel == static_cast<int>(engine::Kernel::channel_gather); }));
}

template <class Net>
void agrees() {
    CHECK(test::engine_error<Net, Mapping>() < 2e-5);
    CHECK(test::engine_error<Net>() < 2e-5);
}

}  // namespace

TEST_CASE("mapped channels agree with the reference") {
    agrees<Stage<29>>();
    agrees<Stage<12>>();
    agrees<Stage<3>>();
    agrees<Joined>();
    agrees<Read<Conv<6>>>();
    agrees<Added>();
    agrees<Shown>();
    agrees<Outlived>();
    agrees<WithConstant>();
}

#if MDL_SIMD

TEST_CASE("a stage of ShuffleNet moves its channels once, at its end") {
    CHECK(mapped<Stage<29>>() == 7);  // two a unit, of which the last is for the depthwise convolution
    CHECK(moving<Stage<29>>() == 1);
    CHECK(mapped<Joined>() == 3);
    CHECK(moving<Joined>() == 0);
}

TEST_CASE("whoever needs the tensor itself gets it") {
    CHECK(mapped<Read<Conv<6>>>() == 1);
    CHECK(mapped<Read<Conv<6, Stride<2>>>>() == 0);
    CHECK(mapped<Read<Conv<6, Pad<1>>>>() == 0);
    CHECK(mapped<Read<Conv<6, Kernel<3>>>>() == 0);
    CHECK(mapped<Read<Sequential<BatchNorm<>, Relu, Conv<6>>>>() == 0);
    CHECK(mapped<Read<Pool<Max, Kernel<2>>>>() == 0);
    CHECK(mapped<Added>() == 0);
    CHECK(mapped<Shown>() == 0);
    CHECK(mapped<WithConstant>() == 0);
    CHECK(mapped<Wide<engine::most_mapped_channels>>() == 1);
    CHECK(mapped<Wide<engine::most_mapped_channels + 1>>() == 0);
    CHECK(mapped<Read<Conv<6>>, Options<KeepTensors, Cores<InOrder>>>() == 0);
}

TEST_CASE("a map has no memory, and what it maps lives until its last reader") {
    constexpr const auto& g = engine::laid_out<Outlived, Mapping>;
    constexpr const auto& memory = engine::memory<Outlived, Mapping>;
    const auto apart = [&](int i, int j) {
        const auto end = [&](int k) { return memory.tensor[k] + graph::storage_bytes(g.nodes[k], engine::block_channels); };
        return end(i) <= memory.tensor[j] || end(j) <= memory.tensor[i];
    };
    int maps = 0;
    for (int map = 0; map < g.node_count; ++map) {
        if (!g.nodes[map].choice.mapped) continue;
        ++maps;
        CHECK_FALSE(engine::needs_code<Outlived, Mapping>(map));
        int last = map;
        for (int i = map; i < g.node_count; ++i)
            if (std::ranges::find(g.inputs(i), map) != g.inputs(i).end()) last = i;
        const int source = g.input(map);
        for (int i = source + 1; i <= last; ++i)
            if (engine::needs_code<Outlived, Mapping>(i)) CHECK(apart(source, i));
    }
    CHECK(maps == 1);
}

TEST_CASE("taps are whole blocks, then single channels, and each channel is summed once") {
    constexpr int c = engine::block_channels;
    constexpr const auto& g = engine::laid_out<Joined, Mapping>;
    int convolutions = 0;
    const auto check = [&]<int I>(std::integral_constant<int, I>) {
        ++convolutions;
        constexpr int input = g.input(I), count = g.nodes[input].shape.channels();
        constexpr const auto& taps = engine::mapped_taps<Joined, Mapping, I>;
        REQUIRE(taps.full * c + taps.single == count);
        std::vector<int> order(taps.order, taps.order + count);
        for (int place = 0; place < count; ++place) {
            const bool full = place < taps.full * c;
            graph::ChannelSource source = taps.source[full ? place / c : taps.full + place - taps.full * c];
            if (full) {
                CHECK(source.channel % c == 0);
                source.channel += place % c;
            }
            CHECK(graph::channel_source(g, {input, order[static_cast<std::size_t>(place)]}) == source);
            CHECK_FALSE(g.nodes[source.node].choice.mapped);
        }
        std::sort(order.begin(), order.end());
        for (int k = 0; k < count; ++k) CHECK(order[static_cast<std::size_t>(k)] == k);
    };
    [&]<int... I>(std::integer_sequence<int, I...>) {
        ([&] {
            if constexpr (engine::is_mapped_convolution(g, I)) check(std::integral_constant<int, I>{});
        }(), ...);
    }(std::make_integer_sequence<int, g.node_count>{});
    CHECK(convolutions == 3);
}

#endif
