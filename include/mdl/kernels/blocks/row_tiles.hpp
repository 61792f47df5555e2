// mdl: what depthwise convolution and pooling share: tiles of neighbouring pixels along a row.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/tensor/geometry.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// As high as wide, steps of one or two both ways, no dilation: windows whose sizes are worth being constants of the code.
constexpr auto is_square_window(const Geometry& g) noexcept -> bool {
    return g.kernel_h == g.kernel_w && g.stride_h == g.stride_w && g.stride_h <= 2 && g.dilation_h == 1 && g.dilation_w == 1;
}

/// Pixels of a tile: seven divides the widths of most image networks.
constexpr auto row_tile_width(const Geometry& g) noexcept -> int { return g.out_w >= 7 ? 7 : 4; }

/// Does at most half a window lie outside on the left and on the right, as far as tiles look beyond the edges?
constexpr auto edges_fit_tiles(const Geometry& g) noexcept -> bool {
    return g.pad_left <= g.kernel_w / 2 && (g.out_w - 1) * g.stride_w - g.pad_left + g.kernel_w - g.in_w <= g.kernel_w / 2;
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl
