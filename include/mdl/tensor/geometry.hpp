// mdl: the sizes of a sliding-window operator, as the run-time arguments that kernels share.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/tensor/operation.hpp>
#include <mdl/tensor/shape.hpp>
#include <mdl/tensor/window.hpp>

namespace mdl {

/// Everything a kernel must know about sizes. Sizes are arguments rather than template arguments, so that sixty
/// layers share a few instantiations.
struct Geometry {
    int in_channels = 0, in_h = 1, in_w = 1;
    int out_channels = 0, out_h = 1, out_w = 1;
    int kernel_h = 1, kernel_w = 1;
    int stride_h = 1, stride_w = 1;
    int dilation_h = 1, dilation_w = 1;
    int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
    int groups = 1;
    bool count_padding = false;  ///< average pooling

    constexpr auto operator==(const Geometry&) const noexcept -> bool = default;

    constexpr auto in_pixels() const noexcept -> int { return in_h * in_w; }
    constexpr auto out_pixels() const noexcept -> int { return out_h * out_w; }
    constexpr auto extent_h() const noexcept -> int { return dilation_h * (kernel_h - 1) + 1; }
    constexpr auto extent_w() const noexcept -> int { return dilation_w * (kernel_w - 1) + 1; }
    constexpr auto group_in() const noexcept -> int { return in_channels / groups; }
    constexpr auto group_out() const noexcept -> int { return out_channels / groups; }
    /// Whether some window reaches outside the input.
    constexpr auto reads_border() const noexcept -> bool {
        return pad_top > 0 || pad_left > 0 || (out_h - 1) * stride_h - pad_top + extent_h() > in_h ||
               (out_w - 1) * stride_w - pad_left + extent_w() > in_w;
    }
    /// 1x1, no padding: each output pixel reads one input pixel.
    constexpr auto is_pointwise() const noexcept -> bool { return kernel_h == 1 && kernel_w == 1 && !reads_border(); }
    /// Pointwise, and the pixels of input and output are the same flat sequence: no stride.
    constexpr auto is_flat() const noexcept -> bool { return is_pointwise() && in_h == out_h && in_w == out_w; }
};

/// The geometry of an operator on feature maps [1, C, H, W], or on vectors [1, C] (height and width 1).
constexpr auto geometry_of(const Operation& operation, const Shape& in, const Shape& out) noexcept -> Geometry {
    const Window& window = operation.window;
    Geometry g;
    g.in_channels = in.rank > 1 ? in[1] : static_cast<int>(in.count());
    g.in_h = in.rank > 2 ? in[2] : 1;
    g.in_w = in.rank > 3 ? in[3] : 1;
    g.out_channels = out.rank > 1 ? out[1] : static_cast<int>(out.count());
    g.out_h = out.rank > 2 ? out[2] : 1;
    g.out_w = out.rank > 3 ? out[3] : 1;
    g.kernel_h = window.kernel_h, g.kernel_w = window.kernel_w;
    g.stride_h = window.stride_h, g.stride_w = window.stride_w;
    g.dilation_h = window.dilation_h, g.dilation_w = window.dilation_w;
    g.pad_top = window.pad_top, g.pad_left = window.pad_left;
    g.pad_bottom = window.pad_bottom, g.pad_right = window.pad_right;
    g.groups = operation.groups;
    g.count_padding = window.count_padding;
    return g;
}

}  // namespace mdl
