// mdl: laws of fusion.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/graph/flatten.hpp>
#include <mdl/graph/fuse.hpp>
#include <mdl/graph/infer_shapes.hpp>
#include <mdl/graph/macs.hpp>
#include <mdl/layers/activation.hpp>
#include <mdl/layers/composite.hpp>
#include <mdl/layers/convolution.hpp>
#include <mdl/layers/dense.hpp>
#include <mdl/layers/graph_layer.hpp>
#include <mdl/layers/input.hpp>
#include <mdl/layers/normalization.hpp>
#include <mdl/layers/padding.hpp>
#include <mdl/layers/pooling.hpp>
#include <mdl/layers/rearrange.hpp>
#include <mdl/layers/reduce.hpp>
#include <mdl/layers/split.hpp>
#include <mdl/layers/transposed_convolution.hpp>

using namespace mdl;

namespace {

template <class... Layers>
constexpr auto fused() {
    return graph::fuse(graph::infer_shapes(graph::flatten<Sequential<Input<8, 8, 4>, Layers...>>()));
}

}  // namespace

TEST_CASE("batch norm, scale and activation disappear into the convolution before them") {
    constexpr auto g = fused<Conv<8, NoBias>, BatchNorm<>, Scale<>, Relu6>();
    REQUIRE(g.node_count == 2);
    CHECK(g.nodes[1].fusion.folded_count == 2);
    CHECK(g.nodes[1].fusion.folded[0] == 2);
    CHECK(g.nodes[1].fusion.folded[1] == 3);
    CHECK(g.nodes[1].fusion.inner == Activation{ActivationKind::clip, 0, 6});
    CHECK(g.nodes[1].fusion.absorbed == 3);
}

TEST_CASE("a transposed convolution takes batch norm, activation and residual as a convolution does") {
    constexpr auto g = fused<ConvTranspose<4, Kernel<2>, Stride<2>>, BatchNorm<>, Relu>();
    REQUIRE(g.node_count == 2);
    CHECK(g.nodes[1].fusion.folded_count == 1);
    CHECK(g.nodes[1].fusion.inner.kind == ActivationKind::relu);
    constexpr auto added = fused<Conv<8>, Add<Identity, Sequential<Conv<8, Kernel<2>, Stride<2>>, ConvTranspose<8, Kernel<2>, Stride<2>>>>>();
    REQUIRE(added.node_count == 4);
    CHECK(added.nodes[3].fusion.residual);
}

TEST_CASE("what another node reads is not folded away") {
    constexpr auto g = graph::fuse(graph::infer_shapes(graph::flatten<Graph<Node<"x", Input<8, 8, 4>>, Node<"c", Conv<4>, From<"x">>, Node<"n", BatchNorm<>, From<"c">>,
                                                                           Node<"s", Mul<>, From<"c", "n">>>>()));
    CHECK(g.node_count == 4);
    constexpr auto output = graph::fuse(graph::infer_shapes(graph::flatten<Graph<Node<"x", Input<8, 8, 4>>, Node<"c", Conv<4>, From<"x">>, Node<"r", Relu, From<"c">>,
                                                                                Output<"c", "r">>>()));
    CHECK(output.node_count == 3);
    CHECK(output.outputs[0] == 1);
}

TEST_CASE("a residual addition is made by the later of its producers") {
    constexpr auto g = fused<Conv<4>, Residual<Conv<4>, BatchNorm<>, Relu, Conv<4>, BatchNorm<>>, Relu>();
    REQUIRE(g.node_count == 4);
    CHECK(g.nodes[3].fusion.residual);
    CHECK(g.nodes[3].fusion.outer.kind == ActivationKind::relu);
    CHECK_FALSE(g.nodes[3].fusion.inner);
    REQUIRE(g.nodes[3].input_count == 2);
    CHECK(g.input(3, 1) == 1);
    // The shortcut is a convolution and comes last: it is the host.
    constexpr auto projected = fused<Conv<4>, Add<Sequential<Conv<8>, Relu, Conv<8>>, Conv<8>>>();
    CHECK(projected.node_count == 5);
    CHECK(projected.nodes[4].fusion.residual);
}

TEST_CASE("a group norm ends in the activation behind it") {
    constexpr auto g = fused<Conv<4>, InstanceNorm<>, LeakyRelu<0.2>, GroupNorm<2>, Prelu>();
    REQUIRE(g.node_count == 5);
    CHECK(g.nodes[2].fusion.inner.kind == ActivationKind::leaky_relu);
    CHECK(g.nodes[3].fusion.slope < 0);
}

TEST_CASE("an addition that broadcasts stays an addition") {
    constexpr auto g = fused<Conv<4>, Add<Identity, Sequential<GlobalPool<Average>, Conv<4>>>>();
    CHECK(g.nodes[g.node_count - 1].operation.op == Op::binary);
}

TEST_CASE("batch norm and relu before a convolution become its prologue") {
    constexpr auto g = fused<Pool<Max, Kernel<2>>, BatchNorm<>, Relu, Conv<8>>();
    REQUIRE(g.node_count == 3);
    CHECK(g.nodes[2].fusion.prologue_count == 1);
    CHECK(g.nodes[2].fusion.prologue_activation.kind == ActivationKind::relu);
    constexpr auto pooled = fused<Pool<Max, Kernel<2>>, BatchNorm<>, Relu, GlobalPool<Average>>();
    CHECK(pooled.node_count == 3);
}

TEST_CASE("a zero border becomes the convolution's padding") {
    constexpr auto g = fused<Relu, ZeroPad<1, 2, 3, 4>, Conv<8, Kernel<3>, Pad<1>>>();
    REQUIRE(g.node_count == 3);
    CHECK(g.nodes[2].operation.window.pad_top == 2);
    CHECK(g.nodes[2].operation.window.pad_left == 3);
    CHECK(g.nodes[2].operation.window.pad_bottom == 4);
    CHECK(g.nodes[2].operation.window.pad_right == 5);
}

TEST_CASE("a mean over rows and columns is a global pooling") {
    constexpr auto g = fused<Relu, ReduceMean<Axes<3, 2>>>();
    CHECK(g.nodes[2].operation.op == Op::global_pool);
    CHECK(g.nodes[2].operation.pooling == Pooling::average);
}

TEST_CASE("layers that do nothing are dropped, but an output is never the input itself") {
    CHECK(fused<Relu, Reshape<1, 4, 8, 8>, Clip<0, 1>, Pool<Max, Kernel<1>>>().node_count == 3);
    constexpr auto g = fused<Reshape<1, 4, 8, 8>>();
    CHECK(g.node_count == 2);
    CHECK(g.outputs[0] == 1);
}

namespace {

using Unit = Graph<Node<"x", Input<8, 8, 20>>, Node<"s", Split<Parts<2>>, From<"x">>, Node<"c", Conv<10>, From<"s:1">>, Node<"j", Concat<>, From<"s:0", "c">>,
                   Node<"m", ChannelShuffle<2>, From<"j">>, Node<"t", Split<Parts<2>>, From<"m">>, Node<"d", Conv<10>, From<"t:1">>, Node<"k", Concat<>, From<"t:0", "d">>>;
using Kept = Graph<Node<"x", Input<8, 8, 20>>, Node<"c", Conv<20>, From<"x">>, Node<"j", Concat<>, From<"x", "c">>, Node<"m", ChannelShuffle<2>, From<"j">>,
                   Node<"t", Split<Parts<2>>, From<"m">>, Node<"k", Add<>, From<"t:0", "t:1">>, Output<"k", "m">>;

}  // namespace

TEST_CASE("concatenation, shuffle and split become one gather for each part") {
    constexpr auto g = graph::fuse(graph::infer_shapes(graph::flatten<Unit>()));
    int gathers = 0, begins = 0;
    for (const graph::Node& node : g.all()) {
        CHECK(node.operation.op != Op::channel_shuffle);
        if (node.operation.op != Op::channel_gather) continue;
        CHECK(node.input_count == 2);
        CHECK(node.shape == Shape{1, 10, 8, 8});
        CHECK(node.operation.groups == 2);
        begins += node.operation.begin;
        ++gathers;
    }
    CHECK(gathers == 2);
    CHECK(begins == 10);
    // Input, two slices of it, two convolutions, two gathers, the last concatenation.
    CHECK(g.node_count == 8);
}

TEST_CASE("a shuffle that others read keeps its slices") {
    constexpr auto g = graph::fuse(graph::infer_shapes(graph::flatten<Kept>()));
    int slices = 0, gathers = 0;
    for (const graph::Node& node : g.all()) slices += node.operation.op == Op::slice, gathers += node.operation.op == Op::channel_gather;
    CHECK(slices == 2);
    CHECK(gathers == 1);
}

TEST_CASE("fusing keeps multiply-accumulates") {
    constexpr auto written = graph::infer_shapes(graph::flatten<Sequential<Input<8, 8, 4>, Conv<8, Kernel<3>>, BatchNorm<>, Relu, Dense<5>>>());
    CHECK(graph::total_macs(graph::fuse(written)) == graph::total_macs(written));
    CHECK(graph::total_macs(written) == 8 * 36 * 36 + 5 * 288);
}
