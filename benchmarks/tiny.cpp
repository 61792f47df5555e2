// mdl: networks of a few hundred to a few ten thousand multiply-adds, for tiny.sh: mdl's half.
// SPDX-License-Identifier: MIT
#include "tiny.hpp"

#include <mdl/mdl.hpp>
#include <mdl/weights/writer.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace mdl;

/// RTNeural's own kind of network: one number in, one out, three hidden layers.
template <int N>
struct Hidden : Sequential<InputTensor<1, 1>, Dense<N>, Tanh, Dense<N>, Tanh, Dense<N>, Tanh, Dense<1>> {};

/// One layer, of the sizes that RTNeural's benchmark of layers has.
template <int In, int Out>
struct OneDense : Sequential<InputTensor<1, In>, Dense<Out>> {};
template <int Channels, int Taps, int Step>
struct OneConv : Sequential<Input<1, 64 + (Taps - 1) * Step, Channels>, Conv<Channels, Kernel<1, Taps>, Dilation<1, Step>>> {};

/// RTNeural's example of a convolutional network without its recurrent layer, over 64 samples.
struct Samples : Sequential<
    Input<1, 68, 1>,
    Conv<8>, Tanh,
    Conv<4, Kernel<1, 3>, Dilation<1, 2>>, Tanh,
    Conv<1>> {};

/// examples/digits' dense network, and a convolutional one of layers that RTNeural has.
struct DigitsDense : Sequential<Input<16, 16, 1>, Flatten, Dense<64>, Sigmoid, Dense<10>, Softmax> {};
struct DigitsConv : Sequential<
    Input<16, 16, 1>,
    Conv<8, Kernel<3>>, Relu,
    Conv<8, Kernel<3>, Stride<1, 2>>, Relu,
    Flatten, Dense<10>, Softmax> {};

template <class Net>
std::optional<Context<Net>> context;

template <class Net>
auto load() -> bool {
    tiny::Numbers numbers(tiny::weights_seed);
    weights::Writer writer(fingerprint<Net>, "tiny");
    int count = 0;
    for (const graph::Node& node : engine::written<Net>.all())
        for (int w = 0; w < node.weight_count; ++w) {
            const Shape& shape = node.weights[w].shape;
            const bool bias = node.weights[w].role == graph::Role::bias;
            auto values = bias ? numbers.biases(shape[0]) : numbers.weights(shape[0], static_cast<int>(shape.count(1, shape.rank)));
            if (!writer.add_tensor(std::to_string(count++), shape, std::move(values))) return false;
        }
    const auto file = writer.bytes();
    if (!file) return false;
    static const auto model = Model<Net>::load(std::span<const std::byte>(*file));
    if (!model) return false;
    static Arena<Net> arena;
    context<Net>.emplace(*model, arena);
    return true;
}

template <class Net>
[[gnu::noinline]] auto run(const float* input) -> const float* {
    return context<Net>->run(std::span<const float, Context<Net>::template input_size<0>>(input, Context<Net>::template input_size<0>)).data();
}

/// This program's types for tiny::cases.
struct Side {
    template <int In, int Out>
    using Dense = OneDense<In, Out>;
    template <int N>
    using Tanh = Hidden<N>;
    template <int Channels, int Taps, int Step>
    using Conv = OneConv<Channels, Taps, Step>;
    using Mixed = Samples;
    using Digits = DigitsDense;
    using DigitsTwoConv = DigitsConv;

    template <class Net>
    static constexpr auto row(const char* name) -> tiny::Case {
        return {name, static_cast<int>(Context<Net>::template input_size<0>), static_cast<int>(Context<Net>::template output_size<0>), &load<Net>, &run<Net>};
    }
};

}  // namespace

auto main(int argc, char** argv) -> int {
    return tiny::main(argc, argv, tiny::cases<Side>);
}
