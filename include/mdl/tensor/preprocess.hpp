// mdl: from a decoded photo to a network's input: resize, crop, reorder, subtract mean, multiply by scale.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <mdl/base/result.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {

/// Largest side that resize and crop may ask for: a damaged number must not ask for gigabytes.
inline constexpr int max_image_side = 16384;

/// What is done to a photo before the network sees it, in this sequence: resize, crop, reorder, subtract mean, multiply by
/// scale. mean and scale are in the network's channel order.
struct Preprocessing {
    int resize = 0;                      ///< length of the shorter side, bilinear with half-pixel centres; 0: as it is
    int crop = 0;                        ///< side of the square cut out of the centre; 0: nothing is cut
    PixelOrder order = PixelOrder::any;  ///< the network's channel order, rgb or bgr; any: as decoded
    int mean_count = 0, scale_count = 0; ///< 0: none; 1: one for all channels; else one a channel (at most 4)
    float mean[4]{}, scale[4]{};
    constexpr auto operator==(const Preprocessing&) const noexcept -> bool = default;
    constexpr auto is_empty() const noexcept -> bool { return *this == Preprocessing{}; }
};

/// A decoded photo: 8 bits a sample, the samples of a pixel together, rows one after another.
struct ImageView {
    const std::uint8_t* pixels = nullptr;
    int height = 0, width = 0;
    int channels = 3;                    ///< 1 grey, 3 colours, 4 colours and alpha (skipped)
    PixelOrder order = PixelOrder::rgb;  ///< bgr: blue lies first; anything else: red first
    std::ptrdiff_t row_stride = 0;       ///< bytes from row to row; 0: width * channels
};

struct ImageSize {
    int height = 0, width = 0;
    constexpr auto operator==(const ImageSize&) const noexcept -> bool = default;
};

namespace detail {

/// The photo's size after resizing: the longer side keeps the proportion, rounded to the nearest.
constexpr auto resized(ImageSize size, int shorter) noexcept -> ImageSize {
    if (shorter <= 0) return size;
    const bool upright = size.height > size.width;
    const std::int64_t longest = upright ? size.height : size.width, shortest = upright ? size.width : size.height;
    const auto longer = static_cast<int>((longest * shorter + shortest / 2) / shortest);
    return upright ? ImageSize{longer, shorter} : ImageSize{shorter, longer};
}

/// Where an output row or column lies between two input ones: half-pixel centres, clamped at the borders.
struct Between {
    int first = 0, second = 0;
    float weight = 0;  ///< of the second
};

constexpr auto between(int at, int from, int to) noexcept -> Between {
    if (from == to) return {at, at, 0};
    const double position = (at + 0.5) * from / to - 0.5;
    if (position <= 0) return {0, 0, 0};
    if (position >= from - 1) return {from - 1, from - 1, 0};
    const int first = static_cast<int>(position);
    return {first, first + 1, static_cast<float>(position - first)};
}

}  // namespace detail

/// Height and width of what `preprocess` makes of a photo of this size.
constexpr auto preprocessed_size(ImageSize photo, const Preprocessing& p) noexcept -> ImageSize {
    return p.crop > 0 ? ImageSize{p.crop, p.crop} : detail::resized(photo, p.resize);
}

/// out(c, y, x) = (photo'(y + top, x + left, c) - mean[c]) * scale[c], with photo' resized so that its shorter side is
/// `resize` (bilinear, half-pixel centres, no smoothing when it shrinks), top and left those of the centre square of side
/// `crop` (an odd rest goes below and right), and channels in `order`. Grey becomes three equal channels where three are
/// wanted; colours become luma (0.299, 0.587, 0.114) where one is. `out` holds 1 or 3 channels of preprocessed_size, channel by
/// channel. Uses no heap. Errors: wrong_size (an empty photo, a crop larger than the photo, an `out` of another size,
/// a mean or scale of another number of channels).
inline auto preprocess(const ImageView& photo, const Preprocessing& p, std::span<float> out) noexcept -> Result<void> {
    const bool sound = photo.pixels != nullptr && photo.height > 0 && photo.width > 0 &&
                       (photo.channels == 1 || photo.channels == 3 || photo.channels == 4);
    if (!sound)
        return Error(Errc::wrong_size, "the photo is empty or has ", photo.channels, " channels; give 1 (grey), 3 or 4 of 8 bits");
    const ImageSize whole = detail::resized({photo.height, photo.width}, p.resize),
                    size = preprocessed_size({photo.height, photo.width}, p);
    if (p.resize > max_image_side || whole.height < size.height || whole.width < size.width)
        return Error(Errc::wrong_size, "the crop of ", p.crop, " is larger than the photo, ", whole.height, " rows of ",
                     whole.width, "; resize to at least the crop");
    const auto area = static_cast<std::size_t>(size.height) * static_cast<std::size_t>(size.width);
    const std::size_t channels = out.size() / area;
    if (out.size() % area != 0 || (channels != 1 && channels != 3))
        return Error(Errc::wrong_size, "the photo becomes ", size.height, " rows of ", size.width,
                     ", which does not fill the network's input of ", out.size(),
                     " numbers; choose --resize and --crop so that it does");
    const auto fits = [&](int count) { return count == 0 || count == 1 || static_cast<std::size_t>(count) == channels; };
    if (!fits(p.mean_count) || !fits(p.scale_count)) {
        const bool mean = !fits(p.mean_count);
        return Error(Errc::wrong_size, mean ? "mean" : "scale", " has ", mean ? p.mean_count : p.scale_count, " numbers for ", channels,
                     channels == 1 ? " channel; give one number" : " channels; give one number, or one a channel");
    }
    const int top = (whole.height - size.height) / 2, left = (whole.width - size.width) / 2;
    const std::ptrdiff_t stride = photo.row_stride != 0 ? photo.row_stride : std::ptrdiff_t{photo.width} * photo.channels;
    const bool swaps = (p.order == PixelOrder::rgb && photo.order == PixelOrder::bgr) ||
                       (p.order == PixelOrder::bgr && photo.order != PixelOrder::bgr);
    for (int y = 0; y < size.height; ++y) {
        const auto row = detail::between(y + top, photo.height, whole.height);
        const std::uint8_t* const upper = photo.pixels + row.first * stride;
        const std::uint8_t* const lower = photo.pixels + row.second * stride;
        for (int x = 0; x < size.width; ++x) {
            const auto column = detail::between(x + left, photo.width, whole.width);
            float sample[3]{};
            const int samples = photo.channels == 1 ? 1 : 3;
            for (int s = 0; s < samples; ++s) {
                const auto blend = [&](const std::uint8_t* line) {
                    const float a = line[column.first * photo.channels + s], b = line[column.second * photo.channels + s];
                    return a + (b - a) * column.weight;
                };
                const float above = blend(upper), below = blend(lower);
                sample[s] = above + (below - above) * row.weight;
            }
            if (samples == 1) sample[1] = sample[2] = sample[0];
            if (channels == 1 && samples == 3) {
                const bool blue_first = photo.order == PixelOrder::bgr;
                sample[0] = 0.299f * sample[blue_first ? 2 : 0] + 0.587f * sample[1] + 0.114f * sample[blue_first ? 0 : 2];
            }
            for (std::size_t c = 0; c < channels; ++c) {
                const auto of = [&](const float* values, int count, float otherwise) {
                    return count == 0 ? otherwise : values[count == 1 ? 0 : c];
                };
                const float value = sample[channels == 3 && swaps ? 2 - c : c];
                out[c * area + static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width) + static_cast<std::size_t>(x)] =
                    (value - of(p.mean, p.mean_count, 0)) * of(p.scale, p.scale_count, 1);
            }
        }
    }
    return {};
}

}  // namespace mdl
