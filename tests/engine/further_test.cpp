// mdl: resizing, transposed convolution, norms, products of matrices, picks, samples and recurrences on the engine against the reference.
// SPDX-License-Identifier: MIT
#include "engine/agrees.hpp"

using namespace mdl;
using test::agrees;
using test::Net;

TEST_CASE("resized images agree with the reference") {
    agrees<Net<Resize<Linear, OutputSize<25, 8>>, Conv<5>>>();
    agrees<Net<Resize<Nearest, Factor<2>, Asymmetric, LowerNeighbour>, Conv<5>>>();
    agrees<Net<Resize<Cubic, Factor<1.5>, AlignCorners>, Resize<Linear, OutputSize<7>, ExcludeOutside>>>();
    agrees<Sequential<Input<5, 6, 3>, Resize<Linear, OutputSize<13, 11>>, Softmax>>();
}

TEST_CASE("transposed convolutions agree with the reference") {
    agrees<Net<ConvTranspose<9, Kernel<2>, Stride<2>>, Relu, Conv<5>>>();
    agrees<Net<ConvTranspose<8, Kernel<4>, Stride<2>, Pad<1>, NoBias>, Conv<5>>>();
    agrees<Net<ConvTranspose<3, Kernel<4>, Stride<2>, Pad<1>>, Sigmoid>>();
    agrees<Net<ConvTranspose<19, Kernel<6, 5>, Stride<3, 2>, Pad<1, 2>, Groups<19>>, Prelu, Conv<5>>>();
    // By the reference, whatever is fused into it.
    agrees<Net<Conv<6>, ConvTranspose<9, Kernel<3>, Stride<2, 1>, Dilation<1, 2>, Groups<3>, OutputPadding<1, 0>>, BatchNorm<>, Relu>>();
}

TEST_CASE("a transposed convolution takes batch norm, activation and residual") {
    agrees<Net<ConvTranspose<9, Kernel<3>, Stride<2>, NoBias>, BatchNorm<>, Relu, Conv<5>>>();
    agrees<Net<Pool<Max, Kernel<3>, Stride<2>>,
               Add<Resize<Nearest, Factor<2>>, Sequential<ConvTranspose<19, Kernel<2>, Stride<2>>, BatchNorm<>, LeakyRelu<0.1>>>, Relu>>();
    agrees<Net<Pool<Max, Kernel<3>, Stride<2>>,
               Add<Resize<Nearest, Factor<2>>, Sequential<ConvTranspose<19, Kernel<2>, Stride<2>, Groups<19>>, Relu>>, Relu>>();
}

TEST_CASE("norms agree with the reference") {
    agrees<Net<InstanceNorm<>, Relu, Conv<6>, GroupNorm<3>>>();
    agrees<Net<GroupNorm<1>, Silu, Conv<5>, Reshape<1, 5, 143>, GroupNorm<5>, Relu>>();
    agrees<Net<LayerNorm<>, LayerNorm<Axis<1>, NoBias>>>();
    agrees<Net<Transpose<0, 2, 3, 1>, LayerNorm<Epsilon<1e-3>>, Transpose<0, 3, 1, 2>, Conv<5>>>();
}

TEST_CASE("products of matrices agree with the reference") {
    agrees<Net<MatMul<Identity, Transpose<0, 1, 3, 2>>, SoftmaxAxis<-1>, MatMul<Identity, Slice<Axis<3>, Begin<0>, End<5>>>>>();
    agrees<Net<Reshape<19, 143>, Dense<30>, Gelu, Dense<21>>>();
    agrees<Net<Reshape<19, 143>, Residual<Dense<143>>, Relu>>();
}

namespace {

struct Picks : Graph<Node<"x", Input<7, 6, 3>>, Node<"c", Conv<19>, From<"x">>, Node<"i", Constant<5>>, Node<"g", Gather<>, From<"c", "i">>,
                     Node<"y", Conv<4>, From<"g">>> {};

}  // namespace

TEST_CASE("picks agree with the reference") {
    agrees<Picks>();
    agrees<Net<Where<Less<Identity, GlobalPool<Average>>, Identity, GlobalPool<Max>>, Conv<5>>>();
    agrees<Net<Tile<1, 2, 1, 3>, Conv<5>>>();
    agrees<Net<Conv<20>, DepthToSpace<2>, Conv<5>>>();
    agrees<Net<Conv<18>, PixelShuffle<3>, Relu, Slice<Axis<2>, End<38>>, SpaceToDepth<1>>>();
}

namespace {

struct Elements : Graph<Node<"x", Input<7, 6, 3>>, Node<"c", Conv<19, Kernel<3>, Pad<1>>, From<"x">>, Node<"i", TopK<4>, From<"c">>,
                        Node<"g", GatherElements<>, From<"c", "i">>, Node<"s", ScatterAdd<>, From<"c", "i", "g">>,
                        Node<"y", Conv<5>, From<"s">>, Output<"y">, Output<"i">> {};

struct Unpool : Graph<Node<"x", Input<8, 6, 3>>, Node<"c", Conv<18, Kernel<3>, Pad<1>>, From<"x">>,
                      Node<"m", Pool<Max, Kernel<2>, Stride<2>>, From<"c">>, Node<"p", MaxPositions<Kernel<2>, Stride<2>>, From<"c">>,
                      Node<"ml", Reshape<-1>, From<"m">>, Node<"pl", Reshape<-1>, From<"p">>, Node<"z", Constant<1>>,
                      Node<"zs", Tile<864>, From<"z">>, Node<"u", ScatterElements<Axis<0>>, From<"zs", "pl", "ml">>,
                      Node<"r", Reshape<1, 18, 8, 6>, From<"u">>, Node<"y", Conv<5>, From<"r">>> {};

struct Sampled : Graph<Node<"x", Input<7, 6, 3>>, Node<"c", Conv<19, Kernel<3>, Pad<1>>, From<"x">>, Node<"d", Conv<2>, From<"c">>,
                       Node<"g", Transpose<0, 2, 3, 1>, From<"d">>, Node<"s", GridSample<Linear, Reflect>, From<"c", "g">>,
                       Node<"r", Constant<5, 4>>, Node<"a", RoiAlign<OutputSize<3>, Size<2>>, From<"s", "r">>> {};

template <class Kind, int Units, class... Options>
struct Recurrent
    : Sequential<InputTensor<9, 2, 5>, Reshape<18, 5>, Dense<gates_of(Kind::cell) * Units>, Reshape<9, 2, gates_of(Kind::cell) * Units>,
                 Recurrence<Kind, Units, Options...>, Relu, Slice<Axis<2>, Begin<1>>> {};

struct Streaming : Graph<Node<"x", InputTensor<4, 5>>, Node<"h", InputTensor<1, 7>>, Node<"c", InputTensor<1, 7>>,
                         Node<"d", Dense<28>, From<"x">>, Node<"s", Recurrence<Lstm, 7, WithCells, NoBias>, From<"d", "h", "c">>,
                         Node<"y", Slice<Axis<1>, End<7>>, From<"s">>, Output<"y">, Output<"s">> {};

}  // namespace

TEST_CASE("elements found, read and written one by one agree with the reference") {
    agrees<Elements>();
    agrees<Unpool>();
}

TEST_CASE("samples agree with the reference") { agrees<Sampled>(); }

TEST_CASE("recurrences agree with the reference") {
    agrees<Recurrent<Rnn, 6>>();
    agrees<Recurrent<Rnn, 6, Gates<HardSigmoid<0.25, 0.5>>, Backwards>>();
    agrees<Recurrent<Gru, 7>>();
    agrees<Recurrent<GruResetAfter, 7, Backwards>>();
    agrees<Recurrent<Lstm, 5, WithCells>>();
    agrees<Recurrent<LstmPeephole, 5, NoBias>>();
    agrees<Streaming>();
}
