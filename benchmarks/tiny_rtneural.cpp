// mdl: the networks of tiny.cpp as RTNeural's compile-time models, for tiny.sh: RTNeural's half.
// SPDX-License-Identifier: MIT
#include "tiny.hpp"

#include <RTNeural.h>

#include <array>
#include <cstddef>
#include <tuple>
#include <vector>

namespace {

using namespace RTNeural;

#if RTNEURAL_USE_XSIMD
// Its softmax over 10 sums the six unused lanes too, e^0 each. Six more outputs whose bias makes them vanish cost nothing:
// they lie in the same two vectors.
constexpr int digits = 16;
#else
constexpr int digits = 10;
#endif

/// The weights of one layer as they lie in mdl's file, for RTNeural's nested vectors.
class Source {
public:
    template <class Layer>
    void dense(Layer& layer, int in, int out, int padded_out) {
        dense(layer, in, out, padded_out, [](int i) { return i; });
    }
    /// `place(i)`: which of mdl's inputs RTNeural's input i is.
    template <class Layer, class Place>
    void dense(Layer& layer, int in, int out, int padded_out, Place place) {
        const auto w = numbers_.weights(out, in), b = numbers_.biases(out);
        std::vector<std::vector<float>> weights(size(padded_out), std::vector<float>(size(in), 0.0f));
        std::vector<float> bias(size(padded_out), -100.0f);
        for (int o = 0; o < out; ++o) {
            bias[size(o)] = b[size(o)];
            for (int i = 0; i < in; ++i) weights[size(o)][size(i)] = w[size(o * in + place(i))];
        }
        layer.setWeights(weights);
        layer.setBias(bias.data());
    }
    template <class Layer>
    void conv1d(Layer& layer, int in, int out, int taps) {
        const auto w = numbers_.weights(out, in * taps), b = numbers_.biases(out);
        std::vector weights(size(out), std::vector(size(in), std::vector<float>(size(taps))));
        for (int o = 0; o < out; ++o)
            for (int i = 0; i < in; ++i)
                // RTNeural's first tap is the newest sample's.
                for (int t = 0; t < taps; ++t) weights[size(o)][size(i)][size(taps - 1 - t)] = w[size((o * in + i) * taps + t)];
        layer.setWeights(weights);
        layer.setBias(b);
    }
    /// Rows are RTNeural's time, columns its features.
    template <class Layer>
    void conv2d(Layer& layer, int in, int out, int taps) {
        const auto w = numbers_.weights(out, in * taps * taps), b = numbers_.biases(out);
        std::vector weights(size(taps), std::vector(size(out), std::vector(size(in), std::vector<float>(size(taps)))));
        for (int o = 0; o < out; ++o)
            for (int i = 0; i < in; ++i)
                for (int y = 0; y < taps; ++y)
                    for (int x = 0; x < taps; ++x)
                        weights[size(y)][size(o)][size(i)][size(x)] = w[size(((o * in + i) * taps + y) * taps + x)];
        layer.setWeights(weights);
        layer.setBias(b);
    }

private:
    static auto size(int n) -> std::size_t { return static_cast<std::size_t>(n); }
    tiny::Numbers numbers_{tiny::weights_seed};
};

template <int N>
struct Hidden {
    static constexpr int inputs = 1, outputs = 1;
    ModelT<float, 1, 1, DenseT<float, 1, N>, TanhActivationT<float, N>, DenseT<float, N, N>, TanhActivationT<float, N>,
           DenseT<float, N, N>, TanhActivationT<float, N>, DenseT<float, N, 1>>
        model;
    void load(Source& source) {
        source.dense(model.template get<0>(), 1, N, N);
        source.dense(model.template get<2>(), N, N, N);
        source.dense(model.template get<4>(), N, N, N);
        source.dense(model.template get<6>(), N, 1, 1);
    }
    auto run(const float* input) -> const float* { return model.forward(input), model.getOutputs(); }
};

template <int In, int Out>
struct OneDense {
    static constexpr int inputs = In, outputs = Out;
    ModelT<float, In, Out, DenseT<float, In, Out>> model;
    void load(Source& source) { source.dense(model.template get<0>(), In, Out, Out); }
    auto run(const float* input) -> const float* { return model.forward(input), model.getOutputs(); }
};

/// A model that takes one sample at a time. A run is 64 of them; the samples before, which mdl reads again with each window,
/// it has from the run before.
template <int Channels, int Taps, int Step>
struct OneConv {
    static constexpr int first = (Taps - 1) * Step, samples = 64 + first, inputs = samples * Channels, outputs = 64 * Channels;
    ModelT<float, Channels, Channels, Conv1DT<float, Channels, Channels, Taps, Step>> model;
    alignas(64) std::array<float, 16> frame{};
    std::array<float, static_cast<std::size_t>(outputs)> result{};
    void load(Source& source) {
        source.conv1d(model.template get<0>(), Channels, Channels, Taps);
        model.reset();
    }
    void forward(const float* input) {
        if constexpr (4 * Channels < RTNEURAL_DEFAULT_ALIGNMENT) {
            // It reads aligned vectors; frames of four floats do not lie so.
            std::copy_n(input, Channels, frame.begin());
            model.forward(frame.data());
        } else {
            model.forward(input);
        }
    }
    void prime(const float* input) {
        for (int t = 0; t < first; ++t) forward(input + t * Channels);
    }
    auto run(const float* input) -> const float* {
        for (int t = 0; t < 64; ++t) {
            forward(input + (first + t) * Channels);
            for (int k = 0; k < Channels; ++k) result[static_cast<std::size_t>(k * 64 + t)] = model.getOutputs()[k];
        }
        return result.data();
    }
};

struct Samples {
    static constexpr int inputs = 68, outputs = 64;
    ModelT<float, 1, 1, DenseT<float, 1, 8>, TanhActivationT<float, 8>, Conv1DT<float, 8, 4, 3, 2>, TanhActivationT<float, 4>, DenseT<float, 4, 1>> model;
    std::array<float, 64> result{};
    void load(Source& source) {
        source.dense(model.get<0>(), 1, 8, 8);
        source.conv1d(model.get<2>(), 8, 4, 3);
        source.dense(model.get<4>(), 4, 1, 1);
        model.reset();
    }
    void prime(const float* input) {
        for (int t = 0; t < 4; ++t) model.forward(input + t);
    }
    auto run(const float* input) -> const float* {
        for (int t = 0; t < 64; ++t) result[static_cast<std::size_t>(t)] = model.forward(input + 4 + t);
        return result.data();
    }
};

struct DigitsDense {
    static constexpr int inputs = 256, outputs = 10;
    ModelT<float, 256, digits, DenseT<float, 256, 64>, SigmoidActivationT<float, 64>, DenseT<float, 64, digits>, SoftmaxActivationT<float, digits>> model;
    void load(Source& source) {
        source.dense(model.get<0>(), 256, 64, 64);
        source.dense(model.get<2>(), 64, 10, digits);
    }
    auto run(const float* input) -> const float* { return model.forward(input), model.getOutputs(); }
};

/// Rows of the image are frames; the outputs of the last twelve, six places of eight channels each, go into the dense layer.
struct DigitsConv {
    static constexpr int inputs = 256, outputs = 10, row = 6 * 8;
    using First = Conv2DT<float, 1, 8, 16, 3, 3, 1, 1, true>;
    using Second = Conv2DT<float, 8, 8, 14, 3, 3, 1, 2, true>;
#if RTNEURAL_USE_XSIMD
    // ModelT2D reads beyond its last layer's outputs where a vector holds more than one channel; its layers called in turn do not.
    struct {
        std::tuple<First, ReLuActivationT<float, 14 * 8>, Second, ReLuActivationT<float, 6 * 8>> layers;
        xsimd::simd_type<float> frame[16];
        template <int I>
        auto get() -> auto& { return std::get<I>(layers); }
        void reset() { get<0>().reset(), get<2>().reset(); }
        void forward(const float* input) {
            // One channel: the first lane of each vector.
            alignas(64) float lanes[xsimd::simd_type<float>::size]{};
            for (int x = 0; x < 16; ++x) lanes[0] = input[x], frame[x] = xsimd::load_aligned(lanes);
            get<0>().forward(frame);
            get<1>().forward(get<0>().outs);
            get<2>().forward(get<1>().outs);
            get<3>().forward(get<2>().outs);
        }
        auto getOutputs() -> const float* { return reinterpret_cast<const float*>(get<3>().outs); }
    } front;
#else
    ModelT2D<float, 1, 16, 8, 6, First, ReLuActivationT<float, 14 * 8>, Second, ReLuActivationT<float, 6 * 8>> front;
#endif
    ModelT<float, 12 * row, digits, DenseT<float, 12 * row, digits>, SoftmaxActivationT<float, digits>> back;
    alignas(64) std::array<float, 12 * row> map{};
    void load(Source& source) {
        source.conv2d(front.get<0>(), 1, 8, 3);
        source.conv2d(front.get<2>(), 8, 8, 3);
        front.reset();
        source.dense(back.get<0>(), 12 * row, 10, digits, [](int i) { return i % 8 * 72 + i / 8; });
    }
    auto run(const float* input) -> const float* {
        for (int y = 0; y < 16; ++y) {
            front.forward(input + 16 * y);
            if (y >= 4) std::copy_n(front.getOutputs(), row, map.data() + (y - 4) * row);
        }
        return back.forward(map.data()), back.getOutputs();
    }
};

template <class Net>
Net network;

template <class Net>
auto load() -> bool {
    Source source;
    network<Net>.load(source);
    return true;
}

template <class Net>
[[gnu::noinline]] auto run(const float* input) -> const float* { return network<Net>.run(input); }

template <class Net>
void prime(const float* input) { network<Net>.prime(input); }

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
        tiny::Case one{name, Net::inputs, Net::outputs, &load<Net>, &run<Net>};
        if constexpr (requires(Net& net, const float* input) { net.prime(input); }) one.prime = &prime<Net>;
        return one;
    }
};

}  // namespace

auto main(int argc, char** argv) -> int {
    return tiny::main(argc, argv, tiny::cases<Side>);
}
