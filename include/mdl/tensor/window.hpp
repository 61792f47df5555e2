// mdl: the sliding window of convolution and pooling.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace mdl {

/// How a window's padding is given.
enum class Padding : std::uint8_t {
    given,       ///< the four numbers of the window
    same_upper,  ///< output = ceil(input / stride), an odd rest goes to bottom and right (TensorFlow, ONNX SAME_UPPER)
    same_lower,  ///< the same, an odd rest goes to top and left
};

/// out = floor_or_ceil((in + pad_begin + pad_end - dilation * (kernel - 1) - 1) / stride) + 1, for each of rows and columns.
struct Window {
    int kernel_h = 1, kernel_w = 1;
    int stride_h = 1, stride_w = 1;
    int dilation_h = 1, dilation_w = 1;
    int pad_top = 0, pad_left = 0, pad_bottom = 0, pad_right = 0;
    Padding padding = Padding::given;
    bool ceil = false;           ///< round the output size up; a last window that begins in the end padding is left out
    bool count_padding = false;  ///< average pooling divides by the kernel's area, padding included (never by what ceil adds)

    constexpr auto operator==(const Window&) const noexcept -> bool = default;

    /// Rows (columns) that the dilated kernel spans.
    constexpr auto extent_h() const noexcept -> int { return dilation_h * (kernel_h - 1) + 1; }
    constexpr auto extent_w() const noexcept -> int { return dilation_w * (kernel_w - 1) + 1; }
    constexpr auto is_pointwise() const noexcept -> bool { return kernel_h == 1 && kernel_w == 1; }
    constexpr auto is_padded() const noexcept -> bool { return pad_top != 0 || pad_left != 0 || pad_bottom != 0 || pad_right != 0; }
    /// Each output sees the one input at its own place: 1x1, stride 1, no padding.
    constexpr auto is_trivial() const noexcept -> bool { return is_pointwise() && stride_h == 1 && stride_w == 1 && !is_padded(); }
};

/// Output size along one axis, 0 or less where the kernel does not fit.  Source: ONNX Conv-11, MaxPool-12; Caffe and PyTorch
/// both leave out a ceil window that begins beyond the input and its begin padding.
constexpr auto window_output(int in, int extent, int stride, int pad_begin, int pad_end, bool ceil) noexcept -> int {
    const int room = in + pad_begin + pad_end - extent;
    if (room < 0) return 0;
    int out = (ceil ? room + stride - 1 : room) / stride + 1;
    if (ceil && (out - 1) * stride >= in + pad_begin) --out;
    return out;
}

}  // namespace mdl
