// mdl: convolution for any CPU: Eigen's fixed-size arrays over gathered panels, and along rows for depthwise.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <Eigen/Core>

#include <mdl/base/config.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::portable {

namespace detail {

// Eigen's own matrix product packs both sides into memory that it allocates where they are large, so here the packing is
// ours, into the caller's scratch, and Eigen serves as the vector type. A tile is 4 filters x 2 vectors of pixels: 8
// accumulators, which with the 2 loaded vectors and a broadcast fit into 16 registers.
inline constexpr int tile_filters = 4;
inline constexpr int tile_pixels = EIGEN_MAX_STATIC_ALIGN_BYTES >= 16 ? 2 * EIGEN_MAX_STATIC_ALIGN_BYTES / 4 : 8;
// Products per panel and pass: 256 x tile_pixels floats are at most 32 KB, a first-level cache.
inline constexpr int panel_depth = 256;
// Panels gathered at a time, so that each weight read serves 8 tiles.
inline constexpr int panels_at_once = 8;

using Pixels = Eigen::Array<float, tile_pixels, 1>;
using PixelsMap = Eigen::Map<Pixels>;
using ConstPixelsMap = Eigen::Map<const Pixels>;

constexpr auto smaller(std::int64_t a, std::int64_t b) noexcept -> std::int64_t { return a < b ? a : b; }

/// What one call of the product sees: `filters` rows of weights and of y (at most tile_filters).
struct Tile {
    const float* weights;
    std::int64_t weight_stride;
    int filters;
    float* y;
    std::int64_t y_stride;
};

/// y(f,p) = start(f) + sum over k of weights(f,k) * panel(k,p); `start` null: continues from what y holds.
inline void multiply_panel(const Tile& tile, const float* panel, int depth, const float* start) noexcept {
    // Missing filters repeat the last one and are not stored.
    const auto row = [&](int f) -> std::int64_t { return f < tile.filters ? f : tile.filters - 1; };
    const float *w0 = tile.weights, *w1 = w0 + row(1) * tile.weight_stride, *w2 = w0 + row(2) * tile.weight_stride,
                *w3 = w0 + row(3) * tile.weight_stride;
    float *y0 = tile.y, *y1 = y0 + row(1) * tile.y_stride, *y2 = y0 + row(2) * tile.y_stride, *y3 = y0 + row(3) * tile.y_stride;
    Pixels s0, s1, s2, s3;  // named one by one: an array of them would live in memory
    if (start != nullptr) {
        s0.setConstant(start[0]), s1.setConstant(start[row(1)]), s2.setConstant(start[row(2)]), s3.setConstant(start[row(3)]);
    } else {
        s0 = ConstPixelsMap(y0), s1 = ConstPixelsMap(y1), s2 = ConstPixelsMap(y2), s3 = ConstPixelsMap(y3);
    }
    for (int k = 0; k < depth; ++k) {
        const ConstPixelsMap x(panel + std::int64_t{k} * tile_pixels);
        s0 += w0[k] * x;
        s1 += w1[k] * x;
        s2 += w2[k] * x;
        s3 += w3[k] * x;
    }
    PixelsMap(y0, tile_pixels) = s0;
    if (tile.filters > 1) PixelsMap(y1, tile_pixels) = s1;
    if (tile.filters > 2) PixelsMap(y2, tile_pixels) = s2;
    if (tile.filters > 3) PixelsMap(y3, tile_pixels) = s3;
}

/// The same where only the first `pixels` columns exist in y.
inline void multiply_last_panel(const Tile& tile, const float* panel, int depth, const float* start, int pixels) noexcept {
    float whole[tile_filters * tile_pixels]{};
    for (int f = 0; f < tile.filters; ++f)
        for (int p = 0; p < pixels; ++p) whole[f * tile_pixels + p] = tile.y[f * tile.y_stride + p];
    multiply_panel({tile.weights, tile.weight_stride, tile.filters, whole, tile_pixels}, panel, depth, start);
    for (int f = 0; f < tile.filters; ++f)
        for (int p = 0; p < pixels; ++p) tile.y[f * tile.y_stride + p] = whole[f * tile_pixels + p];
}

/// Products first_k to first_k + depth - 1 (input channel, kernel row, kernel column) of `pixels` output pixels, as panels
/// [ceil(pixels / tile_pixels)][depth][tile_pixels]; 0 outside of the input and in the last panel's missing pixels.
inline void gather_panels(const Window& window, const Shape& in, int out_width, const float* x, std::int64_t first_k, int depth,
                          std::int64_t first_pixel, int pixels, float* panels) noexcept {
    const int height = in.height(), width = in.width();
    const int area = window.kernel_h * window.kernel_w;
    const int padded = (pixels + tile_pixels - 1) / tile_pixels * tile_pixels;
    for (int k = 0; k < depth; ++k) {
        const int tap = static_cast<int>((first_k + k) % area);
        const float* plane = x + (first_k + k) / area * (std::int64_t{height} * width);
        const int shift_r = tap / window.kernel_w * window.dilation_h - window.pad_top;
        const int shift_c = tap % window.kernel_w * window.dilation_w - window.pad_left;
        const auto cell = [=](int p) -> float& {
            return panels[(std::int64_t{p / tile_pixels} * depth + k) * tile_pixels + p % tile_pixels];
        };
        int row = static_cast<int>(first_pixel / out_width), column = static_cast<int>(first_pixel % out_width);
        for (int p = 0; p < pixels; ++row, column = 0) {
            const int r = row * window.stride_h + shift_r;
            const int end = static_cast<int>(smaller(pixels, std::int64_t{p} + out_width - column));
            for (; p < end; ++p, ++column) {
                const int c = column * window.stride_w + shift_c;
                const bool inside = r >= 0 && r < height && c >= 0 && c < width;
                cell(p) = inside ? plane[std::int64_t{r} * width + c] : 0.0f;
            }
        }
        for (int p = pixels; p < padded; ++p) cell(p) = 0.0f;
    }
}

/// One group of one image: y[filters, pixels] = weights[filters, depth] * gathered[depth, pixels] + bias.
inline void convolve_group(const Window& window, const Shape& in, const Shape& out, int group_in, int group_out, const float* x,
                           const float* w, const float* bias, float* y, float* scratch) noexcept {
    const std::int64_t plane = std::int64_t{out.height()} * out.width();
    const std::int64_t products = std::int64_t{group_in} * window.kernel_h * window.kernel_w;
    static constexpr float zeros[tile_filters]{};
    for (std::int64_t first_pixel = 0; first_pixel < plane; first_pixel += panels_at_once * tile_pixels) {
        const int pixels = static_cast<int>(smaller(panels_at_once * tile_pixels, plane - first_pixel));
        for (std::int64_t first_k = 0; first_k < products; first_k += panel_depth) {
            const int depth = static_cast<int>(smaller(panel_depth, products - first_k));
            gather_panels(window, in, out.width(), x, first_k, depth, first_pixel, pixels, scratch);
            for (int f = 0; f < group_out; f += tile_filters) {
                const float* start = first_k > 0 ? nullptr : bias != nullptr ? bias + f : zeros;
                Tile tile{w + f * products + first_k, products, static_cast<int>(smaller(tile_filters, group_out - f)),
                          y + f * plane + first_pixel, plane};
                for (int p = 0; p < pixels; p += tile_pixels, tile.y += tile_pixels) {
                    const float* panel = scratch + std::int64_t{p} * depth;
                    if (pixels - p >= tile_pixels)
                        multiply_panel(tile, panel, depth, start);
                    else
                        multiply_last_panel(tile, panel, depth, start, pixels - p);
                }
            }
        }
    }
}

/// y += weight * x(first + i * stride) over a row of `count` values.
inline void add_scaled_row(float weight, const float* x, int stride, int count, float* y) noexcept {
    Eigen::Map<Eigen::ArrayXf> sums(y, count);
    if (stride == 1)
        sums += weight * Eigen::Map<const Eigen::ArrayXf>(x, count);
    else
        sums += weight * Eigen::Map<const Eigen::ArrayXf, 0, Eigen::InnerStride<>>(x, count, Eigen::InnerStride<>(stride));
}

/// One output channel that reads one input channel: tap by tap along the rows.
inline void convolve_plane(const Window& window, const Shape& in, const Shape& out, const float* x, const float* w, float bias,
                           float* y) noexcept {
    for (int row = 0; row < out.height(); ++row, y += out.width()) {
        Eigen::Map<Eigen::ArrayXf>(y, out.width()).setConstant(bias);
        for (int kr = 0; kr < window.kernel_h; ++kr) {
            const int r = row * window.stride_h + kr * window.dilation_h - window.pad_top;
            if (r < 0 || r >= in.height()) continue;
            for (int kc = 0; kc < window.kernel_w; ++kc) {
                // Columns begin to end-1 of the output read columns c >= 0 and c < width of the input.
                const int shift = kc * window.dilation_w - window.pad_left;
                const int begin = shift >= 0 ? 0 : (-shift + window.stride_w - 1) / window.stride_w;
                const int room = in.width() - shift;
                const int end = room <= 0 ? 0 : static_cast<int>(smaller(out.width(), (room - 1) / window.stride_w + 1));
                if (begin >= end) continue;
                const float* from = x + std::int64_t{r} * in.width() + begin * window.stride_w + shift;
                add_scaled_row(w[kr * window.kernel_w + kc], from, window.stride_w, end - begin, y + begin);
            }
        }
    }
}

}  // namespace detail

/// Bytes of scratch that `convolution` needs for these sizes; none where each filter reads one channel.
constexpr auto convolution_scratch_bytes(const Operation& op, const Shape& in, const Shape& out) noexcept -> std::size_t {
    const int group_in = in.channels() / op.groups;
    if (group_in == 1) return 0;
    const std::int64_t products = std::int64_t{group_in} * op.window.kernel_h * op.window.kernel_w;
    const std::int64_t pixels = std::int64_t{out.height()} * out.width();
    const std::int64_t panels = (pixels + detail::tile_pixels - 1) / detail::tile_pixels;
    const std::int64_t floats = detail::smaller(products, detail::panel_depth) *
                                detail::smaller(panels, detail::panels_at_once) * detail::tile_pixels;
    return static_cast<std::size_t>(floats) * sizeof(float);
}

/// The convolution of kernels/reference/convolution.hpp with the same arguments and row-major tensors, sums in float;
/// `scratch` has convolution_scratch_bytes. Allocates nothing.
inline void convolution(const Operation& op, const Shape& in, const Shape& out, const float* x, const float* w, const float* bias,
                        float* y, float* scratch) noexcept {
    const int group_in = in.channels() / op.groups, group_out = out.channels() / op.groups;
    const std::int64_t in_plane = std::int64_t{in.height()} * in.width(), out_plane = std::int64_t{out.height()} * out.width();
    const std::int64_t filter = std::int64_t{group_in} * op.window.kernel_h * op.window.kernel_w;
    for (int n = 0; n < out.batch(); ++n)
        for (int g = 0; g < op.groups; ++g) {
            const float* x_group = x + (std::int64_t{n} * in.channels() + g * group_in) * in_plane;
            float* y_group = y + (std::int64_t{n} * out.channels() + g * group_out) * out_plane;
            const float* w_group = w + g * group_out * filter;
            const float* bias_group = bias != nullptr ? bias + g * group_out : nullptr;
            if (group_in == 1)
                for (int o = 0; o < group_out; ++o)
                    detail::convolve_plane(op.window, in, out, x_group, w_group + o * filter,
                                           bias_group != nullptr ? bias_group[o] : 0.0f, y_group + o * out_plane);
            else
                detail::convolve_group(op.window, in, out, group_in, group_out, x_group, w_group, bias_group, y_group, scratch);
        }
}

}  // namespace kernels::portable
}  // namespace MDL_ISA
}  // namespace mdl
