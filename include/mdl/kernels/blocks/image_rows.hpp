// mdl: reads rows of a caller's image, bytes or floats, into normalised floats.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/kernels/blocks/strip.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// An image is read in the channel order of its memory; the network's channel that memory's `channel` is.
constexpr auto network_channel(const ImageFormat& format, int channels, int channel) noexcept -> int {
    return format.swap_red_blue && channels >= 3 && channel < 3 ? 2 - channel : channel;
}

namespace detail {

struct Normal {
    float mean, scale;
};
constexpr auto normal_of(const ImageFormat& format, int channel) noexcept -> Normal {
    return {format.mean_count == 0 ? 0.0f : format.mean[format.mean_count == 1 ? 0 : channel],
            format.scale_count == 0 ? 1.0f : format.scale[format.scale_count == 1 ? 0 : channel]};
}

MDL_ALWAYS_INLINE auto load_pixels(const float* p) noexcept -> simd::Vector { return simd::load(p); }
MDL_ALWAYS_INLINE auto load_pixels(const std::uint8_t* p) noexcept -> simd::Vector { return simd::load_bytes(p); }

/// to[i] = (from[i] - mean) * scale, where both numbers repeat after `period` (1 to 4) values.
template <class Element>
void normalise(const Element* from, int count, const Normal* normals, int period, float* to) noexcept {
    constexpr int c = simd::lanes;
    alignas(simd::Vector) float mean[4 * c];
    alignas(simd::Vector) float scale[4 * c];
    for (int i = 0; i < period * c; ++i) mean[i] = normals[i % period].mean, scale[i] = normals[i % period].scale;
    int i = 0, phase = 0;
    for (; i + c <= count; i += c) {
        simd::store(to + i, (load_pixels(from + i) - simd::load(mean + phase)) * simd::load(scale + phase));
        phase = phase + c == period * c ? 0 : phase + c;
    }
    for (; i < count; ++i) to[i] = (static_cast<float>(from[i]) - normals[i % period].mean) * normals[i % period].scale;
}

}  // namespace detail

/// Where an image strip's floats lie. HWC memory makes rows of interleaved pixels, CHW memory makes planes.
struct ImageStrip {
    bool interleaved;
    int channels, step_x, row_stride, plane_stride, floats;

    constexpr ImageStrip(const ImageFormat& format, int channel_count, const StripPlan& plan) noexcept
        : interleaved(format.layout == PixelLayout::hwc),
          channels(channel_count),
          step_x(interleaved ? channels : 1),
          row_stride(plan.in_columns * step_x),
          plane_stride(interleaved ? 1 : plan.in_rows * row_stride),
          floats(plan.in_rows * plan.in_columns * channels) {}
};

/// Fills a strip: rows [first_row, first_row + rows), columns [-pad_left, ...), zero outside the image: the border is
/// padded after normalisation, as the network was trained.
template <class Element>
void copy_image_strip(const Geometry& g, const ImageFormat& format, const Element* image, int first_row, int rows, int columns,
                      const ImageStrip& at, float* strip) noexcept {
    const int left = smaller(g.pad_left, columns);
    const int valid = larger(smaller(columns - left, g.in_w), 0);
    const int in_memory = format.order == PixelOrder::rgba ? 4 : at.channels;
    const bool per_channel = format.mean_count > 1 || format.scale_count > 1;
    detail::Normal normals[4]{};
    for (int i = 0; i < 4; ++i)
        normals[i] = detail::normal_of(format, per_channel ? network_channel(format, at.channels, smaller(i, at.channels - 1)) : 0);
    const auto clear = [](float* to, int count) MDL_INLINE_LAMBDA {
        for (int i = 0; i < count; ++i) to[i] = 0.0f;
    };
    const int planes = at.interleaved ? 1 : at.channels;
    for (int plane = 0; plane < planes; ++plane)
        for (int row = 0; row < rows; ++row) {
            float* const to = strip + plane * at.plane_stride + row * at.row_stride;
            const int y = first_row + row;
            if (y < 0 || y >= g.in_h) {
                clear(to, at.row_stride);
                continue;
            }
            clear(to, left * at.step_x);
            float* const inside = to + left * at.step_x;
            if (!at.interleaved) {
                const Element* from = image + (std::ptrdiff_t{plane} * g.in_h + y) * g.in_w;
                detail::normalise(from, valid, normals + (per_channel ? plane : 0), 1, inside);
            } else if (in_memory == at.channels) {
                const Element* from = image + std::ptrdiff_t{y} * g.in_w * in_memory;
                detail::normalise(from, valid * at.channels, normals, per_channel ? at.channels : 1, inside);
            } else {
                const Element* from = image + std::ptrdiff_t{y} * g.in_w * in_memory;
                float* pixel = inside;
                for (int x = 0; x < valid; ++x, from += in_memory)
                    for (int channel = 0; channel < at.channels; ++channel)
                        *pixel++ = (static_cast<float>(from[channel]) - normals[channel].mean) * normals[channel].scale;
            }
            clear(inside + valid * at.step_x, (columns - left - valid) * at.step_x);
        }
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
