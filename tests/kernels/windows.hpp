// mdl: sliding windows and output shapes for the kernels' tests.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/tensor/operation.hpp>

namespace mdl::test {

/// Odd sizes, each axis with its own kernel, stride, dilation and padding.
inline constexpr Window windows[] = {
    {.kernel_h = 1, .kernel_w = 1},
    {.kernel_h = 3, .kernel_w = 3, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1},
    {.kernel_h = 3, .kernel_w = 5, .stride_h = 2, .stride_w = 1, .pad_top = 1, .pad_left = 2, .pad_bottom = 0, .pad_right = 1},
    {.kernel_h = 2, .kernel_w = 3, .stride_h = 1, .stride_w = 2, .dilation_h = 3, .dilation_w = 2, .pad_top = 0, .pad_left = 1,
     .pad_bottom = 2, .pad_right = 0},
    {.kernel_h = 1, .kernel_w = 1, .stride_h = 2, .stride_w = 3},
    {.kernel_h = 7, .kernel_w = 1, .stride_h = 3, .stride_w = 3, .pad_top = 3, .pad_left = 0, .pad_bottom = 3, .pad_right = 0},
    {.kernel_h = 4, .kernel_w = 4, .stride_h = 4, .stride_w = 4, .pad_top = 0, .pad_left = 0, .pad_bottom = 3, .pad_right = 1},
};

/// Output shape of a window over `in` with that many channels.
constexpr auto windowed(const Window& w, const Shape& in, int channels) -> Shape {
    return {in.batch(), channels, window_output(in.height(), w.extent_h(), w.stride_h, w.pad_top, w.pad_bottom, w.ceil),
            window_output(in.width(), w.extent_w(), w.stride_w, w.pad_left, w.pad_right, w.ceil)};
}

}  // namespace mdl::test
