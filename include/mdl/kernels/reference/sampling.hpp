// mdl: reference grid sample and region of interest align.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/kernels/resampling.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// Index i of an axis of `size` as `fill` reads it: its own, the nearest, that of the mirror image, or -1 where there are zeros. The mirror
/// is the outermost pixel's middle, or where borders count its border.
inline auto filled_index(std::int64_t i, int size, Fill fill, bool middles) noexcept -> int {
    if (fill == Fill::edge) i = i < 0 ? 0 : i >= size ? size - 1 : i;
    if (fill == Fill::reflect) {
        const std::int64_t period = middles ? (size > 1 ? 2 * std::int64_t{size} - 2 : 1) : 2 * std::int64_t{size};
        i = (i % period + period) % period;
        if (i >= size) i = period - i - (middles ? 0 : 1);
    }
    return i >= 0 && i < size ? static_cast<int>(i) : -1;
}

/// The taps for place p, -1 to 1, on an axis. What reads zeros has no weight.
inline auto grid_taps(const Operation& op, float p, int size) noexcept -> ResamplingTaps {
    const bool middles = op.resampling.coordinates == Coordinates::align_corners;
    double x = middles ? (static_cast<double>(p) + 1) / 2 * (size - 1) : ((static_cast<double>(p) + 1) * size - 1) / 2;
    if (!(x > -1e9)) x = -1e9;  // NaN too
    if (x > 1e9) x = 1e9;
    const Interpolation how = op.resampling.interpolation;
    ResamplingTaps taps;
    taps.count = how == Interpolation::nearest ? 1 : how == Interpolation::linear ? 2 : 4;
    const double below = how == Interpolation::nearest ? std::nearbyint(x) : std::floor(x), rest = x - below;
    for (int k = 0; k < taps.count; ++k) {
        const int at = filled_index(static_cast<std::int64_t>(below) + k - (how == Interpolation::cubic ? 1 : 0), size, op.fill, middles);
        const double weight = how == Interpolation::nearest ? 1
                              : how == Interpolation::cubic ? cubic_weight(rest + 1 - k, static_cast<double>(op.k))
                              : k == 0                      ? 1 - rest
                                                            : rest;
        taps.index[k] = at < 0 ? 0 : at;
        taps.weight[k] = at < 0 ? 0 : weight;
    }
    return taps;
}

/// y(n,c,r,q) = sum over the taps (i,u) of grid(n,r,q,1) and (j,v) of grid(n,r,q,0) of u v x(n,c,i,j).  Source: ONNX GridSample-20.
inline void grid_sample(const Operation& op, const Shape& in, const Shape& out, const float* x, const float* grid, float* y) noexcept {
    const std::int64_t plane = count_of(in, 2, 4), pixels = count_of(out, 2, 4);
    for (int n = 0; n < in.batch(); ++n, x += in.channels() * plane, y += in.channels() * pixels)
        for (std::int64_t p = 0; p < pixels; ++p, grid += 2) {
            const ResamplingTaps columns = grid_taps(op, grid[0], in.width()), rows = grid_taps(op, grid[1], in.height());
            for (int c = 0; c < in.channels(); ++c) {
                double sum = 0;
                for (int i = 0; i < rows.count; ++i)
                    for (int j = 0; j < columns.count; ++j)
                        sum += rows.weight[i] * columns.weight[j] *
                               static_cast<double>(x[c * plane + std::int64_t{rows.index[i]} * in.width() + columns.index[j]]);
                y[c * pixels + p] = static_cast<float>(sum);
            }
        }
}

/// The two pixels around place p of an axis; from one pixel outside of the image on there are zeros.  Source: Mask R-CNN's RoIAlign.
inline auto region_taps(double p, int size) noexcept -> ResamplingTaps {
    ResamplingTaps taps;
    taps.count = 2;
    taps.weight[0] = taps.weight[1] = 0;
    if (!(p >= -1 && p <= size)) return taps;
    const double x = p < 0 ? 0 : p > size - 1 ? size - 1 : p, below = std::floor(x);
    taps.index[0] = static_cast<int>(below);
    taps.index[1] = taps.index[0] + 1 < size ? taps.index[0] + 1 : taps.index[0];
    taps.weight[1] = x - below;
    taps.weight[0] = 1 - taps.weight[1];
    return taps;
}

/// One axis of a region: where it begins, the extent of a cell, and the samples along a cell.
struct RegionAxis {
    double first, cell;
    int samples;

    RegionAxis(const Operation& op, float from, float to, int cells, int size) noexcept {
        const bool shifted = op.resampling.coordinates == Coordinates::half_pixel;
        const double factor = static_cast<double>(op.alpha);
        first = static_cast<double>(from) * factor - (shifted ? 0.5 : 0);
        double extent = static_cast<double>(to) * factor - (shifted ? 0.5 : 0) - first;
        if (!shifted && !(extent > 1)) extent = 1;
        cell = extent / cells;
        // Never more samples than the axis has pixels: a region of wrong numbers ends in time.
        const double each = std::ceil(cell);
        samples = op.size > 0 ? op.size : each > size ? size : each > 0 ? static_cast<int>(each) : 0;
    }
    auto place(int index, int sample) const noexcept -> double { return first + (index + (sample + 0.5) / samples) * cell; }
};

/// y(r,c,i,j) = mean of the samples of region r's cell (i,j), linear between the pixels of x(image of r, c); 0 without samples. `images` may
/// be null: all regions are of the first.  Source: ONNX RoiAlign-16.
inline void roi_align(const Operation& op, const Shape& in, const Shape& out, const float* x, const float* regions, const float* images,
                      float* y) noexcept {
    const std::int64_t plane = count_of(in, 2, 4), cells = count_of(out, 2, 4);
    for (int r = 0; r < out[0]; ++r, regions += 4, y += out.channels() * cells) {
        const float* const image = x + (images == nullptr ? 0 : nearest_element(images[r], in.batch())) * in.channels() * plane;
        const RegionAxis columns(op, regions[0], regions[2], out.width(), in.width()),
            rows(op, regions[1], regions[3], out.height(), in.height());
        const double share = rows.samples * columns.samples == 0 ? 0 : 1.0 / rows.samples / columns.samples;
        for (int c = 0; c < out.channels(); ++c)
            for (std::int64_t at = 0; at < cells; ++at) {
                double sum = 0;
                for (int a = 0; a < rows.samples; ++a) {
                    const ResamplingTaps row = region_taps(rows.place(static_cast<int>(at / out.width()), a), in.height());
                    for (int b = 0; b < columns.samples; ++b) {
                        const ResamplingTaps column = region_taps(columns.place(static_cast<int>(at % out.width()), b), in.width());
                        for (int i = 0; i < 2; ++i)
                            for (int j = 0; j < 2; ++j)
                                sum += row.weight[i] * column.weight[j] *
                                       static_cast<double>(image[c * plane + std::int64_t{row.index[i]} * in.width() + column.index[j]]);
                    }
                }
                y[c * cells + at] = static_cast<float>(sum * share);
            }
    }
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
