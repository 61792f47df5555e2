// mdl: tests of the convolution of tiny networks against the reference.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <mdl/base/config.hpp>

#if MDL_SIMD

#include <kernels/blocks/blocks.hpp>
#include <mdl/kernels/blocks/convolution_tiny.hpp>
#include <mdl/kernels/reference/convolution.hpp>

using namespace mdl;
using namespace mdl::test;

namespace {

constexpr auto operation(int out_channels, int kernel_h, int kernel_w, int stride_h, int stride_w, int dilation_h, int dilation_w) noexcept -> Operation {
    Operation op;
    op.op = Op::convolution;
    op.out_channels = out_channels;
    op.window.kernel_h = kernel_h, op.window.kernel_w = kernel_w;
    op.window.stride_h = stride_h, op.window.stride_w = stride_w;
    op.window.dilation_h = dilation_h, op.window.dilation_w = dilation_w;
    return op;
}
constexpr auto slid(const Operation& op, const Shape& in) noexcept -> Shape {
    const Window& w = op.window;
    return {1, op.out_channels, (in.height() - w.dilation_h * (w.kernel_h - 1) - 1) / w.stride_h + 1, (in.width() - w.dilation_w * (w.kernel_w - 1) - 1) / w.stride_w + 1};
}

/// Apart from Layer, with which it would be compiled once a kernel.
void check_kernel(void (*kernel)(const kernels::EpilogueArgs&, const kernels::Buffers&) noexcept, const Operation& op, const Shape& in, const Shape& out,
                  ActivationKind kind, bool with_residual, bool from_pixels) {
    CAPTURE(in.channels());
    CAPTURE(out.channels());
    CAPTURE(in.width());
    const Geometry g = geometry_of(op, in, out);
    const Activation inner{kind, 0, 0};
    const Floats x = numbers(in, 3), w = numbers(Shape{out.channels(), in.channels(), g.kernel_h, g.kernel_w}, 4);
    const Floats bias = numbers(out.channels(), 5), residual = numbers(out, 6);
    Floats packed(kernels::convolution_tiny_packed_floats(g)), plain = room(out), pixels(x.size());
    kernels::convolution_tiny_pack(g, w.data(), nullptr, bias.data(), packed.data());
    kernels::reference::convolution(op, in, out, x.data(), w.data(), bias.data(), plain.data());
    const auto channels = static_cast<std::size_t>(in.channels()), count = static_cast<std::size_t>(g.in_pixels());
    for (std::size_t i = 0; i < channels; ++i)
        for (std::size_t p = 0; p < count; ++p) pixels[p * channels + i] = x[i * count + p];
    const Floats input = from_pixels ? pixels : blocked(in, x);
    Floats output = with_residual ? blocked(out, residual) : blocked_room(out);  // in place, as the engine has it
    kernel(kernels::epilogue_args(inner), {.input = input.data(), .residual = output.data(), .output = output.data(), .weights = packed.data()});
    // Sums are exact; tanh is within 2 ulp.
    CHECK(largest_difference(unblocked(out, output), finished(plain, inner, with_residual ? residual : Floats{})) <= (kind == ActivationKind::tanh ? 5e-7 : 0.0));
}

/// One convolution; the image is H x W.
template <int In, int Out, int H, int W, int KernelH, int KernelW, int StrideH = 1, int StrideW = 1, int DilationH = 1, int DilationW = 1>
struct Layer {
    static constexpr Operation op = operation(Out, KernelH, KernelW, StrideH, StrideW, DilationH, DilationW);
    static constexpr Shape in{1, In, H, W}, out = slid(op, in);
    static constexpr Geometry g = geometry_of(op, in, out);
    static_assert(kernels::convolution_tiny_takes(g));

    template <ActivationKind Inner, bool Residual, bool Pixels>
    static void check() {
        check_kernel(&kernels::convolution_tiny<kernels::TinyEpilogue<Inner, false, Residual, ActivationKind::none>, g, Pixels>, op, in, out, Inner, Residual, Pixels);
    }
    static void check_both() {
        check<ActivationKind::none, true, false>();
        check<ActivationKind::relu, false, true>();
    }
};

}  // namespace

TEST_CASE("an unrolled convolution equals the reference from blocks and from pixels") {
    Layer<1, 4, 1, 68, 1, 1>::check_both();
    Layer<8, 4, 1, 68, 1, 3, 1, 1, 1, 2>::check_both();
    Layer<3, 5, 5, 14, 2, 2>::check_both();
    Layer<1, 3, 9, 7, 3, 3, 2, 1>::check_both();
    Layer<2, 4, 8, 11, 1, 3, 3, 2>::check_both();
    Layer<2, 2, 9, 7, 2, 3, 1, 1, 3, 2>::check_both();
    Layer<9, 4, 3, 2, 1, 1>::check_both();
    Layer<4, 2 * simd::lanes + 1, 4, 3, 1, 1>::check_both();
    Layer<5, 3, 1, 1, 1, 1>::check_both();
    Layer<3, 5, 5, 7, 2, 2>::check<ActivationKind::tanh, true, false>();
    Layer<3, 5, 5, 7, 2, 2>::check<ActivationKind::none, false, true>();
}

TEST_CASE("padding, groups and large windows are not unrolled") {
    Geometry g = geometry_of(operation(4, 3, 3, 1, 1, 1, 1), Shape{1, 1, 8, 8}, Shape{1, 4, 6, 6});
    CHECK(kernels::convolution_tiny_takes(g));
    Geometry padded = g;
    padded.pad_left = 1;
    CHECK(!kernels::convolution_tiny_takes(padded));
    Geometry deep = g;
    deep.in_channels = 64;
    CHECK(!kernels::convolution_tiny_takes(deep));
    Geometry grouped = g;
    grouped.in_channels = 2, grouped.groups = 2;
    CHECK(!kernels::convolution_tiny_takes(grouped));
}

#else
TEST_CASE("the portable build has no unrolled convolution") { CHECK(MDL_SIMD == 0); }
#endif
