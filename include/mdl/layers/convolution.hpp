// mdl: convolution layers.
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>
#include <mdl/layers/window_rule.hpp>

namespace mdl {

namespace layers {

constexpr auto convolution_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const Shape& x = in[0];
    if (x.rank != 4) return graph::failed(graph::Problem::wrong_rank, x, Shape{4});
    graph::Inference found = slide(op.window, x);
    if (found.problem != graph::Problem::none) return found;
    if (op.depthwise) {
        if (op.multiplier < 1) return graph::failed(graph::Problem::not_positive, x, Shape{op.multiplier});
        if (!fits(Shape{x.channels(), op.multiplier})) return graph::failed(graph::Problem::too_large, x, Shape{op.multiplier});
        op.groups = x.channels();
        op.out_channels = x.channels() * op.multiplier;
    }
    if (op.out_channels < 1 || op.groups < 1) return graph::failed(graph::Problem::not_positive, x, Shape{op.out_channels, op.groups});
    if (x.channels() % op.groups != 0 || op.out_channels % op.groups != 0)
        return graph::failed(graph::Problem::groups_do_not_divide, x, Shape{op.out_channels, op.groups});
    found.shape[1] = op.out_channels;
    found.add_weight(graph::Role::weight, Shape{op.out_channels, x.channels() / op.groups, op.window.kernel_h, op.window.kernel_w});
    if (op.bias) found.add_weight(graph::Role::bias, Shape{op.out_channels});
    return checked(found);
}

/// From an operation whose window, out_channels, groups, bias (or depthwise and multiplier) are set.
constexpr auto convolution_description(Operation op) noexcept -> graph::Description {
    op.op = Op::convolution;
    return {op, &convolution_shape, 1, 1};
}

}  // namespace layers

/// out(o,y,x) = bias(o) + sum over i,ky,kx of in(i, y s - pad + ky d, x s - pad + kx d) w(o,i,ky,kx), zero outside the input;
/// with G groups the inputs of output o are the i of its own group. [1, C, H, W] -> [1, Out, H', W'].
/// Options: Kernel (1x1), Stride, Dilation, Pad, Same, SameLower, Groups, NoBias.  Source: ONNX Conv-11.
template <int Out, class... Options>
struct Conv {
    static_assert(layers::Takes<OptionKind::kernel, OptionKind::stride, OptionKind::dilation, OptionKind::pad, OptionKind::groups,
                                OptionKind::no_bias>::check<Options...>());
    static constexpr graph::Description description = [] {
        Operation op;
        op.out_channels = Out;
        op.bias = true;
        return layers::convolution_description(layers::with<Options...>(op));
    }();
};

/// Every channel by itself: out(c m + j, y, x) = bias + sum over ky,kx of in(c, ...) w(c m + j, 0, ky, kx), m the Multiplier (1).
/// Options: Kernel, Stride, Dilation, Pad, Same, SameLower, Multiplier, NoBias.  Source: Howard et al. 2017, section 3.1.
template <class... Options>
struct DepthwiseConv {
    static_assert(layers::Takes<OptionKind::kernel, OptionKind::stride, OptionKind::dilation, OptionKind::pad, OptionKind::multiplier,
                                OptionKind::no_bias>::check<Options...>());
    static constexpr graph::Description description = [] {
        Operation op;
        op.depthwise = true;
        op.bias = true;
        return layers::convolution_description(layers::with<Options...>(op));
    }();
};

}  // namespace mdl
