// mdl: tiny networks, unrolled, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include "engine/agrees.hpp"

#include <array>
#include <string_view>

#include <mdl/engine/describe.hpp>
#include <mdl/engine/profile.hpp>

using namespace mdl;
using test::engine_error;

namespace {

struct Perceptron : Sequential<InputTensor<1, 13>, Dense<20>, BatchNorm<>, Prelu, Residual<Dense<20>, Tanh>, Relu, Dense<7>, Softmax> {};
struct Picture : Sequential<Input<9, 7, 3>, Conv<5, Kernel<3>>, Relu, Flatten, Dense<10>, LogSoftmax> {};
/// Unrolled convolutions from an image, from blocks, with a slope a channel and a residual; a window that is too deep for that; a dense layer.
struct Sound : Sequential<Input<1, 40, 2>, Conv<5, Kernel<1, 3>>, Prelu, Residual<Conv<5>, Tanh>, Relu, Conv<3, Kernel<1, 3>, Dilation<1, 2>>, BatchNorm<>, Elu<>,
                          Conv<9, Kernel<1, 9>>, Flatten, Dense<4>> {};
/// Images that the unrolled convolution does not read.
struct Bytes : Sequential<Input<6, 6, 3, U8, Rgb>, Conv<4, Kernel<2>>> {};
struct Planes : Sequential<Input<6, 6, 3, Chw>, Conv<4, Kernel<2>>> {};
struct Scaled : Sequential<Input<6, 6, 3, Mean<1>>, Conv<4, Kernel<2>>> {};
struct Pixels : Sequential<Input<6, 6, 3>, Conv<4, Kernel<2>>> {};
struct Branches : Sequential<InputTensor<1, 12>, Concat<Dense<5>, Sequential<Dense<9>, Elu<>>>, Dense<3>, Softmax> {};
/// Nothing but a view: its output lies in the caller's memory.
struct ViewOnly : Sequential<InputTensor<1, 12>, Flatten> {};
/// A thousand multiply-adds too many.
struct Large : Sequential<InputTensor<1, 1000>, Dense<101>> {};

template <class Net, class O = Options<>>
constexpr auto count_of(std::string_view kernel) -> int {
    int count = 0;
    for (const StepFacts& step : steps<Net, O>) count += std::string_view(step.kernel) == kernel;
    return count;
}

}  // namespace

TEST_CASE("tiny networks, unrolled, agree with the reference") {
    CHECK(engine_error<Perceptron>() < 2e-5);
    CHECK(engine_error<Picture>() < 2e-5);
    CHECK(engine_error<Branches>() < 2e-5);
    CHECK(engine_error<Sound>() < 2e-5);
    CHECK(engine_error<ViewOnly>() < 2e-5);
    CHECK(engine_error<Perceptron, Options<KeepTensors>>() < 2e-5);
    CHECK(engine_error<Perceptron, Options<Prefer<Size>>>() < 2e-5);  // the general kernels
}

TEST_CASE("only tiny networks are unrolled, and none that prefers size") {
#if MDL_SIMD
    static_assert(count_of<Perceptron>("dense_tiny") == 3 && count_of<Perceptron>("softmax_tiny") == 1);
    static_assert(count_of<Picture>("softmax_tiny") == 0);
    static_assert(count_of<Pixels>("convolution_tiny") == 1);
    static_assert(count_of<Bytes>("convolution_tiny") + count_of<Planes>("convolution_tiny") + count_of<Scaled>("convolution_tiny") == 0);
    static_assert(count_of<Sound>("convolution_tiny") == 3);
    static_assert(count_of<Sound, Options<Prefer<Size>>>("convolution_tiny") == 0);
#endif
    static_assert(count_of<Perceptron, Options<Prefer<Size>>>("dense_tiny") + count_of<Perceptron, Options<Prefer<Size>>>("softmax_tiny") == 0);
    static_assert(count_of<Large>("dense_tiny") == 0);
}

TEST_CASE("a network that keeps its tensors keeps where its input lies") {
    using Kept = Options<KeepTensors>;
    const auto file = test::weights_file<Perceptron>(test::random_weights<Perceptron>(1));
    const auto model = Model<Perceptron, Kept>::load(std::span<const std::byte>(file));
    const bool loaded = model.has_value();
    REQUIRE(loaded);
    static Arena<Perceptron, Kept> arena;
    Context<Perceptron, Kept> context{*model, arena};
    const std::array<float, 13> x{};
    context.run(x);
    CHECK(context.tensor<0>().data == x.data());
}

TEST_CASE("an output that lies in the caller's memory stays there after the run") {
    const auto file = test::weights_file<ViewOnly>({});
    const auto model = Model<ViewOnly>::load(std::span<const std::byte>(file));
    const bool loaded = model.has_value();
    REQUIRE(loaded);
    static Arena<ViewOnly> arena;
    Context<ViewOnly> context{*model, arena};
    const std::array<float, 12> image{1, 2, 3};
    const auto output = context.run(image);
    CHECK(output.data() == image.data());
    CHECK(context.output().data() == image.data());
}
