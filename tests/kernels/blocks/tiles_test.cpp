// mdl: tests that each convolution takes the register tiles that it says it takes.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <utility>

#include <kernels/blocks/blocks.hpp>
#include <mdl/kernels/blocks/convolution_grouped.hpp>
#include <mdl/kernels/blocks/convolution_image.hpp>
#include <mdl/kernels/blocks/convolution_merged.hpp>
#include <mdl/kernels/blocks/convolution_pointwise.hpp>
#include <mdl/kernels/blocks/convolution_strip.hpp>

using namespace mdl;
using namespace mdl::test;

namespace {

simd::TileSet taken = 0;

/// The epilogue runs once a tile: it notes which.
struct Recording : kernels::Epilogue<> {
    using kernels::Epilogue<>::inner;
    template <int B, int... I>
    static void inner(simd::Vector* y, const kernels::EpilogueArgs& args, const float* slope, std::integer_sequence<int, I...> all) noexcept {
        taken |= simd::tile_bit(static_cast<int>(sizeof...(I)) / B, B);
        kernels::Epilogue<>::inner<B>(y, args, slope, all);
    }
};

auto geometry(int in_channels, int height, int width, int out_channels, int kernel = 1, int stride = 1, int groups = 1) -> Geometry {
    Geometry g;
    g.in_channels = in_channels, g.in_h = height, g.in_w = width, g.out_channels = out_channels, g.groups = groups;
    g.kernel_h = g.kernel_w = kernel, g.stride_h = g.stride_w = stride;
    g.pad_top = g.pad_left = g.pad_bottom = g.pad_right = kernel / 2;
    g.out_h = (height + kernel / 2 * 2 - kernel) / stride + 1, g.out_w = (width + kernel / 2 * 2 - kernel) / stride + 1;
    return g;
}

/// run(buffers) on memory as large as the kernel may touch.
template <class Run>
auto tiles_taken(const Geometry& g, std::size_t packed_floats, std::size_t scratch_bytes, Run run) -> simd::TileSet {
    const Floats input(static_cast<std::size_t>(kernels::padded_channels(g.in_channels) * g.in_pixels())), packed(packed_floats);
    Floats output(static_cast<std::size_t>(kernels::padded_channels(g.out_channels) * g.out_pixels()));
    Scratch scratch(scratch_bytes);
    taken = 0;
    run(kernels::Buffers{.input = input.data(), .output = output.data(), .weights = packed.data(), .scratch = scratch.data()});
    return taken;
}

constexpr kernels::EpilogueArgs args{};

}  // namespace

TEST_CASE("a pointwise convolution takes the tiles that it names") {
    for (const int stride : {1, 2})
        for (const int size : {1, 2, 5, 7, 13, 14, 31, 56})
            for (const int out_channels : {1, 8, 16, 24, 37, 80}) {
                const Geometry g = geometry(size < 14 ? 300 : 20, size, size, out_channels, 1, stride);
                CAPTURE(size);
                CAPTURE(out_channels);
                CHECK(tiles_taken(g, kernels::convolution_pointwise_packed_floats(g), kernels::convolution_pointwise_scratch_bytes(g, 1),
                                  [&](const auto& buffers) { kernels::convolution_pointwise<Recording>(g, args, buffers, one_worker); }) ==
                      kernels::convolution_pointwise_tiles<false>(g));
            }
}

TEST_CASE("a convolution in strips and one of an image take the tiles that they name") {
    constexpr ImageFormat format{};
    for (const int stride : {1, 2})
        for (const int size : {1, 6, 7, 17, 31, 60})
            for (const int out_channels : {5, 16, 24, 40}) {
                const Geometry strip = geometry(33, size, size, out_channels, 3, stride), image = geometry(3, size, size, out_channels, 3, stride);
                CAPTURE(size);
                CAPTURE(out_channels);
                CHECK(tiles_taken(strip, kernels::convolution_strip_packed_floats(strip), kernels::convolution_strip_scratch_bytes(strip, 1),
                                  [&](const auto& buffers) { kernels::convolution_strip<Recording>(strip, args, buffers, one_worker); }) ==
                      kernels::convolution_strip_tiles<false>(strip));
                CHECK(tiles_taken(image, kernels::convolution_image_packed_floats(image), kernels::convolution_image_scratch_bytes(image, format, 1),
                                  [&](const auto& buffers) { kernels::convolution_image<Recording>(image, format, args, buffers.input, buffers, one_worker); }) ==
                      kernels::convolution_image_tiles<false>(image));
            }
}

TEST_CASE("grouped convolutions take the tiles that they name") {
    constexpr int c = simd::lanes;
    for (const int size : {1, 7, 17, 31})
        for (const auto& [channels, groups] : {std::pair{3 * (c + 1), 3}, {4 * c, 4}, {6 * c, 2}, {2 * c, 4}}) {
            const Geometry g = geometry(channels, size, size, channels, 3, 1, groups);
            CAPTURE(size);
            CAPTURE(g.groups);
            CHECK(tiles_taken(g, kernels::convolution_grouped_packed_floats(g), kernels::convolution_grouped_scratch_bytes(g, 1),
                              [&](const auto& buffers) { kernels::convolution_grouped<Recording>(g, args, buffers, one_worker); }) ==
                  kernels::convolution_grouped_tiles<false>(g));
            if (kernels::merged_groups(g) == 0) continue;
            CHECK(tiles_taken(g, kernels::convolution_merged_packed_floats(g), kernels::convolution_merged_scratch_bytes(g, 1),
                              [&](const auto& buffers) { kernels::convolution_merged<Recording>(g, args, buffers, one_worker); }) ==
                  kernels::convolution_merged_tiles<false>(g));
        }
}

#else
TEST_CASE("the portable build has no kernels over channel blocks") { CHECK(MDL_SIMD == 0); }
#endif
