// mdl: which register tiles a network's convolutions take, so that no others are compiled.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <mdl/engine/kernel.hpp>
#include <mdl/engine/program.hpp>

#if MDL_SIMD

#include <mdl/kernels/blocks/convolution_grouped.hpp>
#include <mdl/kernels/blocks/convolution_image.hpp>
#include <mdl/kernels/blocks/convolution_merged.hpp>
#include <mdl/kernels/blocks/convolution_pointwise.hpp>
#include <mdl/kernels/blocks/convolution_strip.hpp>
#include <mdl/kernels/blocks/convolution_winograd.hpp>
#include <mdl/kernels/blocks/transposed_convolution.hpp>

namespace mdl::engine {
inline namespace MDL_ISA {

/// Kernels that share the code of their tiles: those whose pixels lie side by side, those that read windows, and the products of
/// Winograd's algorithm, which have no activation.
enum class TileUse : std::uint8_t { none, flat, windows, products };

constexpr auto tile_use(Kernel kernel) noexcept -> TileUse {
    switch (kernel) {
        case Kernel::pointwise: return TileUse::flat;
        case Kernel::strip:
        case Kernel::image:
        case Kernel::grouped:
        case Kernel::merged:
        case Kernel::transposed_convolution: return TileUse::windows;
        case Kernel::winograd: return TileUse::products;
        default: return TileUse::none;
    }
}

template <bool Small>
constexpr auto tiles_of(const graph::Node& node, const Geometry& g) noexcept -> simd::TileSet {
    switch (static_cast<Kernel>(node.choice.kernel)) {
        case Kernel::pointwise: return kernels::convolution_pointwise_tiles<Small>(g);
        case Kernel::strip: return kernels::convolution_strip_tiles<Small>(g);
        case Kernel::image: return kernels::convolution_image_tiles<Small>(g);
        case Kernel::grouped: return kernels::convolution_grouped_tiles<Small>(g);
        case Kernel::merged: return kernels::convolution_merged_tiles<Small>(g);
        case Kernel::transposed_convolution: return kernels::transposed_convolution_tiles<Small>(g);
        case Kernel::winograd: return kernels::convolution_winograd_tiles<Small>(g, kernels::winograd_tile(g));
        default: return 0;
    }
}

/// The tiles of all steps of one use.
template <class Net, class O, TileUse Use>
inline constexpr simd::TileSet tiles_used = [] {
    const auto& graph = laid_out<Net, O>;
    simd::TileSet used = 0;
    for (int i = 0; i < graph.node_count; ++i) {
        const graph::Node& node = graph.nodes[i];
        if (tile_use(static_cast<Kernel>(node.choice.kernel)) == Use)
            used |= tiles_of<O::small>(node, geometry_of(node.operation, graph.nodes[graph.input(i)].shape, node.shape));
    }
    return used;
}();

/// The set for one kernel; kernels without register tiles have all, as tests and benchmarks do.
template <class Net, class O, Kernel Which>
constexpr auto tiles_for() noexcept -> simd::TileSet {
    if constexpr (tile_use(Which) == TileUse::none)
        return simd::every_tile(O::small);
    else
        return tiles_used<Net, O, tile_use(Which)>;
}

}  // namespace MDL_ISA
}  // namespace mdl::engine

#endif
