// mdl: activation layers, alone and fused, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include "engine/agrees.hpp"

using namespace mdl;
using test::agrees;
using test::Net;

TEST_CASE("activations and softmax agree with the reference") {
    agrees<Net<Relu, Clip<-0.5, 0.25>, Exp>>();
    agrees<Net<HardSigmoid<>, Elu<0.7>>>();
    agrees<Net<Sigmoid, Tanh, Silu>>();
    agrees<Net<Softmax>>();
    agrees<Net<Gelu, Conv<5>, GeluTanh>>();
    agrees<Net<Mish, Conv<7>, Softplus, Softsign>>();
    agrees<Net<Selu<>, Celu<0.7>, ThresholdedRelu<0.25>>>();
    agrees<Net<Erf, Abs, Sqrt, Negate>>();
    agrees<Net<Exp, Log, Sin, Conv<5>, Cos, Round>>();
    agrees<Net<Flatten, Dense<17>, Gelu, Dense<6>, Power<2>>>();
    agrees<Net<SoftmaxAxis<-1>, LogSoftmaxAxis<2>>>();
    agrees<Net<GlobalPool<Average>, Softmax>>();
    agrees<Net<Flatten, Dense<17>, Relu, Dense<6>, Softmax>>();
}
