// mdl: tests of the dense and softmax kernels of tiny networks against the reference.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <cmath>
#include <utility>

#include <kernels/blocks/blocks.hpp>
#include <mdl/kernels/blocks/dense_tiny.hpp>
#include <mdl/kernels/blocks/softmax_tiny.hpp>
#include <mdl/kernels/reference/dense.hpp>
#include <mdl/kernels/reference/normalization.hpp>
#include <mdl/kernels/reference/softmax.hpp>

using namespace mdl;
using namespace mdl::test;

namespace {

/// Memory of exactly the size that the kernel may touch: under a sanitizer a read or write beyond it shows.
/// Apart from Layer, with which it would be compiled once a size.
struct Numbers {
    Operation op;
    Shape in_shape, out_shape;
    Floats x, w, bias, residual, slope, packed, plain;

    [[gnu::noinline]] Numbers(int in, int out)
        : in_shape{1, in}, out_shape{1, out}, x(numbers(in, 3)), w(numbers(Shape{out, in}, 4)), bias(numbers(out, 5)), residual(numbers(out, 6)),
          slope(numbers(out, 7)), plain(static_cast<std::size_t>(out)) {
        op.op = Op::dense;
        op.out_channels = out;
        const Geometry g = geometry_of(op, in_shape, out_shape);
        packed.resize(kernels::dense_tiny_packed_floats(g));
        kernels::dense_tiny_pack(g, w.data(), nullptr, bias.data(), packed.data());
        kernels::reference::dense(op, in_shape, out_shape, x.data(), w.data(), bias.data(), plain.data());
    }
    [[gnu::noinline]] auto run(void (*kernel)(const kernels::EpilogueArgs&, const kernels::Buffers&) noexcept, const kernels::EpilogueArgs& args) const -> Floats {
        Floats output(plain.size(), -77.0f);
        kernel(args, {.input = x.data(), .residual = residual.data(), .output = output.data(), .weights = packed.data(), .slope = slope.data()});
        return output;
    }
};

template <int In, int Out>
struct Layer : Numbers {
    Layer() : Numbers(In, Out) {}

    template <class E>
    auto run(const kernels::EpilogueArgs& args) const -> Floats {
        return Numbers::run(&kernels::dense_tiny<E, In, Out>, args);
    }
};

using Plain = kernels::TinyEpilogue<ActivationKind::none>;

/// Outputs of two groups of columns, the second of two chains with a loop; of columns whose sums are two chains each.
constexpr int by_groups = 8 * simd::lanes + 3, by_chains = 3 * simd::lanes;

void check_plain(const Numbers& layer, const Floats& given) {
    CAPTURE(layer.x.size());
    CAPTURE(layer.plain.size());
    CHECK(largest_difference(given, layer.plain) == 0.0);
}

template <int In, int... Out>
void check() {
    (check_plain(Layer<In, Out>{}, Layer<In, Out>{}.template run<Plain>({})), ...);
}

constexpr auto activation_of(ActivationKind kind) -> Activation {
    if (kind == ActivationKind::clip) return {kind, -0.5f, 1.5f};
    if (kind == ActivationKind::hard_sigmoid) return {kind, 0.2f, 0.5f};
    return {kind, 1.25f, 1.5f};
}

/// Of the largest result, or of one. Activations err by up to 5e-7 of their result or of their input.
void check_near(Floats given, Floats expected) {
    double size = 1;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (std::isnan(expected[i]) && std::isnan(given[i])) given[i] = expected[i] = 0;  // a square root below zero
        size = std::fmax(size, std::fabs(static_cast<double>(expected[i])));
    }
    CHECK(largest_difference(given, expected) <= 1e-6 * size);
}

template <ActivationKind Kind>
void check_activation() {
    CAPTURE(static_cast<int>(Kind));
    if constexpr (is_common(Kind)) {
        const Layer<5, 11> layer;
        check_near(layer.run<kernels::TinyEpilogue<Kind>>(kernels::epilogue_args(activation_of(Kind))), finished(layer.plain, activation_of(Kind)));
    }
}

void check_softmax(int count, void (*kernel)(const float*, float*) noexcept) {
    CAPTURE(count);
    const auto check = [&](Floats x) {
        Floats expected(x.size());
        kernels::reference::softmax(1, Shape{1, count}, x.data(), expected.data());
        kernel(x.data(), x.data());
        CHECK(largest_difference(x, expected) < 5e-7);
    };
    // Beyond what e^x can hold, on either side, and by its last number alone.
    for (const float offset : {-300.0f, 0.0f, 300.0f}) {
        Floats x = numbers(count, 3);
        for (float& v : x) v = 5 * v + offset;
        check(x);
        x.back() += 200;
        check(x);
    }
}

}  // namespace

TEST_CASE("an unrolled dense layer equals the reference in every bit, by rows and by columns, for odd sizes") {
    check<1, 1, 9, 33>();
    check<3, 2, 10>();
    check<8, 8, 11>();
    check<13, 1, 33>();
    check<40, 1, 3, 9, 16>();
}

TEST_CASE("an unrolled dense layer whose sums go through a loop equals the reference in every bit") {
    check<301, 10>();
    check<1003, 1>();
    check<24, 8 * simd::lanes>();
    check<33, by_groups>();
    check<45, by_chains>();
}

TEST_CASE("the plan of an unrolled dense layer takes both ways of summing") {
    CHECK(kernels::DenseTinyPlan(24, 1).rows);
    CHECK(kernels::DenseTinyPlan(256, simd::lanes + 2).rows);
    CHECK(!kernels::DenseTinyPlan(1, 16).rows);
    CHECK(!kernels::DenseTinyPlan(16, 16).rows);
    CHECK(!kernels::DenseTinyPlan(33, by_groups).rows);
    CHECK(kernels::DenseTinyPlan(33, by_groups).groups == 2);
    CHECK(!kernels::DenseTinyPlan(45, by_chains).rows);
}

TEST_CASE("an unrolled dense layer takes every activation") {
    []<int... Kind>(std::integer_sequence<int, Kind...>) {
        (check_activation<static_cast<ActivationKind>(Kind)>(), ...);
    }(std::make_integer_sequence<int, static_cast<int>(ActivationKind::count)>{});
}

TEST_CASE("an unrolled dense layer takes an activation on either side of a residual") {
    constexpr Activation clip = activation_of(ActivationKind::clip), tanh = activation_of(ActivationKind::tanh);
    const Layer<5, 11> columns;
    const Layer<17, 3> rows;
    check_near(columns.run<kernels::TinyEpilogue<ActivationKind::tanh, false, true, ActivationKind::clip>>(kernels::epilogue_args(tanh, clip)),
               finished(columns.plain, tanh, columns.residual, Binary::add, clip));
    check_near(rows.run<kernels::TinyEpilogue<ActivationKind::clip, false, true, ActivationKind::tanh>>(kernels::epilogue_args(clip, tanh)),
               finished(rows.plain, clip, rows.residual, Binary::add, tanh));
}

TEST_CASE("an unrolled dense layer takes a slope a channel and keeps a NaN through relu") {
    const Layer<40, 11> layer;
    Floats expected = layer.plain;
    for (std::size_t i = 0; i < expected.size(); ++i) expected[i] *= expected[i] > 0 ? 1 : layer.slope[i];
    CHECK(largest_difference(layer.run<kernels::TinyEpilogue<ActivationKind::none, true>>({}), expected) == 0.0);
    Layer<5, 5> spoilt;
    spoilt.x[2] = NAN;
    for (const float y : spoilt.run<kernels::TinyEpilogue<ActivationKind::relu>>({})) CHECK(y != y);
}

TEST_CASE("an unrolled dense layer multiplies the scale of each output into its weights") {
    const Layer<9, 11> layer;
    const Geometry g = geometry_of(layer.op, layer.in_shape, layer.out_shape);
    Floats packed = layer.packed;
    const Floats scale(11, 0.5f), no_bias(11, 0.0f);
    kernels::dense_tiny_pack(g, layer.w.data(), scale.data(), no_bias.data(), packed.data());
    Floats output(11);
    kernels::dense_tiny<Plain, 9, 11>({}, {.input = layer.x.data(), .output = output.data(), .weights = packed.data()});
    for (std::size_t i = 0; i < 11; ++i) CHECK(output[i] == 0.5f * (layer.plain[i] - layer.bias[i]));
}

TEST_CASE("softmax of a short row equals the reference for every length") {
    []<int... Count>(std::integer_sequence<int, Count...>) {
        (check_softmax(Count, &kernels::softmax_tiny<Count>), ...);
    }(std::integer_sequence<int, 1, 2, 3, 8, 10, 17, 24>{});
}

#else
TEST_CASE("the portable build has no unrolled kernels") { CHECK(MDL_SIMD == 0); }
#endif
