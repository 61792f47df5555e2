// mdl: tests of the dense convolutions over channel blocks against the reference.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <kernels/blocks/blocks.hpp>
#include <algorithm>
#include <utility>

#include <mdl/kernels/blocks/convolution_image.hpp>
#include <mdl/kernels/blocks/convolution_pointwise.hpp>
#include <mdl/kernels/blocks/convolution_strip.hpp>
#include <mdl/kernels/reference/convolution.hpp>
#include <mdl/kernels/reference/image.hpp>

using namespace mdl;
using namespace mdl::test;

namespace {

struct Case {
    Operation op;
    Shape in, out;
    Geometry g;
    Floats x, w, bias, residual;

    Case(const Window& window, Shape in_shape, int out_channels) : in(in_shape), out(windowed(window, in_shape, out_channels)) {
        op.op = Op::convolution;
        op.window = window;
        op.out_channels = out_channels;
        g = geometry_of(op, in, out);
        x = numbers(in, 3);
        w = numbers(Shape{out_channels, in.channels(), window.kernel_h, window.kernel_w}, 5);
        bias = numbers(out_channels, 7);
        residual = numbers(out, 9);
    }
    auto expected(const Floats& input) const -> Floats {
        Floats y = room(out);
        kernels::reference::convolution(op, in, out, input.data(), w.data(), bias.data(), y.data());
        return y;
    }
};

// Numbers of the tests are multiples of 1/8, so sums of products below 2^17 are exact and the order of summation cannot matter.
auto strip_error(const Case& c, bool with_residual, const Workers& parallel) -> double {
    Floats packed(kernels::convolution_strip_packed_floats(c.g));
    kernels::convolution_strip_pack(c.g, c.w.data(), nullptr, c.bias.data(), packed.data());
    const Floats input = blocked(c.in, c.x), residual = blocked(c.out, c.residual);
    Floats output = blocked_room(c.out);
    Scratch scratch(kernels::convolution_strip_scratch_bytes(c.g, parallel.workers));
    kernels::Buffers buffers{.input = input.data(), .output = output.data(), .weights = packed.data(), .scratch = scratch.data()};
    if (with_residual) buffers.residual = residual.data();
    const Activation inner{ActivationKind::clip, -20, 30};
    kernels::convolution_strip(c.g, kernels::epilogue_args(inner, relu), buffers, parallel);
    return largest_difference(unblocked(c.out, output), finished(c.expected(c.x), inner, with_residual ? c.residual : Floats{}, Binary::add, relu));
}

// With or without what is applied on the way in.
auto pointwise_error(const Case& c, bool prologue, const Workers& parallel) -> double {
    const int channels = c.in.channels();
    const Floats scale = numbers(channels, 71), shift = numbers(channels, 72), input = blocked(c.in, c.x), a = padded(scale), b = padded(shift);
    Floats before = c.x;
    for (std::size_t i = 0; prologue && i < before.size(); ++i) {
        const std::size_t channel = i / static_cast<std::size_t>(c.g.in_pixels());
        before[i] = std::max(before[i] * scale[channel] + shift[channel], 0.0f);
    }
    Floats packed(kernels::convolution_pointwise_packed_floats(c.g));
    kernels::convolution_pointwise_pack(c.g, c.w.data(), nullptr, c.bias.data(), packed.data());
    Floats output = blocked_room(c.out);
    Scratch scratch(kernels::convolution_pointwise_scratch_bytes(c.g, parallel.workers, prologue));
    const kernels::Buffers buffers{.input = input.data(), .output = output.data(), .weights = packed.data(), .scratch = scratch.data(),
                                   .prologue_scale = prologue ? a.data() : nullptr, .prologue_shift = prologue ? b.data() : nullptr};
    const Activation inner{ActivationKind::clip, -20, 30};
    kernels::convolution_pointwise(c.g, kernels::epilogue_args(inner, {}, relu), buffers, parallel);
    return largest_difference(unblocked(c.out, output), finished(c.expected(before), inner));
}

}  // namespace

TEST_CASE("a strip convolution equals the reference for every window and odd channel counts") {
    for (const Window& window : windows)
        for (const auto& [in_channels, out_channels] : {std::pair{1, 1}, {3, 17}, {16, 8}, {21, 35}, {8, 48}}) {
            CAPTURE(window.kernel_h);
            CAPTURE(window.kernel_w);
            const Case c(window, Shape{1, in_channels, 13, 17}, out_channels);
            CAPTURE(c.g.in_channels);
            CHECK(strip_error(c, false, one_worker) == 0.0);
            CHECK(strip_error(c, true, one_worker) == 0.0);
            CHECK(strip_error(c, true, three_workers) == 0.0);
        }
}

TEST_CASE("a strip convolution takes several strips where the input is larger than the cache") {
    const Case c(windows[1], Shape{1, 32, 24, 81}, 100);
    CHECK(kernels::detail::strip_plan(c.g, 1).strips > 1);
    CHECK(strip_error(c, true, one_worker) == 0.0);
}

TEST_CASE("a kernel larger than the unpadded input sees zeros around it") {
    const Window window{.kernel_h = 5, .kernel_w = 5, .pad_top = 2, .pad_left = 2, .pad_bottom = 2, .pad_right = 2};
    const Case c(window, Shape{1, 5, 2, 1}, 3);
    CHECK(strip_error(c, false, one_worker) == 0.0);
}

TEST_CASE("a prologue acts on the input but not on its padding") {
    const Case c(windows[1], Shape{1, 11, 9, 7}, 13);
    const Floats scale = numbers(11, 21), shift = numbers(11, 22);
    const Activation inner_relu = relu;
    Floats before = c.x;
    for (std::size_t i = 0; i < before.size(); ++i) {
        const std::size_t channel = i / 63;
        before[i] = before[i] * scale[channel] + shift[channel];
        before[i] = before[i] > 0 ? before[i] : 0;
    }
    Floats packed(kernels::convolution_strip_packed_floats(c.g));
    kernels::convolution_strip_pack(c.g, c.w.data(), nullptr, c.bias.data(), packed.data());
    const Floats input = blocked(c.in, c.x), a = padded(scale), b = padded(shift);
    Floats output = blocked_room(c.out);
    Scratch scratch(kernels::convolution_strip_scratch_bytes(c.g, 1, true));
    const kernels::Buffers buffers{.input = input.data(), .output = output.data(), .weights = packed.data(), .scratch = scratch.data(),
                                   .prologue_scale = a.data(), .prologue_shift = b.data()};
    kernels::convolution_strip(c.g, kernels::epilogue_args({}, {}, inner_relu), buffers, one_worker);
    CHECK(largest_difference(unblocked(c.out, output), c.expected(before)) == 0.0);

    const Case p(windows[0], Shape{1, 11, 9, 7}, 13);
    Floats packed_p(kernels::convolution_pointwise_packed_floats(p.g));
    kernels::convolution_pointwise_pack(p.g, p.w.data(), nullptr, p.bias.data(), packed_p.data());
    Floats output_p = blocked_room(p.out);
    Scratch scratch_p(kernels::convolution_pointwise_scratch_bytes(p.g, 3, true));
    const kernels::Buffers buffers_p{.input = input.data(), .output = output_p.data(), .weights = packed_p.data(), .scratch = scratch_p.data(),
                                     .prologue_scale = a.data(), .prologue_shift = b.data()};
    kernels::convolution_pointwise(p.g, kernels::epilogue_args({}, {}, inner_relu), buffers_p, three_workers);
    CHECK(largest_difference(unblocked(p.out, output_p), p.expected(before)) == 0.0);
}

TEST_CASE("a pointwise convolution that steps over pixels equals the reference, with and without what is applied on the way in") {
    for (const int stride_h : {1, 2, 3})
        for (const int stride_w : {1, 2, 3})
            for (const int width : {1, 2, 9, 30}) {
                const Case c({.stride_h = stride_h, .stride_w = stride_w}, Shape{1, 11, 12, width}, 21);
                REQUIRE(c.g.is_pointwise());
                CAPTURE(stride_h);
                CAPTURE(stride_w);
                CAPTURE(width);
                CHECK(pointwise_error(c, false, one_worker) == 0.0);
                CHECK(pointwise_error(c, false, three_workers) == 0.0);
                CHECK(pointwise_error(c, true, one_worker) == 0.0);
                CHECK(pointwise_error(c, true, three_workers) == 0.0);
            }
}

TEST_CASE("a pointwise convolution of a padded input equals the reference, with and without what is applied on the way in") {
    for (const int stride : {1, 2, 3})
        for (const int width : {1, 4, 13})
            for (const int top : {0, 1, 4}) {
                const Case c({.stride_h = stride, .pad_top = top, .pad_left = 1, .pad_bottom = 2, .pad_right = top}, Shape{1, 11, 9, width}, 21);
                REQUIRE(kernels::convolution_pointwise_takes(c.g, false));
                CHECK(!kernels::convolution_pointwise_takes(c.g, true));
                CAPTURE(stride);
                CAPTURE(width);
                CAPTURE(top);
                CHECK(pointwise_error(c, false, one_worker) == 0.0);
                CHECK(pointwise_error(c, true, three_workers) == 0.0);
            }
}

TEST_CASE("a pointwise convolution that reads nothing but padding is another kernel's") {
    Geometry g;
    g.in_channels = g.out_channels = 8;
    g.stride_h = 3, g.pad_top = g.pad_bottom = 1;
    CHECK(!kernels::convolution_pointwise_takes(g, false));
}

TEST_CASE("a pointwise convolution equals the reference for every count of pixels") {
    for (int width = 1; width <= 61; width += width < 20 ? 1 : 13)
        for (const int out_channels : {1, 16, 37}) {
            CAPTURE(width);
            const Case c(windows[0], Shape{1, width == 7 ? 130 : 19, 1, width}, out_channels);
            Floats packed(kernels::convolution_pointwise_packed_floats(c.g));
            const Floats scale = numbers(out_channels, 31);
            kernels::convolution_pointwise_pack(c.g, c.w.data(), scale.data(), c.bias.data(), packed.data());
            const Floats input = blocked(c.in, c.x);
            Case scaled = c;
            for (std::size_t i = 0; i < scaled.w.size(); ++i) scaled.w[i] *= scale[i / static_cast<std::size_t>(c.in.channels())];
            const auto run = [&](const Workers& parallel) {
                Floats output = blocked(c.out, c.residual);
                Scratch scratch(kernels::convolution_pointwise_scratch_bytes(c.g, parallel.workers));
                const kernels::Buffers buffers{.input = input.data(), .residual = output.data(), .output = output.data(),
                                               .weights = packed.data(), .scratch = scratch.data()};
                kernels::convolution_pointwise(c.g, kernels::epilogue_args(relu), buffers, parallel);
                return largest_difference(unblocked(c.out, output), finished(scaled.expected(c.x), relu, c.residual));
            };
            CHECK(run(one_worker) == 0.0);
            CHECK(run(three_workers) == 0.0);
        }
}

TEST_CASE("activations and combinations of a convolution's epilogue equal the reference") {
    const Case c(windows[0], Shape{1, 5, 3, 5}, 11);
    Floats packed(kernels::convolution_pointwise_packed_floats(c.g));
    kernels::convolution_pointwise_pack(c.g, c.w.data(), nullptr, nullptr, packed.data());
    Case no_bias = c;
    no_bias.bias.assign(no_bias.bias.size(), 0.0f);
    const Floats input = blocked(c.in, c.x), residual = blocked(c.out, c.residual);
    const auto check = [&]<class E>(E, const Activation& inner, Binary binary, const Activation& outer) {
        Floats output = blocked_room(c.out);
        Scratch scratch(kernels::convolution_pointwise_scratch_bytes(c.g, 1));
        const kernels::Buffers buffers{.input = input.data(), .residual = residual.data(), .output = output.data(), .weights = packed.data(),
                                       .scratch = scratch.data()};
        kernels::convolution_pointwise<E>(c.g, kernels::epilogue_args(inner, outer), buffers, one_worker);
        CHECK(largest_difference(unblocked(c.out, output), finished(no_bias.expected(c.x), inner, c.residual, binary, outer)) < 1e-5);
    };
    using K = ActivationKind;
    check(kernels::Epilogue<K::sigmoid, Binary::multiply>{}, {K::sigmoid, 0, 0}, Binary::multiply, {});
    check(kernels::Epilogue<K::leaky_relu, Binary::add, K::elu>{}, {K::leaky_relu, 0.1f, 0}, Binary::add, {K::elu, 0.7f, 0});
}

TEST_CASE("a parametric relu in the epilogue takes each channel's slope") {
    const Case c(windows[1], Shape{1, 5, 6, 5}, 11);
    const Floats slope = numbers(11, 41), slopes = padded(slope);
    Floats packed(kernels::convolution_strip_packed_floats(c.g));
    kernels::convolution_strip_pack(c.g, c.w.data(), nullptr, c.bias.data(), packed.data());
    const Floats input = blocked(c.in, c.x);
    Floats output = blocked_room(c.out), expected = c.expected(c.x);
    Scratch scratch(kernels::convolution_strip_scratch_bytes(c.g, 1));
    const kernels::Buffers buffers{.input = input.data(), .output = output.data(), .weights = packed.data(), .scratch = scratch.data(), .slope = slopes.data()};
    kernels::convolution_strip<kernels::Epilogue<ActivationKind::leaky_relu>>(c.g, {}, buffers, one_worker);
    kernels::reference::prelu(c.out, expected.data(), slope.data(), expected.data());
    CHECK(largest_difference(unblocked(c.out, output), expected) == 0.0);
}

TEST_CASE("an image convolution equals import and reference for every format") {
    for (const Window& window : windows)
        for (const bool bytes : {false, true})
            for (const PixelLayout layout : {PixelLayout::hwc, PixelLayout::chw})
                for (const int channels : {1, 3, 4, 5, 103}) {  // 103: rgba memory, three channels
                    const bool rgba = channels == 103;
                    if (rgba && layout == PixelLayout::chw) continue;
                    const int count = rgba ? 3 : channels;
                    const Case c(window, Shape{1, count, 14, 19}, 11);
                    ImageFormat format;
                    format.element = bytes ? Element::u8 : Element::f32;
                    format.layout = layout;
                    format.order = rgba ? PixelOrder::rgba : PixelOrder::any;
                    format.swap_red_blue = count == 3 && layout == PixelLayout::hwc;
                    format.mean_count = count <= 4 ? count : 1, format.scale_count = channels == 4 ? 0 : 1;
                    for (int i = 0; i < 4; ++i) format.mean[i] = static_cast<float>(3 - i) / 2, format.scale[i] = 0.25f * static_cast<float>(i + 1);
                    const int memory_channels = rgba ? 4 : count;
                    const Floats values = numbers(14 * 19 * memory_channels, 51);
                    std::vector<std::uint8_t> octets;
                    for (const float v : values) octets.push_back(static_cast<std::uint8_t>(v * 8 + 20));
                    const void* image = bytes ? static_cast<const void*>(octets.data()) : values.data();
                    Floats imported = room(c.in);
                    kernels::reference::import_image(format, c.in, image, imported.data());

                    Floats packed(kernels::convolution_image_packed_floats(c.g));
                    kernels::convolution_image_pack(c.g, format, c.w.data(), nullptr, c.bias.data(), packed.data());
                    const auto run = [&](const Workers& parallel) {
                        Floats output = blocked_room(c.out);
                        Scratch scratch(kernels::convolution_image_scratch_bytes(c.g, format, parallel.workers));
                        const kernels::Buffers buffers{.output = output.data(), .weights = packed.data(), .scratch = scratch.data()};
                        if (bytes)
                            kernels::convolution_image(c.g, format, kernels::epilogue_args(relu), octets.data(), buffers, parallel);
                        else
                            kernels::convolution_image(c.g, format, kernels::epilogue_args(relu), values.data(), buffers, parallel);
                        return largest_difference(unblocked(c.out, output), finished(c.expected(imported), relu));
                    };
                    CAPTURE(channels);
                    CAPTURE(bytes);
                    CAPTURE(window.kernel_h);
                    CHECK(run(one_worker) == 0.0);
                    CHECK(run(three_workers) == 0.0);
                }
}

TEST_CASE("a 1x1 convolution sums channels from where they lie") {
    if (!kernels::convolution_pointwise_takes_taps(false)) return;
    constexpr int c = simd::lanes, sources = 3 * c + 5;
    for (const auto& size : {std::pair{1, 1}, {3, 5}, {7, 7}, {13, 11}})
        for (const int out_channels : {1, c, 2 * c + 3, 5 * c}) {
            CAPTURE(size.first);
            CAPTURE(out_channels);
            const Shape whole{1, sources, size.first, size.second};
            const Floats all = numbers(whole, 3), blocks = blocked(whole, all);
            const int pixels = size.first * size.second;
            // Two whole blocks, the later one first, then single channels of the others.
            std::vector<int> taken;
            for (const int block : {2, 0})
                for (int lane = 0; lane < c; ++lane) taken.push_back(block * c + lane);
            for (const int channel : {sources - 1, c + 1, 3 * c}) taken.push_back(channel);
            const auto offset = [&](int channel) { return channel / c * c * pixels + channel % c; };
            const std::vector<int> offsets{offset(2 * c), offset(0), offset(sources - 1), offset(c + 1), offset(3 * c)};
            // The convolution's own channels come in another order.
            const int count = static_cast<int>(taken.size());
            std::vector<std::int16_t> order(taken.size());
            for (int k = 0; k < count; ++k) order[static_cast<std::size_t>(k)] = static_cast<std::int16_t>((k * 3 + 1) % count);
            Case one(Window{}, {1, count, size.first, size.second}, out_channels);
            for (int k = 0; k < count; ++k)
                for (int p = 0; p < pixels; ++p)
                    one.x[static_cast<std::size_t>(order[static_cast<std::size_t>(k)] * pixels + p)] = all[static_cast<std::size_t>(taken[static_cast<std::size_t>(k)] * pixels + p)];
            Floats packed(kernels::convolution_pointwise_packed_floats(one.g));
            kernels::convolution_pointwise_pack_ordered(one.g, one.w.data(), nullptr, one.bias.data(), order.data(), packed.data());
            for (const auto workers : {1, 3}) {
                Floats output = blocked_room(one.out);
                Scratch scratch(kernels::convolution_pointwise_scratch_bytes(one.g, 3));
                const kernels::Taps taps{offsets.data(), 2, 3, 1, 0};
                const kernels::Buffers buffers{.input = blocks.data(), .output = output.data(), .weights = packed.data(), .scratch = scratch.data(), .taps = &taps};
                if (workers == 1) kernels::convolution_pointwise(one.g, kernels::epilogue_args(relu), buffers, one_worker);
                else kernels::convolution_pointwise(one.g, kernels::epilogue_args(relu), buffers, three_workers);
                CHECK(largest_difference(unblocked(one.out, output), finished(one.expected(one.x), relu, Floats{}, Binary::add, Activation{})) == 0);
            }
        }
}

#else
TEST_CASE("the portable build has no kernels over channel blocks") { CHECK(MDL_SIMD == 0); }
#endif
