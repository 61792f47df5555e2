// mdl: what convolution and pooling nodes share: the window's attributes, and 1-D signals as maps of one row.
// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "onnx/call.hpp"

namespace mdl::tool {

/// Reads kernel_shape, strides, dilations, pads, auto_pad. `kernel` is what the weights say, or empty. One spatial axis
/// becomes the columns of a map with one row.
auto read_window(Call& call, int spatial_axes, const std::vector<std::int64_t>& kernel) -> Window;

/// A window over three spatial axes: that over rows and columns, and that over depth as the rows of another map.
struct VolumeWindow {
    Window plane{}, depth{};
};
auto read_volume(Call& call, const std::vector<std::int64_t>& kernel) -> VolumeWindow;

/// Conv and ConvTranspose over three spatial axes.
void convolve_volume(Call& call);
void convolve_volume_transposed(Call& call);

/// Number of spatial axes of input 0: 1 or 2; others are refused.
auto spatial_axes(Call& call) -> int;

/// Input 0 as a feature map of rank 4.
auto as_map(Call& call) -> int;

/// The node's output k, back in the rank that ONNX declares.
void result_from_map(Call& call, int layer, int spatial_axes, int k = 0);

}  // namespace mdl::tool
