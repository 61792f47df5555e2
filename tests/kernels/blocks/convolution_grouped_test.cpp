// mdl: tests of grouped and depthwise convolution over channel blocks against the reference.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <algorithm>
#include <iterator>
#include <utility>

#include <kernels/blocks/blocks.hpp>
#include <mdl/kernels/blocks/convolution_grouped.hpp>
#include <mdl/kernels/blocks/convolution_merged.hpp>
#include <mdl/kernels/blocks/depthwise.hpp>
#include <mdl/kernels/blocks/vector_operators.hpp>
#include <mdl/kernels/reference/convolution.hpp>

using namespace mdl;
using namespace mdl::test;

namespace {

struct Case {
    Operation op;
    Shape in, out;
    Geometry g;
    Floats x, w, bias, residual, slope;

    Case(const Window& window, Shape in_shape, int out_channels, int groups) : in(in_shape), out(windowed(window, in_shape, out_channels)) {
        op.op = Op::convolution;
        op.window = window;
        op.out_channels = out_channels;
        op.groups = groups;
        g = geometry_of(op, in, out);
        x = numbers(in, 3);
        w = numbers(Shape{out_channels, in.channels() / groups, window.kernel_h, window.kernel_w}, 5);
        bias = numbers(out_channels, 7);
        residual = numbers(out, 9);
        slope = numbers(out_channels, 11);
    }
    auto expected() const -> Floats {
        Floats y = room(out);
        kernels::reference::convolution(op, in, out, x.data(), w.data(), bias.data(), y.data());
        kernels::reference::prelu(out, y.data(), slope.data(), y.data());
        return finished(y, {}, residual, Binary::add, relu);
    }
};

using SlopeEpilogue = kernels::Epilogue<ActivationKind::leaky_relu>;

}  // namespace

// Multiples of 1/8 sum exactly; a slope and a residual keep them exact.
TEST_CASE("a grouped convolution equals the reference for every window and group size") {
    struct Sizes {
        int in, out, groups;
    };
    for (const Window& window : windows)
        for (const auto& [in_channels, out_channels, groups] : {Sizes{6, 9, 3}, {10, 20, 10}, {32, 32, 2}, {12, 48, 3}, {40, 10, 5}}) {
            const Case c(window, Shape{1, in_channels, 13, 11}, out_channels, groups);
            CAPTURE(window.kernel_h);
            CAPTURE(c.g.in_channels);
            Floats packed(kernels::convolution_grouped_packed_floats(c.g));
            kernels::convolution_grouped_pack(c.g, c.w.data(), nullptr, c.bias.data(), packed.data());
            const Floats input = blocked(c.in, c.x), slopes = padded(c.slope);
            const auto run = [&](const Workers& parallel) {
                Floats output = blocked(c.out, c.residual);
                Scratch scratch(kernels::convolution_grouped_scratch_bytes(c.g, parallel.workers));
                const kernels::Buffers buffers{.input = input.data(), .residual = output.data(), .output = output.data(),
                                               .weights = packed.data(), .scratch = scratch.data(), .slope = slopes.data()};
                kernels::convolution_grouped<SlopeEpilogue>(c.g, kernels::epilogue_args({}, relu), buffers, parallel);
                return largest_difference(unblocked(c.out, output), c.expected());
            };
            CHECK(run(one_worker) == 0.0);
            CHECK(run(three_workers) == 0.0);
        }
}

TEST_CASE("groups are merged where they fill whole blocks without more waste than gathering them has") {
    const auto merged = [](int in, int out, int groups) {
        return kernels::merged_groups({.in_channels = in, .out_channels = out, .groups = groups});
    };
    constexpr int c = simd::lanes;
    CHECK(merged(4 * c, 4 * c, 4) == 1);
    CHECK(merged(8 * c, 8 * c, 16) == 2);
    CHECK(merged(8 * c, 8 * c, 4) == 1);
    CHECK(merged(3 * (c + 1), 3 * c, 3) == 0);
    CHECK(merged(c / 2 * 3, c / 2 * 3, 3) == 0);  // two at a time would leave one
    CHECK(merged(5 * c - 5, 5 * c - 5, 5) == 0);
}

TEST_CASE("a grouped convolution by merged groups equals the reference for every window and group size") {
    constexpr int c = simd::lanes;
    struct Sizes {
        int in, out, groups;
    };
    for (const Window& window : windows)
        for (const auto& [in_channels, out_channels, groups] :
             {Sizes{2 * c, 2 * c, 4}, Sizes{3 * c, 6 * c, 3}, Sizes{2 * c, c, 4}, Sizes{2 * c, 4 * c, 2}, Sizes{6 * c, 6 * c, 4}, Sizes{c, 2 * c, c}}) {
            const Case one(window, Shape{1, in_channels, 13, 11}, out_channels, groups);
            CAPTURE(window.kernel_h);
            CAPTURE(one.g.in_channels);
            CAPTURE(one.g.groups);
            REQUIRE(kernels::merged_groups(one.g) > 0);
            const Floats scale = numbers(one.g.out_channels, 13);
            Case scaled = one;
            const std::size_t depth = scaled.w.size() / static_cast<std::size_t>(one.g.out_channels);
            for (std::size_t i = 0; i < scaled.w.size(); ++i) scaled.w[i] *= scale[i / depth];
            Floats packed(kernels::convolution_merged_packed_floats(one.g));
            kernels::convolution_merged_pack(one.g, one.w.data(), scale.data(), one.bias.data(), packed.data());
            const Floats input = blocked(one.in, one.x), slopes = padded(one.slope);
            const auto run = [&](const Workers& parallel) {
                Floats output = blocked(one.out, one.residual);
                Scratch scratch(kernels::convolution_merged_scratch_bytes(one.g, parallel.workers));
                const kernels::Buffers buffers{.input = input.data(), .residual = output.data(), .output = output.data(),
                                               .weights = packed.data(), .scratch = scratch.data(), .slope = slopes.data()};
                kernels::convolution_merged<SlopeEpilogue>(one.g, kernels::epilogue_args({}, relu), buffers, parallel);
                return largest_difference(unblocked(one.out, output), scaled.expected());
            };
            CHECK(run(one_worker) == 0.0);
            CHECK(run(three_workers) == 0.0);
        }
}

TEST_CASE("a depthwise convolution equals the reference for every window and odd channel counts") {
    const auto check = [](const Case& c, auto kernel) {
        Floats packed(kernels::depthwise_packed_floats(c.g));
        kernels::depthwise_pack(c.g, c.w.data(), nullptr, c.bias.data(), packed.data());
        const Floats input = blocked(c.in, c.x), slopes = padded(c.slope);
        Floats output = blocked(c.out, c.residual);
        const kernels::Buffers buffers{.input = input.data(), .residual = output.data(), .output = output.data(), .weights = packed.data(),
                                       .slope = slopes.data()};
        kernel(c.g, kernels::epilogue_args({}, relu), buffers);
        CAPTURE(c.g.kernel_h);
        CAPTURE(c.in.width());
        CHECK(largest_difference(unblocked(c.out, output), c.expected()) == 0.0);
    };
    const auto any = [](const Geometry& g, const kernels::EpilogueArgs& args, const kernels::Buffers& buffers) {
        kernels::depthwise<0, 0, 4, 1, SlopeEpilogue>(g, args, buffers, one_worker);
        kernels::Buffers again = buffers;
        Floats unused(static_cast<std::size_t>(kernels::padded_channels(g.out_channels) * g.out_pixels()));
        again.residual = nullptr, again.output = unused.data();
        kernels::depthwise<0, 0, 4, 1, SlopeEpilogue>(g, args, again, three_workers);
    };
    for (const Window& window : windows)
        for (const int channels : {1, 8, 19})
            check(Case(window, Shape{1, channels, 13, 11}, channels, channels), any);
    const auto fast = [&]<int K, int S>(std::integer_sequence<int, K, S>) {
        // The tiles that the engine takes here: of an output of 14x14 pixels. Those of two rows have a test of their own on all targets.
        constexpr Geometry map{.in_h = 14 * S, .in_w = 14 * S, .out_h = 14, .out_w = 14, .kernel_h = K, .kernel_w = K, .stride_h = S, .stride_w = S};
        constexpr int wide = kernels::depthwise_tile_width(map), rows = kernels::depthwise_tile_rows(map);
        for (const int left : {0, K / 2, K - 1})
            for (const int right : {0, K / 2, K - 1})
                for (int width = K; width < 20; ++width) {
                    const Window window{.kernel_h = K, .kernel_w = K, .stride_h = S, .stride_w = S, .pad_top = left, .pad_left = left,
                                        .pad_bottom = K / 2, .pad_right = right};
                    const Case c(window, Shape{1, 11, 7, width}, 11, 11);
                    check(c, [](const Geometry& g, const kernels::EpilogueArgs& args, const kernels::Buffers& buffers) {
                        kernels::depthwise<K, S, 4, rows, SlopeEpilogue>(g, args, buffers, three_workers);
                    });
                    check(c, [](const Geometry& g, const kernels::EpilogueArgs& args, kernels::Buffers buffers) {
                        // Without a residual where it may overlap, then with the same numbers from elsewhere.
                        Floats residual(buffers.output, buffers.output + kernels::padded_channels(g.out_channels) * g.out_pixels()), alone(residual.size());
                        kernels::Buffers bare = buffers;
                        bare.residual = nullptr, bare.output = alone.data();
                        if (g.out_w < 14) kernels::depthwise<K, S, 7, rows, SlopeEpilogue>(g, args, bare, one_worker);
                        else kernels::depthwise<K, S, wide, rows, SlopeEpilogue>(g, args, bare, one_worker);
                        kernels::map_binary<Binary::add, kernels::Epilogue<>>(static_cast<std::int64_t>(alone.size()) / simd::lanes, kernels::epilogue_args(relu),
                                                                              alone.data(), residual.data(), buffers.output);
                    });
                }
    };
    fast(std::integer_sequence<int, 3, 1>{});
    fast(std::integer_sequence<int, 3, 2>{});
    fast(std::integer_sequence<int, 5, 1>{});
    fast(std::integer_sequence<int, 5, 2>{});
}

TEST_CASE("two rows of a depthwise convolution at once have the bits of one after the other, and so have strips on in-order cores") {
    const auto check = []<int K, int S, ActivationKind Inner>(std::integer_sequence<int, K, S>, std::integral_constant<ActivationKind, Inner>) {
        using OneByOne = kernels::Epilogue<Inner, Binary::add, ActivationKind::clip, false, simd::every_tile(), false>;
        using InOrder = kernels::Epilogue<Inner, Binary::add, ActivationKind::clip, false, simd::every_tile(), true>;
        const kernels::EpilogueArgs args = kernels::epilogue_args({ActivationKind::clip, -0.8f, 1.1f});
        for (const int height : {1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15})
            for (const int width : {6, 7, 8, 13, 14, 15, 29}) {
                const Window window{.kernel_h = K, .kernel_w = K, .stride_h = S, .stride_w = S, .pad_top = K / 2, .pad_left = width % K,
                                    .pad_bottom = height % K, .pad_right = K / 2};
                if (height + window.pad_top + window.pad_bottom < K) continue;
                CAPTURE(K);
                CAPTURE(S);
                CAPTURE(height);
                CAPTURE(width);
                Case one(window, Shape{1, 5, height, width}, 5, 5);
                for (Floats* values : {&one.x, &one.w, &one.bias, &one.slope})
                    for (float& value : *values) value *= 0.317f;  // products that are rounded: another order of the sums would show
                Floats packed(kernels::depthwise_packed_floats(one.g));
                kernels::depthwise_pack(one.g, one.w.data(), nullptr, one.bias.data(), packed.data());
                const Floats input = blocked(one.in, one.x), slopes = padded(one.slope);
                const auto run = [&](bool residual, auto kernel) {
                    Floats output = blocked(one.out, one.residual);
                    kernel(kernels::Buffers{.input = input.data(), .residual = residual ? output.data() : nullptr, .output = output.data(),
                                            .weights = packed.data(), .slope = slopes.data()});
                    return unblocked(one.out, output);
                };
                for (const bool residual : {false, true}) {
                    const Floats expected = run(residual, [&](const auto& b) { kernels::depthwise<K, S, 7, 1, OneByOne>(one.g, args, b, one_worker); });
                    for (const Workers& workers : {one_worker, three_workers}) {
                        CHECK(run(residual, [&](const auto& b) { kernels::depthwise<K, S, 7, 2, OneByOne>(one.g, args, b, workers); }) == expected);
                        if constexpr (K == 3 && kernels::has_depthwise_strip<S>)
                            CHECK(run(residual, [&](const auto& b) { kernels::depthwise<K, S, 7, 2, InOrder>(one.g, args, b, workers); }) == expected);
                    }
                }
            }
    };
    constexpr std::integral_constant<ActivationKind, ActivationKind::clip> clamp{};
    constexpr std::integral_constant<ActivationKind, ActivationKind::leaky_relu> by_channel{};
    check(std::integer_sequence<int, 3, 1>{}, clamp);
    check(std::integer_sequence<int, 3, 1>{}, by_channel);
    check(std::integer_sequence<int, 3, 2>{}, clamp);
    check(std::integer_sequence<int, 3, 2>{}, by_channel);
    check(std::integer_sequence<int, 5, 1>{}, clamp);
    check(std::integer_sequence<int, 5, 2>{}, clamp);
}

TEST_CASE("a tile of two rows takes every tap of its sums once, in the window's order, from inputs that are loaded") {
    const auto check = []<int K, int S>(std::integer_sequence<int, K, S>) {
        using Order = kernels::DepthwiseOrder<7, K, S>;
        static constexpr Order order;
        int done[14]{}, loaded[Order::slots];
        std::fill(std::begin(loaded), std::end(loaded), -1);
        for (const kernels::DepthwiseStep& step : order.step) {
            if (step.sum < 0) {
                loaded[step.from] = step.operand;
                continue;
            }
            const int tap = done[step.sum]++;
            REQUIRE(loaded[step.from] >= 0);
            const kernels::DepthwiseOperand& input = order.operand[loaded[step.from]];
            CHECK(!input.is_weight);
            CHECK(input.row + input.reader * S == step.sum / 7 * S + tap / K);
            CHECK(input.column == step.sum % 7 * S + tap % K);
            if constexpr (Order::held > 0) {
                CHECK(step.weight == Order::slots + tap);
            } else {
                REQUIRE(loaded[step.weight] >= 0);
                const kernels::DepthwiseOperand& weight = order.operand[loaded[step.weight]];
                CHECK(weight.is_weight);
                CHECK(weight.row * K + weight.column == tap);
            }
        }
        for (const int taps : done) CHECK(taps == K * K);
    };
    check(std::integer_sequence<int, 3, 1>{});
    check(std::integer_sequence<int, 3, 2>{});
    check(std::integer_sequence<int, 5, 1>{});
    check(std::integer_sequence<int, 5, 2>{});
}

#else
TEST_CASE("the portable build has no kernels over channel blocks") { CHECK(MDL_SIMD == 0); }
#endif
