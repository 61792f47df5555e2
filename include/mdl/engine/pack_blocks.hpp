// mdl: packs weights for the kernels over channel blocks.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include <mdl/engine/kernel.hpp>
#include <mdl/engine/pack_input.hpp>
#include <mdl/kernels/blocks/convolution_grouped.hpp>
#include <mdl/kernels/blocks/convolution_image.hpp>
#include <mdl/kernels/blocks/convolution_merged.hpp>
#include <mdl/kernels/blocks/convolution_pointwise.hpp>
#include <mdl/kernels/blocks/convolution_strip.hpp>
#include <mdl/kernels/blocks/convolution_tiny.hpp>
#include <mdl/kernels/blocks/convolution_winograd.hpp>
#include <mdl/kernels/blocks/dense.hpp>
#include <mdl/kernels/blocks/dense_tiny.hpp>
#include <mdl/kernels/blocks/depthwise.hpp>
#include <mdl/kernels/blocks/matmul.hpp>
#include <mdl/kernels/blocks/transposed_convolution.hpp>

#if MDL_SIMD

namespace mdl::engine {
inline namespace MDL_ISA {

/// A kernel's pack function that depends on nothing else.
template <auto Pack>
void pack_blocks(const Geometry& g, const PackInput&, std::span<const float> weights, const float* scale, const float* bias, float* packed) {
    Pack(g, weights.data(), scale, bias, packed);
}

inline void pack_image(const Geometry& g, const PackInput& input, std::span<const float> weights, const float* scale, const float* bias, float* packed) {
    kernels::convolution_image_pack(g, input.image, weights.data(), scale, bias, packed);
}

inline void pack_mapped(const Geometry& g, const PackInput& input, std::span<const float> weights, const float* scale, const float* bias, float* packed) {
    kernels::convolution_pointwise_pack_ordered(g, weights.data(), scale, bias, input.order, packed);
}

inline void pack_winograd(const Geometry& g, const PackInput&, std::span<const float> weights, const float* scale, const float* bias, float* packed) {
    kernels::convolution_winograd_pack(g, kernels::winograd_tile(g), weights.data(), scale, bias, packed);
}

/// `others` where the kernel takes weights in canonical order.
constexpr auto pack_blocks_function(Kernel kernel, bool mapped, PackFunction others) noexcept -> PackFunction {
    switch (kernel) {
        case Kernel::image: return &pack_image;
        case Kernel::pointwise: return mapped ? &pack_mapped : &pack_blocks<&kernels::convolution_pointwise_pack>;
        case Kernel::strip: return &pack_blocks<&kernels::convolution_strip_pack>;
        case Kernel::winograd: return &pack_winograd;
        case Kernel::grouped: return &pack_blocks<&kernels::convolution_grouped_pack>;
        case Kernel::merged: return &pack_blocks<&kernels::convolution_merged_pack>;
        case Kernel::depthwise:
        case Kernel::transposed_depthwise: return &pack_blocks<&kernels::depthwise_pack>;
        case Kernel::transposed_convolution: return &pack_blocks<&kernels::transposed_convolution_pack>;
        case Kernel::convolution_tiny: return &pack_blocks<&kernels::convolution_tiny_pack>;
        case Kernel::dense: return &pack_blocks<&kernels::dense_pack>;
        case Kernel::dense_tiny: return &pack_blocks<&kernels::dense_tiny_pack>;
        case Kernel::matmul: return &pack_blocks<&kernels::matmul_pack>;
        default: return others;
    }
}

constexpr auto packed_blocks_floats(Kernel kernel, const Geometry& g) noexcept -> std::int64_t {
    switch (kernel) {
        case Kernel::image: return static_cast<std::int64_t>(kernels::convolution_image_packed_floats(g));
        case Kernel::pointwise: return static_cast<std::int64_t>(kernels::convolution_pointwise_packed_floats(g));
        case Kernel::strip: return static_cast<std::int64_t>(kernels::convolution_strip_packed_floats(g));
        case Kernel::winograd: return static_cast<std::int64_t>(kernels::convolution_winograd_packed_floats(g, kernels::winograd_tile(g)));
        case Kernel::grouped: return static_cast<std::int64_t>(kernels::convolution_grouped_packed_floats(g));
        case Kernel::merged: return static_cast<std::int64_t>(kernels::convolution_merged_packed_floats(g));
        case Kernel::depthwise:
        case Kernel::transposed_depthwise: return static_cast<std::int64_t>(kernels::depthwise_packed_floats(g));
        case Kernel::transposed_convolution: return static_cast<std::int64_t>(kernels::transposed_convolution_packed_floats(g));
        case Kernel::convolution_tiny: return static_cast<std::int64_t>(kernels::convolution_tiny_packed_floats(g));
        case Kernel::dense: return static_cast<std::int64_t>(kernels::dense_packed_floats(g));
        case Kernel::dense_tiny: return static_cast<std::int64_t>(kernels::dense_tiny_packed_floats(g));
        case Kernel::matmul: return static_cast<std::int64_t>(kernels::matmul_packed_floats(g));
        default: return 0;
    }
}

}  // namespace MDL_ISA
}  // namespace mdl::engine

#endif
