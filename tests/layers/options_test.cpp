// mdl: tests of the layers' options.
// SPDX-License-Identifier: MIT
#include <mdl/layers/options.hpp>

#include <doctest/doctest.h>

#include <mdl/layers/convolution.hpp>
#include <mdl/layers/normalization.hpp>
#include <mdl/layers/pooling.hpp>

using namespace mdl;

namespace {

template <class... Options>
constexpr auto window() -> Window {
    return layers::with<Options...>(Operation{}).window;
}

}  // namespace

TEST_CASE("options mean the same in every order") {
    static_assert(Conv<8, Kernel<3>, Stride<2>, Pad<1>>::description.operation ==
                  Conv<8, Pad<1>, Stride<2>, Kernel<3>>::description.operation);
    static_assert(Conv<8, NoBias, Groups<2>>::description.operation == Conv<8, Groups<2>, NoBias>::description.operation);
    static_assert(Pool<Max, Ceil, Kernel<2>>::description.operation == Pool<Max, Kernel<2>, Ceil>::description.operation);
    static_assert(Lrn<Beta<0.5>, Size<3>>::description.operation == Lrn<Size<3>, Beta<0.5>>::description.operation);
    constexpr Operation a = Conv<8, Kernel<3>, Dilation<2>, Same>::description.operation;
    constexpr Operation b = Conv<8, Same, Dilation<2>, Kernel<3>>::description.operation;
    CHECK(a == b);
}

TEST_CASE("one number stands for rows and columns, two for each") {
    static_assert(window<Kernel<3>>().kernel_h == 3 && window<Kernel<3>>().kernel_w == 3);
    constexpr Window w = window<Kernel<3, 5>, Stride<2, 1>, Dilation<4, 6>>();
    CHECK(w.kernel_h == 3);
    CHECK(w.kernel_w == 5);
    CHECK(w.stride_h == 2);
    CHECK(w.stride_w == 1);
    CHECK(w.dilation_h == 4);
    CHECK(w.dilation_w == 6);
}

TEST_CASE("padding is given as one, two or four numbers: all, rows and columns, or top, left, bottom, right") {
    const auto pads = [](const Window& w) { return Shape{w.pad_top, w.pad_left, w.pad_bottom, w.pad_right}; };
    CHECK(pads(window<Pad<3>>()) == Shape{3, 3, 3, 3});
    CHECK(pads(window<Pad<1, 2>>()) == Shape{1, 2, 1, 2});
    CHECK(pads(window<Pad<1, 2, 3, 4>>()) == Shape{1, 2, 3, 4});
    static_assert(window<Pad<3>>().padding == Padding::given);
    CHECK(window<Same>().padding == Padding::same_upper);
    CHECK(window<SameLower>().padding == Padding::same_lower);
}

TEST_CASE("Same is another way of padding, so it is the same kind of option as Pad") {
    static_assert(Same::option == OptionKind::pad && SameLower::option == OptionKind::pad && Pad<1>::option == OptionKind::pad);
}

TEST_CASE("template arguments hold floating-point numbers, and integers where those are wanted") {
    static_assert(static_cast<float>(Real(0.1)) == 0.1f && static_cast<float>(Real(7)) == 7.0f);
    constexpr Operation op = layers::with<Epsilon<0.001>, Alpha<-2>, Beta<0.75>, K<2>, Size<5>, WithinChannel>(Operation{});
    CHECK(op.epsilon == 0.001f);
    CHECK(op.alpha == -2);
    CHECK(op.beta == 0.75f);
    CHECK(op.k == 2);
    CHECK(op.size == 5);
    CHECK(op.within_channel);
}

TEST_CASE("every option writes its own field and no other") {
    const auto only = [](const Operation& changed, auto restore) {
        Operation op = changed;
        restore(op);
        return op == Operation{} && !(changed == Operation{});
    };
    CHECK(only(layers::with<Groups<4>>(Operation{}), [](Operation& op) { op.groups = 1; }));
    CHECK(only(layers::with<Multiplier<4>>(Operation{}), [](Operation& op) { op.multiplier = 1; }));
    CHECK(only(layers::with<Ceil>(Operation{}), [](Operation& op) { op.window.ceil = false; }));
    CHECK(only(layers::with<CountPadding>(Operation{}), [](Operation& op) { op.window.count_padding = false; }));
    CHECK(only(layers::with<Axis<-2>>(Operation{}), [](Operation& op) { op.axis = 0; }));
    CHECK(only(layers::with<Begin<2>>(Operation{}), [](Operation& op) { op.begin = 0; }));
    CHECK(only(layers::with<End<2>>(Operation{}), [](Operation& op) { op.end = 0; }));
    CHECK(only(layers::with<DropDims>(Operation{}), [](Operation& op) { op.keep_dims = true; }));
    CHECK(only(layers::with<Axes<2, 3>>(Operation{}), [](Operation& op) { op.dims = {}; }));
    CHECK(only(layers::with<Before<2, 3>>(Operation{}), [](Operation& op) { op.dims = {}; }));
    CHECK(only(layers::with<After<2, 3>>(Operation{}), [](Operation& op) { op.dims_end = {}; }));
    CHECK(only(layers::with<Value<2>>(Operation{}), [](Operation& op) { op.alpha = 0; }));
}
