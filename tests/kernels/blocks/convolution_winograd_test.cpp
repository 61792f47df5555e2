// mdl: tests of Winograd's convolution against the reference.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <kernels/blocks/blocks.hpp>

#include <mdl/kernels/blocks/convolution_winograd.hpp>
#include <mdl/kernels/reference/convolution.hpp>

using namespace mdl;
using namespace mdl::test;

namespace {

/// What is not the kernel's own is compiled once, and not once a tile.
using Run = void (*)(const Geometry&, const kernels::EpilogueArgs&, const kernels::Buffers&, const Workers&);

template <int MH, int RH, int MW, int RW>
void run_tile(const Geometry& g, const kernels::EpilogueArgs& args, const kernels::Buffers& buffers, const Workers& workers) {
    kernels::convolution_winograd<MH, RH, MW, RW>(g, args, buffers, workers);
}

/// Largest difference from the reference over the largest number of the reference.
auto relative_error(const kernels::WinogradTile& tile, Run run, const Window& window, const Shape& in, int out_channels, bool with_residual,
                    const Workers& workers = one_worker) -> double {
    Operation op;
    op.op = Op::convolution;
    op.window = window;
    const Shape out = windowed(window, in, out_channels);
    const Geometry g = geometry_of(op, in, out);
    const Floats x = numbers(in, 3), w = numbers(Shape{out_channels, in.channels(), window.kernel_h, window.kernel_w}, 5), bias = numbers(out_channels, 7);
    const Floats scale = numbers(out_channels, 11), residual = numbers(out, 9);
    Floats scaled = w;
    for (std::size_t i = 0; i < w.size(); ++i) scaled[i] *= scale[i / (w.size() / scale.size())];
    Floats expected = room(out);
    kernels::reference::convolution(op, in, out, x.data(), scaled.data(), bias.data(), expected.data());
    double largest = 0;
    for (const float value : expected) largest = std::max(largest, std::fabs(static_cast<double>(value)));
    const Activation inner{ActivationKind::clip, -200, 300};
    expected = finished(expected, inner, with_residual ? residual : Floats{}, Binary::add, relu);

    Floats packed(kernels::convolution_winograd_packed_floats(g, tile));
    kernels::convolution_winograd_pack(g, tile, w.data(), scale.data(), bias.data(), packed.data());
    const Floats input = blocked(in, x), blocked_residual = blocked(out, residual);
    Floats output = blocked_room(out);
    Scratch scratch(kernels::convolution_winograd_scratch_bytes(g, tile));
    kernels::Buffers buffers{.input = input.data(), .output = output.data(), .weights = packed.data(), .scratch = scratch.data()};
    if (with_residual) buffers.residual = blocked_residual.data();
    run(g, kernels::epilogue_args(inner, relu), buffers, workers);
    return largest_difference(unblocked(out, output), expected) / largest;
}

void check_tile(const kernels::WinogradTile& tile, int kernel_h, int kernel_w, Run run, double bound) {
    CAPTURE(tile.rows);
    CAPTURE(kernel_h);
    CAPTURE(tile.columns);
    CAPTURE(kernel_w);
    const Window centred{.kernel_h = kernel_h, .kernel_w = kernel_w, .pad_top = kernel_h / 2, .pad_left = kernel_w / 2, .pad_bottom = kernel_h / 2,
                         .pad_right = kernel_w / 2};
    const Window lopsided{.kernel_h = kernel_h, .kernel_w = kernel_w, .pad_top = 0, .pad_left = kernel_w - 1, .pad_bottom = kernel_h - 1, .pad_right = 0};
    const Window bare{.kernel_h = kernel_h, .kernel_w = kernel_w};
    for (const auto& channels : {std::pair{8, 8}, {1, 3}, {21, 35}, {32, 17}}) {
        const int in_channels = channels.first, out_channels = channels.second;
        CAPTURE(in_channels);
        CHECK(relative_error(tile, run, centred, Shape{1, in_channels, 13, 17}, out_channels, true) < bound);
        CHECK(relative_error(tile, run, lopsided, Shape{1, in_channels, 8, 11}, out_channels, false) < bound);
        CHECK(relative_error(tile, run, bare, Shape{1, in_channels, kernel_h, kernel_w + 2}, out_channels, true) < bound);
        CHECK(relative_error(tile, run, centred, Shape{1, in_channels, 9, 30}, out_channels, true, three_workers) < bound);
    }
}

template <int MH, int RH, int MW, int RW>
void check_tile(double bound) {
    check_tile({MH, MW}, RH, RW, &run_tile<MH, RH, MW, RW>, bound);
}

auto square(int channels, int side, int kernel) -> Geometry {
    Geometry g;
    g.in_channels = g.out_channels = channels;
    g.in_h = g.in_w = g.out_h = g.out_w = side;
    g.kernel_h = g.kernel_w = kernel;
    g.pad_top = g.pad_left = g.pad_bottom = g.pad_right = kernel / 2;
    return g;
}

}  // namespace

TEST_CASE("Winograd's convolution equals the reference for every tile, padding and odd channel counts") {
    check_tile<2, 3, 2, 3>(1e-6);
    check_tile<4, 3, 4, 3>(3e-6);
    check_tile<2, 5, 2, 5>(5e-6);
    check_tile<4, 5, 4, 5>(1e-5);
    check_tile<2, 7, 2, 7>(1e-5);
}

TEST_CASE("Winograd's convolution of one axis equals the reference") {
    check_tile<1, 1, 4, 3>(2e-6);
    check_tile<4, 3, 1, 1>(2e-6);
    check_tile<1, 1, 2, 7>(5e-6);
    check_tile<4, 7, 1, 1>(1e-5);
    check_tile<1, 1, 2, 9>(1e-5);
    check_tile<2, 9, 1, 1>(1e-5);
}

TEST_CASE("an image of many tiles is taken in chunks") {
    const Window window{.kernel_h = 3, .kernel_w = 3, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1};
    const Shape in{1, 96, 61, 63};
    CHECK(kernels::winograd_plan(geometry_of(Operation{.op = Op::convolution, .window = window}, in, windowed(window, in, 64)), {4, 4}).chunks > 1);
    CHECK(relative_error({4, 4}, &run_tile<4, 3, 4, 3>, window, in, 64, true) < 3e-6);
}

TEST_CASE("Winograd is chosen where it saves time and nowhere else") {
    constexpr auto choice = [](const Geometry& g) { return kernels::winograd_tile(g); };
    CHECK(choice(square(64, 56, 3)) == kernels::WinogradTile{4, 4});
    CHECK(choice(square(64, 27, 5)).rows > 0);
    CHECK(choice(square(64, 56, 7)) == kernels::WinogradTile{2, 2});
    CHECK_FALSE(choice(square(64, 56, 1)));
    CHECK_FALSE(choice(square(1, 56, 3)));
    Geometry other = square(64, 56, 3);
    other.stride_h = 2;
    CHECK_FALSE(choice(other));
    other = square(64, 56, 3);
    other.dilation_w = 2;
    CHECK_FALSE(choice(other));
    other = square(64, 56, 3);
    other.groups = 2;
    CHECK_FALSE(choice(other));
    Geometry line = square(128, 17, 7);
    line.kernel_h = 1, line.pad_top = line.pad_bottom = 0;
    CHECK(choice(line).rows == 1);
    CHECK(choice(line).columns > 1);
    line.kernel_w = 9;
    CHECK(choice(line) == kernels::WinogradTile{1, 2});
}

#else
TEST_CASE("the portable build has no kernels over channel blocks") { CHECK(MDL_SIMD == 0); }
#endif
