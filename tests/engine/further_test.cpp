// mdl: resizing, transposed convolution, norms, products of matrices and picks on the engine against the reference.
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
