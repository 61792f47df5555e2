// mdl: tests of the tile in inline assembly for in-order cores against the one in C++.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>
#if MDL_SIMD
#include <mdl/kernels/blocks/in_order_tile.hpp>
#include <mdl/simd/tile.hpp>
#endif

#if MDL_SIMD && defined(__ARM_NEON)

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <kernels/blocks/blocks.hpp>
#include <mdl/kernels/blocks/convolution_pointwise.hpp>
#include <mdl/kernels/blocks/convolution_strip.hpp>

using namespace mdl;
using namespace mdl::test;

namespace {

template <bool InOrder>
using For = kernels::Epilogue<ActivationKind::clip, Binary::add, ActivationKind::clip, false, simd::every_tile(), InOrder>;

auto geometry(int in_channels, int height, int width, int out_channels, int kernel) -> Geometry {
    Geometry g;
    g.in_channels = in_channels, g.in_h = g.out_h = height, g.in_w = g.out_w = width, g.out_channels = out_channels;
    g.kernel_h = g.kernel_w = kernel;
    g.pad_top = g.pad_left = g.pad_bottom = g.pad_right = kernel / 2;
    return g;
}

/// Numbers whose products are rounded, so that another order of the sums would show.
auto rounded(int count, std::uint32_t seed) -> Floats {
    Floats values = numbers(count, seed);
    for (float& value : values) value *= 0.317f;
    return values;
}

/// Do the outputs of both tiles have the same bits?
template <class Pack, class Run>
auto same_bits(const Geometry& g, std::size_t packed_floats, std::size_t scratch_bytes, Pack pack, Run run) -> bool {
    const int area = g.kernel_h * g.kernel_w;
    const Floats w = rounded(g.out_channels * g.in_channels * area, 5), bias = rounded(g.out_channels, 7);
    Floats packed(packed_floats);
    pack(g, w.data(), nullptr, bias.data(), packed.data());
    const Floats input = rounded(kernels::padded_channels(g.in_channels) * g.in_pixels(), 3);
    Scratch scratch(scratch_bytes);
    const auto size = static_cast<std::size_t>(kernels::padded_channels(g.out_channels) * g.out_pixels());
    Floats compiled(size), assembly(size);
    run(For<false>{}, kernels::Buffers{.input = input.data(), .output = compiled.data(), .weights = packed.data(), .scratch = scratch.data()});
    run(For<true>{}, kernels::Buffers{.input = input.data(), .output = assembly.data(), .weights = packed.data(), .scratch = scratch.data()});
    const bool computed = std::any_of(compiled.begin(), compiled.end(), [](float y) { return y != 0; });
    return computed && std::memcmp(compiled.data(), assembly.data(), size * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("a pointwise convolution has the same bits from the tile in assembly and from the one in C++") {
    for (const int in_channels : {1, 3, 4, 5, 8, 12, 33, 64})
        for (const int out_channels : {4, 8, 12, 16, 29})
            for (const int size : {1, 3, 4, 7, 9}) {
                const Geometry g = geometry(in_channels, size, size, out_channels, 1);
                CAPTURE(in_channels);
                CAPTURE(out_channels);
                CAPTURE(size);
                CHECK(same_bits(g, kernels::convolution_pointwise_packed_floats(g), kernels::convolution_pointwise_scratch_bytes(g, 1),
                                [](auto... a) { kernels::convolution_pointwise_pack(a...); },
                                [&]<class E>(E, const auto& buffers) { kernels::convolution_pointwise<E>(g, {}, buffers, one_worker); }));
            }
}

TEST_CASE("a 3x3 convolution has the same bits from the tile in assembly and from the one in C++") {
    for (const int in_channels : {2, 4, 7, 16})
        for (const int out_channels : {8, 20})
            for (const int size : {3, 8, 11}) {
                const Geometry g = geometry(in_channels, size, size + 1, out_channels, 3);
                CAPTURE(in_channels);
                CAPTURE(out_channels);
                CAPTURE(size);
                CHECK(same_bits(g, kernels::convolution_strip_packed_floats(g), kernels::convolution_strip_scratch_bytes(g, 1),
                                [](auto... a) { kernels::convolution_strip_pack(a...); },
                                [&]<class E>(E, const auto& buffers) { kernels::convolution_strip<E>(g, {}, buffers, one_worker); }));
            }
}

TEST_CASE("tiles for in-order cores are the widest of two blocks") {
    CHECK(kernels::has_in_order_tile<simd::max_tile_pixels, 2>);
    CHECK(!kernels::has_in_order_tile<simd::max_tile_pixels, 1>);
}

#elif MDL_SIMD

TEST_CASE("only ARM has tiles in assembly") {
    CHECK(!mdl::kernels::has_in_order_tile<mdl::simd::max_tile_pixels, 2>);
    CHECK(!mdl::simd::in_order_by_default);
}

#else
TEST_CASE("the portable build has no tiles in assembly") { CHECK(MDL_SIMD == 0); }
#endif
