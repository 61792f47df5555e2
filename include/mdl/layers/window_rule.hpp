// mdl: the output size of a sliding window, with its problems.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>

#include <mdl/graph/node.hpp>
#include <mdl/tensor/shape.hpp>
#include <mdl/tensor/window.hpp>

namespace mdl::layers {

/// One axis of a window. 64 bits: a wrong size must become a sentence, never an overflow inside the compiler.
struct WindowAxis {
    std::int64_t in = 0, kernel = 1, stride = 1, dilation = 1, pad_begin = 0, pad_end = 0;

    constexpr auto extent() const noexcept -> std::int64_t { return dilation * (kernel - 1) + 1; }
    constexpr auto padded() const noexcept -> std::int64_t { return in + pad_begin + pad_end; }
    constexpr auto fits() const noexcept -> bool { return padded() + stride + extent() <= std::numeric_limits<std::int32_t>::max(); }
};

constexpr auto rows_of(const Window& w, int height) noexcept -> WindowAxis {
    return {height, w.kernel_h, w.stride_h, w.dilation_h, w.pad_top, w.pad_bottom};
}
constexpr auto columns_of(const Window& w, int width) noexcept -> WindowAxis {
    return {width, w.kernel_w, w.stride_w, w.dilation_w, w.pad_left, w.pad_right};
}

/// Turns `Same` padding into four numbers: out = ceil(in / stride).  Source: ONNX Conv-11, auto_pad.
constexpr void resolve_same(Window& w, int height, int width) noexcept {
    if (w.padding == Padding::given) return;
    const auto split = [lower = w.padding == Padding::same_lower](const WindowAxis& a, int& begin, int& end) {
        const std::int64_t out = (a.in + a.stride - 1) / a.stride;
        const std::int64_t missing = (out - 1) * a.stride + a.extent() - a.in;
        const int total = missing > 0 ? static_cast<int>(missing) : 0;
        begin = lower ? total - total / 2 : total / 2;
        end = total - begin;
    };
    split(rows_of(w, height), w.pad_top, w.pad_bottom);
    split(columns_of(w, width), w.pad_left, w.pad_right);
    w.padding = Padding::given;
}

/// Makes `Same` padding explicit and writes the output's height and width into `found.shape`, [n, c, h, w] of the input; or the
/// problem: not_positive and negative_padding with the six or four numbers, kernel_larger_than_input, too_large.
constexpr auto slide(Window& w, const Shape& x) noexcept -> graph::Inference {
    if (w.kernel_h < 1 || w.kernel_w < 1 || w.stride_h < 1 || w.stride_w < 1 || w.dilation_h < 1 || w.dilation_w < 1)
        return graph::failed(graph::Problem::not_positive, x,
                             Shape{w.kernel_h, w.kernel_w, w.stride_h, w.stride_w, w.dilation_h, w.dilation_w});
    if (w.pad_top < 0 || w.pad_left < 0 || w.pad_bottom < 0 || w.pad_right < 0)
        return graph::failed(graph::Problem::negative_padding, x, Shape{w.pad_top, w.pad_left, w.pad_bottom, w.pad_right});
    const Shape kernel{w.kernel_h, w.kernel_w};
    if (w.padding != Padding::given) {
        if (!rows_of(w, x.height()).fits() || !columns_of(w, x.width()).fits()) return graph::failed(graph::Problem::too_large, x, kernel);
        resolve_same(w, x.height(), x.width());
    }
    const WindowAxis rows = rows_of(w, x.height()), columns = columns_of(w, x.width());
    if (rows.extent() > rows.padded() || columns.extent() > columns.padded())
        return graph::failed(graph::Problem::kernel_larger_than_input, x, kernel);
    if (!rows.fits() || !columns.fits()) return graph::failed(graph::Problem::too_large, x, kernel);
    graph::Inference found;
    found.shape = x;
    found.shape[2] = window_output(x.height(), w.extent_h(), w.stride_h, w.pad_top, w.pad_bottom, w.ceil);
    found.shape[3] = window_output(x.width(), w.extent_w(), w.stride_w, w.pad_left, w.pad_right, w.ceil);
    return found;
}

/// Whether some window holds nothing but padding, so that it has no maximum and no mean.
constexpr auto sees_only_padding(const WindowAxis& a, int out) noexcept -> bool {
    if (a.pad_begin >= a.extent() || a.pad_end >= a.extent()) return true;
    if (a.dilation <= a.in) return false;  // two neighbouring samples cannot step over the input
    for (int i = 0; i < out; ++i) {
        const std::int64_t start = i * a.stride - a.pad_begin;
        const std::int64_t first_inside = start >= 0 ? start : start + (a.dilation - 1 - start) / a.dilation * a.dilation;
        if (first_inside >= a.in || first_inside > start + a.extent() - 1) return true;
    }
    return false;
}

}  // namespace mdl::layers
