// mdl: runs MobileNetV1 or SqueezeNet 1.1 a number of times, for instructions.sh: mdl's half.
// SPDX-License-Identifier: MIT
//
// usage: instructions NETWORK RUNS
#include <mdl/mdl.hpp>
#include <mdl/weights/writer.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

using namespace mdl;

/// The networks of ncnn's benchmark/models, layer for layer; batch norms are folded there.
template <int Out, int Step = 1>
using Separable = Sequential<DepthwiseConv<Kernel<3>, Stride<Step>, Pad<1>>, Relu, Conv<Out>, Relu>;

struct MobileNet : Sequential<
    Input<224, 224, 3>,
    Conv<32, Kernel<3>, Stride<2>, Pad<1>>, Relu,
    Separable<64>,
    Separable<128, 2>, Separable<128>,
    Separable<256, 2>, Separable<256>,
    Separable<512, 2>, Separable<512>, Separable<512>, Separable<512>, Separable<512>, Separable<512>,
    Separable<1024, 2>, Separable<1024>,
    GlobalPool<Average>, Flatten, Dense<1000>, Softmax> {};

template <int Squeeze, int Expand>
using Fire = Sequential<
    Conv<Squeeze>, Relu,
    Concat<Sequential<Conv<Expand>, Relu>, Sequential<Conv<Expand, Kernel<3>, Pad<1>>, Relu>>>;

struct SqueezeNet : Sequential<
    Input<227, 227, 3>,
    Conv<64, Kernel<3>, Stride<2>>, Relu, Pool<Max, Kernel<3>, Stride<2>, Ceil>,
    Fire<16, 64>, Fire<16, 64>, Pool<Max, Kernel<3>, Stride<2>, Ceil>,
    Fire<32, 128>, Fire<32, 128>, Pool<Max, Kernel<3>, Stride<2>, Ceil>,
    Fire<48, 192>, Fire<48, 192>, Fire<64, 256>, Fire<64, 256>,
    Conv<1000, Pad<1>>, Relu, GlobalPool<Average>, Flatten, Softmax> {};

/// Counts do not depend on the numbers: all weights and pixels are zero, as in ncnn's own benchmark.
template <class Net>
auto run(int runs) -> int {
    weights::Writer writer(fingerprint<Net>, "instructions");
    int count = 0;
    for (const graph::Node& node : engine::written<Net>.all())
        for (int w = 0; w < node.weight_count; ++w) {
            const Shape& shape = node.weights[w].shape;
            if (!writer.add_tensor(std::to_string(count++), shape, std::vector<float>(static_cast<std::size_t>(shape.count())))) return 1;
        }
    const auto file = writer.bytes();
    if (!file) return 1;
    const auto model = Model<Net>::load(std::span<const std::byte>(*file));
    if (!model) return std::fprintf(stderr, "instructions: %s\n", model.error().c_str()), 1;
    static Arena<Net> arena;
    Context<Net> context{*model, arena};
    const std::vector<float> pixels(Context<Net>::template input_size<0>);
    for (int i = 0; i < runs; ++i) context.run(std::span<const float, Context<Net>::template input_size<0>>(pixels));
    return 0;
}

}  // namespace

auto main(int argc, char** argv) -> int {
    if (argc == 3 && std::strcmp(argv[1], "mobilenet") == 0) return run<MobileNet>(std::atoi(argv[2]));
    if (argc == 3 && std::strcmp(argv[1], "squeezenet") == 0) return run<SqueezeNet>(std::atoi(argv[2]));
    std::fprintf(stderr, "usage: instructions mobilenet|squeezenet RUNS\n");
    return 2;
}
