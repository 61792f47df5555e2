// mdl: rearrange layers, alone and fused, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include "engine/agrees.hpp"

using namespace mdl;
using test::agrees;
using test::Net;

namespace {

template <int Channels>
struct ShuffleUnits
    : Graph<Node<"x", Input<7, 6, 3>>, Node<"b", Conv<Channels>, From<"x">>, Node<"s", Split<Parts<2>>, From<"b">>, Node<"c", Conv<Channels / 2>, From<"s:1">>,
            Node<"j", Concat<>, From<"s:0", "c">>, Node<"m", ChannelShuffle<2>, From<"j">>, Node<"t", Split<Parts<2>>, From<"m">>,
            Node<"d", Conv<Channels / 2, Kernel<3>, Pad<1>>, From<"t:1">>, Node<"k", Concat<>, From<"t:0", "d">>, Node<"n", ChannelShuffle<2>, From<"k">>> {};

struct SliceOfSlice : Graph<Node<"x", Input<13, 11, 3>>, Node<"a", Conv<40, Kernel<3>, Pad<1>>, From<"x">>, Node<"v", Slice<Axis<1>, Begin<16>, End<40>>, From<"a">>,
                            Node<"w", Slice<Axis<1>, Begin<8>, End<23>>, From<"v">>, Node<"y", Conv<5>, From<"w">>> {};
struct SliceOfInput : Sequential<InputTensor<1, 48>, Reshape<1, 48, 1, 1>, Slice<Axis<1>, Begin<16>, End<40>>, Slice<Axis<1>, Begin<16>, End<20>>, Conv<5>> {};
struct SliceOfConstant : Graph<Node<"x", Input<13, 11, 3>>, Node<"a", Conv<16>, From<"x">>, Node<"k", Constant<1, 48>>, Node<"r", Reshape<1, 48, 1, 1>, From<"k">>,
                               Node<"s", Slice<Axis<1>, Begin<16>, End<32>>, From<"r">>, Node<"y", Mul<>, From<"a", "s">>> {};

}  // namespace

TEST_CASE("slices of slices, and of what does not lie in the arena, agree with the reference") {
    agrees<SliceOfSlice>();
    agrees<SliceOfInput>();
    agrees<SliceOfConstant>();
}

TEST_CASE("chains of concatenation, shuffle and split agree with the reference") {
    agrees<ShuffleUnits<58>>();
    agrees<ShuffleUnits<32>>();
    agrees<ShuffleUnits<6>>();
}

TEST_CASE("reductions agree with the reference") {
    agrees<Net<ReduceMax<Axes<2, 3>>, Conv<5>>>();
    agrees<Net<ReduceSum<Axes<1>>, Conv<5>>>();
    agrees<Net<ReduceL2<Axes<1, 2>, DropDims>>>();
    agrees<Net<ArgMax<Axes<1>>>>();
    agrees<Net<ReduceLogSumExp<>>>();
}

TEST_CASE("rearrangements agree with the reference") {
    agrees<Net<Conv<12>, ChannelShuffle<3>, Conv<4>>>();
    agrees<Net<Transpose<0, 2, 3, 1>, Relu>>();
    agrees<Net<Reshape<1, -1, 13>, SoftmaxAxis<2>>>();
    agrees<Net<Slice<Axis<1>, Begin<3>, End<-2>>, Conv<4>>>();
    agrees<Net<Slice<Axis<3>, Begin<2>, End<9>>, Conv<4>>>();
    agrees<Net<PadTensor<Before<0, 1, 2, 0>, After<0, 0, 1, 3>, Value<0.5>>, Conv<4>>>();
    agrees<Net<Slice<Axis<1>, Begin<1>, Step<3>>, Conv<4>>>();
    agrees<Net<Slice<Axis<3>, Begin<-1>, Step<-2>>, Slice<Axis<2>, Begin<9>, End<2>, Step<-1>>, Conv<4>>>();
    agrees<Net<ReflectPad<3, 2, 0, 1>, Conv<4>, EdgePad<0, 4, 2, 1>>>();
    agrees<Net<PadTensor<Before<0, 2, 1, 0>, After<0, 1, 0, 3>, Wrap>, Relu>>();
    agrees<Net<Identity, Dropout>>();
}
