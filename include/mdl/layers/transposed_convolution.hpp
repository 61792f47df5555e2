// mdl: transposed convolution.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>
#include <mdl/layers/window_rule.hpp>

namespace mdl {

namespace layers {

constexpr auto transposed_convolution_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const Shape& x = in[0];
    const Window& w = op.window;
    if (x.rank != 4) return graph::failed(graph::Problem::wrong_rank, x, Shape{4});
    if (w.kernel_h < 1 || w.kernel_w < 1 || w.stride_h < 1 || w.stride_w < 1 || w.dilation_h < 1 || w.dilation_w < 1 || op.out_channels < 1 || op.groups < 1)
        return graph::failed(graph::Problem::not_positive, x, Shape{w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, op.out_channels, op.groups});
    if (op.dims.rank != 2) op.dims = Shape{0, 0};
    if (w.pad_top < 0 || w.pad_left < 0 || w.pad_bottom < 0 || w.pad_right < 0 || op.dims[0] < 0 || op.dims[1] < 0)
        return graph::failed(graph::Problem::negative_padding, x, Shape{w.pad_top, w.pad_left, w.pad_bottom, w.pad_right});
    if (x.channels() % op.groups != 0 || op.out_channels % op.groups != 0)
        return graph::failed(graph::Problem::groups_do_not_divide, x, Shape{op.out_channels, op.groups});
    const auto spread = [](const WindowAxis& a, int added) { return (a.in - 1) * a.stride + a.extent() - a.pad_begin - a.pad_end + added; };
    const std::int64_t height = spread(rows_of(w, x.height()), op.dims[0]), width = spread(columns_of(w, x.width()), op.dims[1]);
    constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
    if (height > most || width > most) return graph::failed(graph::Problem::too_large, x, Shape{w.kernel_h, w.kernel_w});
    if (height < 1 || width < 1) return graph::failed(graph::Problem::padding_too_large, x, Shape{w.kernel_h, w.kernel_w});
    op.size = static_cast<int>(x.height() * x.width());
    graph::Inference found;
    found.shape = Shape{x.batch(), op.out_channels, static_cast<int>(height), static_cast<int>(width)};
    found.add_weight(graph::Role::weight, Shape{x.channels(), op.out_channels / op.groups, w.kernel_h, w.kernel_w});
    if (op.bias) found.add_weight(graph::Role::bias, Shape{op.out_channels});
    return checked(found);
}

/// From an operation whose window, out_channels, groups, bias and dims are set.
constexpr auto transposed_convolution_description(Operation op) noexcept -> graph::Description {
    op.op = Op::transposed_convolution;
    return {op, &transposed_convolution_shape, 1, 1};
}

}  // namespace layers

/// Each input adds a whole kernel to the output: out(o, y s + ky d - pad, x s + kx d - pad) += in(i,y,x) w(i,o,ky,kx), then bias(o).
/// [1, C, H, W] -> [1, Out, (H - 1) s + extent - pads + added, ...]. Options: Kernel (1x1), Stride, Dilation, Pad (cuts the border away),
/// Groups, OutputPadding, NoBias.  Source: ONNX ConvTranspose-11; Zeiler et al. 2010.
template <int Out, class... Options>
struct ConvTranspose {
    static_assert(layers::Takes<OptionKind::kernel, OptionKind::stride, OptionKind::dilation, OptionKind::pad, OptionKind::groups,
                                OptionKind::output_padding, OptionKind::no_bias>::check<Options...>());
    static_assert(layers::with<Options...>(Operation{}).window.padding == Padding::given,
                  "mdl: a transposed convolution has no Same padding; give Pad with what is cut away");
    static constexpr graph::Description description = [] {
        Operation op;
        op.out_channels = Out;
        op.bias = true;
        return layers::transposed_convolution_description(layers::with<Options...>(op));
    }();
};

}  // namespace mdl
