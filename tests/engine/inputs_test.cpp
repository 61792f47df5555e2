// mdl: every form of image, several inputs and outputs, spans of either extent, on the engine against the reference.
// SPDX-License-Identifier: MIT
#include "engine/agrees.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

using namespace mdl;
using test::engine_error;

namespace {

template <class Image>
struct First : Sequential<Image, Conv<9, Kernel<3>, Stride<2>, Pad<1>>, Relu, Conv<4>> {};
template <class Image>
struct NoConvolution : Sequential<Image, Pool<Max, Kernel<2>>, Dense<3>> {};

template <class Image>
struct OnlyDense : Sequential<Image, Dense<3>> {};

template <class Image>
void agrees_on() {
    CHECK(engine_error<OnlyDense<Image>>() < 2e-5);
    CHECK(engine_error<First<Image>>() < 2e-5);
    CHECK(engine_error<NoConvolution<Image>>() < 2e-5);
}

/// Does the network say the same, bit for bit, wherever its image and its weights file lie? ARMv7 traps, under qemu too, where an access
/// that promised an alignment meets none.
template <class Net>
auto is_the_same_at_any_address() -> bool {
    const auto weights = test::weights_file<Net>(test::random_weights<Net>(3));
    const auto image = test::random_image<Net, 0>(5);
    using Element = typename Context<Net>::template InputElement<0>;
    std::vector<float> expected;
    for (std::size_t shift = 0; shift < 16; ++shift) {
        std::vector<std::byte> file(shift, std::byte{});
        file.insert(file.end(), weights.begin(), weights.end());
        const auto model = Model<Net>::load(std::span<const std::byte>(file).subspan(shift));
        if (!model) return false;
        auto context = Context<Net>::create(*model);
        if (!context) return false;
        std::vector<Element> moved(shift, Element{});
        moved.insert(moved.end(), image.begin(), image.end());
        const auto output = context->run(std::span<const Element, Context<Net>::template input_size<0>>(moved.data() + shift, image.size()));
        if (shift == 0) expected.assign(output.begin(), output.end());
        if (!std::equal(output.begin(), output.end(), expected.begin(), expected.end())) return false;
    }
    return true;
}

struct TwoWays : Graph<Node<"image", Input<9, 7, 3, U8, Rgba, ScaleBy<0.01>>>, Node<"vector", InputTensor<1, 5>>, Node<"c", Conv<8, Kernel<3>>, From<"image">>,
                       Node<"d", Dense<8>, From<"vector">>, Node<"r", Reshape<1, 8, 1, 1>, From<"d">>, Node<"m", Mul<>, From<"c", "r">>,
                       Node<"copy", Identity, From<"vector">>, Node<"p", GlobalPool<Average>, From<"m">>, Output<"m", "p", "d">> {};
struct Tiny : Sequential<InputTensor<1, 3>, Dense<2>> {};

}  // namespace

TEST_CASE("images of every layout, element and channel order agree with the reference") {
    agrees_on<Input<11, 9, 3>>();
    agrees_on<Input<11, 9, 3, Chw>>();
    agrees_on<Input<11, 9, 3, U8, Mean<104.5, 117, 123>, ScaleBy<0.017>>>();
    agrees_on<Input<11, 9, 3, U8, Chw, Bgr, To<Rgb>, Mean<127.5>>>();
    agrees_on<Input<11, 9, 3, U8, Rgba, To<Bgr>, Mean<104, 117, 123>, ScaleBy<0.01, 0.02, 0.03>>>();
    agrees_on<Input<11, 9, 1, U8, Grey, ScaleBy<1.0 / 255>>>();
    agrees_on<Input<11, 9, 5, Chw>>();
}

TEST_CASE("a caller's image and weights file may lie at any address") {
    CHECK(is_the_same_at_any_address<First<Input<11, 9, 3>>>());
    CHECK(is_the_same_at_any_address<First<Input<11, 9, 5, Chw>>>());
    CHECK(is_the_same_at_any_address<First<Input<11, 9, 3, U8, Rgba, To<Bgr>, ScaleBy<0.01>>>>());
    CHECK(is_the_same_at_any_address<NoConvolution<Input<11, 9, 3>>>());
    CHECK(is_the_same_at_any_address<OnlyDense<Input<11, 9, 1, U8, Grey>>>());
    CHECK(is_the_same_at_any_address<Tiny>());
}

TEST_CASE("several inputs and outputs agree with the reference") { CHECK(engine_error<TwoWays>() < 2e-5); }

TEST_CASE("inputs and outputs are found by name") {
    const auto file = test::weights_file<TwoWays>(test::random_weights<TwoWays>(3));
    const auto model = Model<TwoWays>::load(std::span<const std::byte>(file));
    REQUIRE(model.has_value());
    static Arena<TwoWays> arena;
    Context<TwoWays> context{*model, arena};
    CHECK(context.input<"image">().size() == 9 * 7 * 4);
    CHECK(context.input<"vector">().data() == context.input<1>().data());
    CHECK(context.output<"p">().data() == context.output<1>().data());
    static_assert(decltype(context.output<"m">())::extent == 8 * 7 * 5);
}

TEST_CASE("a run on the caller's memory leaves no trace in the next run") {
    const auto file = test::weights_file<Tiny>(test::random_weights<Tiny>(3));
    const auto model = Model<Tiny>::load(std::span<const std::byte>(file));
    REQUIRE(model.has_value());
    static Arena<Tiny> arena;
    Context<Tiny> context{*model, arena};
    const auto copy = [](std::span<const float, 2> y) { return std::array{y[0], y[1]}; };
    const std::array<float, 3> image{1, 2, 3};
    const auto expected = copy(context.run(image));
    const auto input = context.input();
    std::array<float, 3> other{7, 7, 7};
    static_cast<void>(context.run(other));
    std::copy(image.begin(), image.end(), input.begin());
    other.fill(9);
    CHECK(copy(context.run()) == expected);
}

TEST_CASE("a number that is not finite goes through the network as such") {
    struct Clamped : Sequential<InputTensor<1, 3>, Dense<5>, Relu6, Dense<2>> {};
    const auto file = test::weights_file<Clamped>(test::random_weights<Clamped>(3));
    const auto model = Model<Clamped>::load(std::span<const std::byte>(file));
    REQUIRE(model.has_value());
    static Arena<Clamped> arena;
    Context<Clamped> context{*model, arena};
    CHECK(std::isnan(context.run(std::array<float, 3>{1, NAN, 2})[0]));
    CHECK(std::isfinite(context.run(std::array<float, 3>{1, 3, 2})[0]));
}

TEST_CASE("a span of runtime extent is checked, and the error names the numbers") {
    const auto file = test::weights_file<Tiny>(test::random_weights<Tiny>(3));
    const auto model = Model<Tiny>::load(std::span<const std::byte>(file));
    REQUIRE(model.has_value());
    auto context = Context<Tiny>::create(*model);
    REQUIRE(context.has_value());
    const std::vector<float> right{1, 2, 3}, wrong{1, 2};
    const std::array<float, 3> fixed{1, 2, 3};
    const auto good = context->run(right);
    REQUIRE(good.has_value());
    const float first = (*good)[0];
    CHECK(context->run(fixed)[0] == first);
    const auto bad = context->run(wrong);
    REQUIRE_FALSE(bad.has_value());
    CHECK(bad.error().code() == Errc::wrong_size);
    CHECK(bad.error().message() == "input 0 has 2 elements, the network needs 3");
}

TEST_CASE("an arena that is too small or misaligned is refused") {
    const auto file = test::weights_file<Tiny>(test::random_weights<Tiny>(3));
    const auto model = Model<Tiny>::load(std::span<const std::byte>(file));
    REQUIRE(model.has_value());
    alignas(64) std::byte memory[arena_bytes<Tiny> + 64];
    const auto small = Context<Tiny>::create(*model, std::span(memory, arena_bytes<Tiny> - 1));
    REQUIRE_FALSE(small.has_value());
    CHECK(small.error().code() == Errc::wrong_size);
    const auto crooked = Context<Tiny>::create(*model, std::span(memory + 4, arena_bytes<Tiny>));
    REQUIRE_FALSE(crooked.has_value());
    CHECK(crooked.error().code() == Errc::misaligned);
    CHECK(Context<Tiny>::create(*model, std::span(memory)).has_value());
}

TEST_CASE("a weights file of another network is refused by name") {
    const auto file = test::weights_file<Tiny>(test::random_weights<Tiny>(3), 42);
    const auto model = Model<Tiny>::load(std::span<const std::byte>(file));
    REQUIRE_FALSE(model.has_value());
    CHECK(model.error().code() == Errc::wrong_network);
    CHECK(model.error().message().find("Tiny") != std::string_view::npos);
}

TEST_CASE("kept tensors show what a layer made") {
    struct Net : Sequential<InputTensor<1, 3>, Dense<2>, Relu, Dense<4>> {};
    using Kept = Options<KeepTensors>;
    const auto weights = test::random_weights<Net>(5);
    const auto file = test::weights_file<Net>(weights);
    const auto model = Model<Net, Kept>::load(std::span<const std::byte>(file));
    REQUIRE(model.has_value());
    auto context = Context<Net, Kept>::create(*model);
    REQUIRE(context.has_value());
    const float x[3] = {1, -2, 3};
    static_cast<void>(context->run(x));
    const auto hidden = context->tensor<1>();
    REQUIRE(hidden.shape == Shape{1, 2});
    for (int o = 0; o < 2; ++o) {
        float sum = weights[1][static_cast<std::size_t>(o)];
        for (int i = 0; i < 3; ++i) sum += weights[0][static_cast<std::size_t>(3 * o + i)] * x[i];
        CHECK(hidden.data[o] == doctest::Approx(sum < 0 ? 0 : sum));
    }
}
