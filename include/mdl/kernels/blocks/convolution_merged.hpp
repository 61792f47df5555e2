// mdl: grouped convolution whose groups, a few at a time, fill whole channel blocks: dense convolutions side by side.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/convolution_strip.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// How many groups convolution_merged takes at a time; 0: none, since too many of the products would be with zeros. A group that does
/// not fill its blocks wastes their other lanes anyway: twice that is the price at which gathering its channels is dearer.
constexpr auto merged_groups(const Geometry& g) noexcept -> int {
    int merged = 1;
    while (merged * g.group_in() % simd::lanes != 0 || merged * g.group_out() % simd::lanes != 0) merged *= 2;
    const bool pays = merged * g.group_out() <= 2 * padded_channels(g.group_out());
    return pays && g.groups % merged == 0 ? merged : 0;
}

namespace detail {
/// The groups taken at a time as one dense convolution.
constexpr auto merged_geometry(const Geometry& g) noexcept -> Geometry {
    Geometry dense = g;
    const int merged = merged_groups(g);
    dense.in_channels = merged * g.group_in(), dense.out_channels = merged * g.group_out(), dense.groups = 1;
    return dense;
}
}  // namespace detail

constexpr auto convolution_merged_packed_floats(const Geometry& g) noexcept -> std::size_t {
    return static_cast<std::size_t>(g.groups / merged_groups(g)) * convolution_strip_packed_floats(detail::merged_geometry(g));
}

template <bool Small>
constexpr auto convolution_merged_tiles(const Geometry& g) noexcept -> simd::TileSet {
    return convolution_strip_tiles<Small>(detail::merged_geometry(g));
}

constexpr auto convolution_merged_scratch_bytes(const Geometry& g, int workers) noexcept -> std::size_t {
    return convolution_strip_scratch_bytes(detail::merged_geometry(g), workers);
}

/// As convolution_strip_pack, with zeros between the groups.
[[gnu::cold]] inline void convolution_merged_pack(const Geometry& g, const float* w, const float* out_scale, const float* bias, float* packed) noexcept {
    const Geometry dense = detail::merged_geometry(g);
    const int area = g.kernel_h * g.kernel_w, group_depth = g.group_in() * area;
    const auto offset = [](const float* p, int first) noexcept { return p != nullptr ? p + first : nullptr; };
    for (int first = 0; first < g.out_channels; first += dense.out_channels, packed += convolution_strip_packed_floats(dense)) {
        const auto weight = [&](int o, int index) noexcept {
            const int within = index - o / g.group_out() * group_depth;
            return within >= 0 && within < group_depth ? w[std::ptrdiff_t{first + o} * group_depth + within] : 0.0f;
        };
        panels_pack_each(dense.out_channels, weight, offset(out_scale, first), offset(bias, first), packed,
                         [&](auto visit) noexcept { each_block_tap(dense, dense.in_channels, visit); });
    }
}

/// out(o,y,x) = bias(o) + sum over the channels i of o's group of in(i, y*s+ky*d-pad, x*s+kx*d-pad) * w(o,i,ky,kx), then the
/// epilogue. No prologue.
template <class E = Epilogue<>, class Parallel>
void convolution_merged(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    const Geometry dense = detail::merged_geometry(g);
    const StripPlan plan = detail::strip_plan(dense, parallel.workers);
    const std::ptrdiff_t in = std::ptrdiff_t{dense.in_channels} * g.in_pixels(), out = std::ptrdiff_t{dense.out_channels} * g.out_pixels();
    Buffers part = buffers;
    for (int first = 0; first < g.out_channels; first += dense.out_channels) {
        detail::run_planned_strips<E>(dense, plan, args, part, parallel);
        part.input += in, part.output += out, part.weights += convolution_strip_packed_floats(dense);
        if (part.residual != nullptr) part.residual += out;
        if (part.slope != nullptr) part.slope += dense.out_channels;
    }
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
