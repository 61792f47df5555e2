// mdl: reference reader of a caller's image into the network's input.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// y(n,c,r,q) = (memory's value of the network's channel c - mean(c)) * scale(c), y row-major of shape `out`. The mean and the
/// scale count in the network's channel order; the alpha of rgba is skipped. Tensors of another rank than 4 have one channel.
inline void import_image(const ImageFormat& format, const Shape& out, const void* memory, float* y) noexcept {
    const bool is_map = out.rank == 4;
    const int batch = is_map ? out.batch() : 1;
    const int channels = is_map ? out.channels() : 1;
    const std::int64_t pixels = is_map ? count_of(out, 2, 4) : count_of(out);
    const int memory_channels = format.order == PixelOrder::rgba ? 4 : channels;
    const bool swaps = format.swap_red_blue && channels >= 3;
    const auto read = [&](std::int64_t i) {
        return format.element == Element::u8 ? static_cast<double>(static_cast<const std::uint8_t*>(memory)[i])
                                             : static_cast<double>(static_cast<const float*>(memory)[i]);
    };
    for (int n = 0; n < batch; ++n)
        for (int c = 0; c < channels; ++c) {
            const int source = swaps && c < 3 ? 2 - c : c;
            const float mean = format.mean_count == 0 ? 0.0f : format.mean[format.mean_count == 1 ? 0 : c];
            const float factor = format.scale_count == 0 ? 1.0f : format.scale[format.scale_count == 1 ? 0 : c];
            const std::int64_t image = n * pixels * memory_channels;
            for (std::int64_t p = 0; p < pixels; ++p) {
                const bool hwc = format.layout == PixelLayout::hwc;
                const std::int64_t offset = hwc ? p * memory_channels + source : source * pixels + p;
                *y++ = static_cast<float>((read(image + offset) - static_cast<double>(mean)) * static_cast<double>(factor));
            }
        }
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
