// mdl: the output size of a sliding window, with its problems.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/graph/problem.hpp>
#include <mdl/tensor/shape.hpp>
#include <mdl/tensor/window.hpp>

namespace mdl::layers {

/// Turns `Same` padding into four numbers.  Source: ONNX Conv-11, auto_pad.
constexpr void resolve_same(Window& w, int height, int width) noexcept {
    if (w.padding == Padding::given) return;
    const auto split = [lower = w.padding == Padding::same_lower](int in, int extent, int stride, int& begin, int& end) {
        const int out = (in + stride - 1) / stride;
        const int total = (out - 1) * stride + extent - in > 0 ? (out - 1) * stride + extent - in : 0;
        begin = lower ? total - total / 2 : total / 2;
        end = total - begin;
    };
    split(height, w.extent_h(), w.stride_h, w.pad_top, w.pad_bottom);
    split(width, w.extent_w(), w.stride_w, w.pad_left, w.pad_right);
    w.padding = Padding::given;
}

/// The window's problem on an input of this height and width, or none.
constexpr auto window_problem(const Window& w, int height, int width) noexcept -> graph::Problem {
    if (w.kernel_h < 1 || w.kernel_w < 1 || w.stride_h < 1 || w.stride_w < 1 || w.dilation_h < 1 || w.dilation_w < 1 || w.pad_top < 0 ||
        w.pad_left < 0 || w.pad_bottom < 0 || w.pad_right < 0)
        return graph::Problem::not_positive;
    if (w.extent_h() > height + w.pad_top + w.pad_bottom || w.extent_w() > width + w.pad_left + w.pad_right)
        return graph::Problem::kernel_larger_than_input;
    return graph::Problem::none;
}

constexpr auto window_out_h(const Window& w, int height) noexcept -> int {
    return window_output(height, w.extent_h(), w.stride_h, w.pad_top, w.pad_bottom, w.ceil);
}
constexpr auto window_out_w(const Window& w, int width) noexcept -> int {
    return window_output(width, w.extent_w(), w.stride_w, w.pad_left, w.pad_right, w.ceil);
}

}  // namespace mdl::layers
