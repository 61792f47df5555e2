// mdl: tests of transposed convolution over channel blocks, dense and depthwise, against the reference.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <array>

#include <kernels/blocks/blocks.hpp>
#include <mdl/kernels/blocks/depthwise.hpp>
#include <mdl/kernels/blocks/transposed_convolution.hpp>
#include <mdl/kernels/blocks/transposed_depthwise.hpp>
#include <mdl/kernels/reference/transposed_convolution.hpp>

using namespace mdl;
using namespace mdl::test;

namespace {

struct Case {
    Operation op;
    Shape in, out;
    Geometry g;
    Floats x, w, bias, residual, scale, slope;

    /// `added`: rows and columns at the end.
    Case(const Window& window, Shape in_shape, int out_channels, int groups = 1, int added = 0) : in(in_shape) {
        op.op = Op::transposed_convolution;
        op.window = window;
        op.groups = groups;
        op.out_channels = out_channels;
        out = Shape{1, out_channels, (in.height() - 1) * window.stride_h + window.extent_h() - window.pad_top - window.pad_bottom + added,
                    (in.width() - 1) * window.stride_w + window.extent_w() - window.pad_left - window.pad_right + added};
        g = geometry_of(op, in, out);
        x = numbers(in, 3);
        w = numbers(Shape{in.channels(), out_channels / groups, window.kernel_h, window.kernel_w}, 5);
        bias = numbers(out_channels, 7), scale = numbers(out_channels, 11), slope = numbers(out_channels, 13);
        residual = numbers(out, 9);
    }

    /// The reference with the weights of each output channel scaled, and the epilogue.
    auto expected(const Activation& inner, bool with_slope, bool with_residual) const -> Floats {
        Floats scaled = w, y = room(out);
        const std::size_t area = static_cast<std::size_t>(g.kernel_h * g.kernel_w), group_out = static_cast<std::size_t>(g.group_out());
        for (std::size_t i = 0; i < w.size(); ++i) {
            const std::size_t pair = i / area, group = pair / group_out / static_cast<std::size_t>(g.group_in());
            scaled[i] *= scale[group * group_out + pair % group_out];
        }
        kernels::reference::transposed_convolution(op, in, out, x.data(), scaled.data(), bias.data(), y.data());
        if (with_slope) kernels::reference::prelu(out, y.data(), slope.data(), y.data());
        return finished(y, with_slope ? Activation{} : inner, with_residual ? residual : Floats{}, Binary::add, relu);
    }
    template <class Run>
    auto error(Run run, const Floats& packed, std::size_t scratch_bytes, const Floats& truth, bool with_slope, bool with_residual) const
        -> double {
        const Floats input = blocked(in, x), added = blocked(out, residual), slopes = padded(slope);
        Floats output = with_residual ? added : blocked_room(out);
        Scratch scratch(scratch_bytes);
        for (std::size_t i = 0; i < scratch_bytes; ++i) scratch.data()[i] = std::byte{0xff};  // no result may come from what nobody wrote
        kernels::Buffers buffers{.input = input.data(), .output = output.data(), .weights = packed.data(), .scratch = scratch.data()};
        if (with_residual) buffers.residual = output.data();
        if (with_slope) buffers.slope = slopes.data();
        run(buffers);
        for (const float value : output)
            if (!std::isfinite(value)) return HUGE_VAL;
        return largest_difference(unblocked(out, output), truth);
    }
};

constexpr Activation inner{ActivationKind::clip, -20, 30};
using Parametric = kernels::Epilogue<ActivationKind::leaky_relu>;

// Numbers are multiples of 1/8 and their scales too, so that sums are exact whatever their order.
void check_dense(const Case& c, const Workers& parallel) {
    CAPTURE(c.g.kernel_h);
    CAPTURE(c.g.stride_h);
    CAPTURE(c.g.pad_top);
    CAPTURE(c.g.in_channels);
    CAPTURE(c.g.out_channels);
    REQUIRE(kernels::transposed_convolution_takes(c.g));
    Floats packed(kernels::transposed_convolution_packed_floats(c.g));
    kernels::transposed_convolution_pack(c.g, c.w.data(), c.scale.data(), c.bias.data(), packed.data());
    const std::size_t scratch = kernels::transposed_convolution_scratch_bytes(c.g, parallel.workers);
    const auto args = kernels::epilogue_args(inner, relu);
    for (const bool residual : {false, true}) {
        const auto plain = [&](const kernels::Buffers& buffers) { kernels::transposed_convolution(c.g, args, buffers, parallel); };
        CHECK(c.error(plain, packed, scratch, c.expected(inner, false, residual), false, residual) == 0.0);
        const auto parametric = [&](const kernels::Buffers& buffers) {
            kernels::transposed_convolution<Parametric>(c.g, args, buffers, parallel);
        };
        CHECK(c.error(parametric, packed, scratch, c.expected(inner, true, residual), true, residual) == 0.0);
    }
}

void check_depthwise(const Case& c, const Workers& parallel) {
    CAPTURE(c.g.kernel_w);
    CAPTURE(c.g.stride_w);
    CAPTURE(c.g.pad_left);
    CAPTURE(c.g.in_w);
    REQUIRE(kernels::transposed_depthwise_takes(c.g));
    Floats packed(kernels::depthwise_packed_floats(c.g));
    kernels::depthwise_pack(c.g, c.w.data(), c.scale.data(), c.bias.data(), packed.data());
    const auto args = kernels::epilogue_args(inner, relu);
    for (const bool residual : {false, true}) {
        const auto plain = [&](const kernels::Buffers& buffers) { kernels::transposed_depthwise(c.g, args, buffers, parallel); };
        CHECK(c.error(plain, packed, 0, c.expected(inner, false, residual), false, residual) == 0.0);
        const auto parametric = [&](const kernels::Buffers& buffers) {
            kernels::transposed_depthwise<Parametric>(c.g, args, buffers, parallel);
        };
        CHECK(c.error(parametric, packed, 0, c.expected(inner, true, residual), true, residual) == 0.0);
    }
}

constexpr Window spreads[] = {
    {.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2},
    {.kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1},
    {.kernel_h = 4, .kernel_w = 4, .stride_h = 2, .stride_w = 2, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1},
    {.kernel_h = 9, .kernel_w = 9, .stride_h = 3, .stride_w = 3, .pad_top = 4, .pad_left = 4, .pad_bottom = 2, .pad_right = 2},
    {.kernel_h = 3, .kernel_w = 5, .stride_h = 1, .stride_w = 2, .pad_top = 0, .pad_left = 3, .pad_bottom = 2, .pad_right = 0},
    {.kernel_h = 1, .kernel_w = 2, .stride_h = 2, .stride_w = 3},
    {.kernel_h = 5, .kernel_w = 3, .stride_h = 4, .stride_w = 1, .pad_top = 4, .pad_left = 2, .pad_bottom = 1, .pad_right = 1},
};

}  // namespace

TEST_CASE("a transposed convolution equals the reference for every window and odd channel counts") {
    for (const Window& window : spreads)
        for (const auto& channels : {std::array{1, 1}, {3, 17}, {21, 3}, {8, 32}, {13, 2}, {16, 8}, {5, 4}})
            for (const int added : {0, 1}) check_dense({window, Shape{1, channels[0], 5, 7}, channels[1], 1, added}, one_worker);
    for (const Window& window : spreads) check_dense({window, Shape{1, 9, 11, 3}, 19}, three_workers);
}

TEST_CASE("a transposed convolution takes several strips where the input is larger than the cache") {
    const Case c(spreads[2], Shape{1, 64, 24, 60}, 9);
    CHECK(kernels::detail::PhasePlan(c.g, 1).strips.strips > 1);
    check_dense(c, one_worker);
    check_dense({spreads[2], Shape{1, 64, 24, 60}, 1}, one_worker);
}

TEST_CASE("a transposed depthwise convolution equals the reference for every window, width and odd channel counts") {
    for (const Window& window : spreads)
        for (const int channels : {1, 8, 21})
            for (const int width : {1, 4, 8, 9, 19})
                for (const int added : {0, 1}) {
                    const Window narrow = width == 1 && window.pad_left + window.pad_right >= window.kernel_w ? spreads[0] : window;
                    check_depthwise({narrow, Shape{1, channels, 6, width}, channels, channels, added}, one_worker);
                }
    check_depthwise({spreads[3], Shape{1, 13, 7, 20}, 13, 13}, three_workers);
}

TEST_CASE("bilinear upsampling by a transposed depthwise convolution keeps a constant image constant inside") {
    const Window window{
        .kernel_h = 4, .kernel_w = 4, .stride_h = 2, .stride_w = 2, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1};
    const Shape in{1, 1, 4, 4}, out{1, 1, 8, 8};
    Operation op;
    op.op = Op::transposed_convolution;
    op.window = window;
    const Geometry g = geometry_of(op, in, out);
    const float axis[] = {0.25f, 0.75f, 0.75f, 0.25f};
    Floats w(16), packed(kernels::depthwise_packed_floats(g));
    for (std::size_t i = 0; i < 16; ++i) w[i] = axis[i / 4] * axis[i % 4];
    kernels::depthwise_pack(g, w.data(), nullptr, nullptr, packed.data());
    const Floats input = blocked(in, Floats(16, 3.0f));
    Floats output = blocked_room(out);
    kernels::transposed_depthwise(g, {}, {.input = input.data(), .output = output.data(), .weights = packed.data()}, one_worker);
    const Floats y = unblocked(out, output);
    for (std::size_t i = 0; i < 64; ++i)
        if (i / 8 % 7 != 0 && i % 8 % 7 != 0) CHECK(y[i] == 3.0f);
}

#else
TEST_CASE("the portable build has no transposed convolution over channel blocks") { CHECK(MDL_SIMD == 0); }
#endif
