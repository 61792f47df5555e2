// mdl: convolution over channel blocks by Winograd's algorithm: stride 1, no dilation, groups = 1.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/winograd_plan.hpp>
#include <mdl/kernels/parallel.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Layout: biases, as many zeros, then for each position of the transformed tile the panels of a pointwise convolution.
constexpr auto convolution_winograd_packed_floats(const Geometry& g, const WinogradTile& tile) noexcept -> std::size_t {
    const WinogradPlan plan = winograd_plan(g, tile);
    return static_cast<std::size_t>(padded_channels(g.out_channels)) * (2 + static_cast<std::size_t>(plan.positions()) * static_cast<std::size_t>(g.in_channels));
}

constexpr auto convolution_winograd_scratch_bytes(const Geometry& g, const WinogradTile& tile) noexcept -> std::size_t {
    const WinogradPlan plan = winograd_plan(g, tile);
    return align_bytes(static_cast<std::size_t>(blocks_of(g.in_channels)) * sizeof(int)) +
           align_bytes(static_cast<std::size_t>(plan.positions()) * static_cast<std::size_t>(plan.in_stride + plan.out_stride) * sizeof(float));
}

/// Of the products in the transformed domain.
template <bool Small>
constexpr auto convolution_winograd_tiles(const Geometry& g, const WinogradTile& tile) noexcept -> simd::TileSet {
    const WinogradPlan plan = winograd_plan(g, tile);
    return strip_tiles<Small>(g.out_channels, plan.tiles(), plan.chunk);
}

/// U = G g G^T for every pair of channels, in double.
[[gnu::cold]] inline void convolution_winograd_pack(const Geometry& g, const WinogradTile& tile, const float* w, const float* out_scale, const float* bias,
                                      float* packed) noexcept {
    // A tile has two outputs at least: 1x9 and 9x1 are the longest.
    constexpr int n_max = simd::max_winograd_inputs, taps_max = n_max - 1, wide_max = simd::widest_tile_blocks * simd::lanes;
    MDL_ASSERT(g.kernel_h <= taps_max && g.kernel_w <= taps_max);
    const WinogradPlan plan = winograd_plan(g, tile);
    const int padded = padded_channels(g.out_channels), area = g.kernel_h * g.kernel_w;
    for (int o = 0; o < padded; ++o) packed[o] = bias != nullptr && o < g.out_channels ? bias[o] : 0.0f, packed[padded + o] = 0;
    double rows[n_max][taps_max], columns[n_max][taps_max];
    // Lanes innermost, so that the compiler makes vectors of them; lanes without a filter are zero.
    double filter[taps_max][taps_max][wide_max], half[n_max][taps_max][wide_max];
    for (int j = 0; j < plan.in_rows; ++j)
        for (int k = 0; k < g.kernel_h; ++k) rows[j][k] = simd::winograd_filter_matrix(plan.in_rows, g.kernel_h, j, k);
    for (int j = 0; j < plan.in_columns; ++j)
        for (int k = 0; k < g.kernel_w; ++k) columns[j][k] = simd::winograd_filter_matrix(plan.in_columns, g.kernel_w, j, k);
    const std::ptrdiff_t position_floats = std::ptrdiff_t{padded} * g.in_channels;
    float* to = packed + 2 * padded;
    for (int first = 0, wide; first < padded; first += wide) {
        wide = simd::next_tile_blocks((padded - first) / simd::lanes) * simd::lanes;
        const int valid = smaller(wide, g.out_channels - first);
        for (int k = 0; k < g.in_channels; ++k, to += wide) {
            for (int i = 0; i < wide; ++i) {
                if (i >= valid) {
                    for (int y = 0; y < g.kernel_h; ++y)
                        for (int x = 0; x < g.kernel_w; ++x) filter[y][x][i] = 0;
                    continue;
                }
                const float* from = w + (std::ptrdiff_t{first + i} * g.in_channels + k) * area;
                const double scale = out_scale != nullptr ? static_cast<double>(out_scale[first + i]) : 1;
                for (int y = 0; y < g.kernel_h; ++y)
                    for (int x = 0; x < g.kernel_w; ++x) filter[y][x][i] = scale * static_cast<double>(from[y * g.kernel_w + x]);
            }
            for (int j = 0; j < plan.in_rows; ++j)
                for (int x = 0; x < g.kernel_w; ++x) {
                    double sum[wide_max]{};
                    for (int y = 0; y < g.kernel_h; ++y)
                        for (int i = 0; i < wide; ++i) sum[i] += rows[j][y] * filter[y][x][i];
                    for (int i = 0; i < wide; ++i) half[j][x][i] = sum[i];
                }
            for (int j = 0; j < plan.in_rows; ++j)
                for (int l = 0; l < plan.in_columns; ++l) {
                    double sum[wide_max]{};
                    for (int x = 0; x < g.kernel_w; ++x)
                        for (int i = 0; i < wide; ++i) sum[i] += columns[l][x] * half[j][x][i];
                    float* const place = to + (j * plan.in_columns + l) * position_floats;
                    for (int i = 0; i < wide; ++i) place[i] = static_cast<float>(sum[i]);
                }
        }
    }
}

namespace detail {

/// One tile of one block: V = B^T d B. `from` is NH rows of NW pixels, `to` one vector every `to_stride` floats.
template <int NH, int NW>
__attribute__((noinline)) void winograd_transform_input(const float* from, std::ptrdiff_t row_stride, float* to, std::ptrdiff_t to_stride) noexcept {
    constexpr int c = simd::lanes;
    simd::Vector d[NH > NW ? NH : NW], v[NH > NW ? NH : NW];
    alignas(simd::Vector) float between[NH * NW * c];
    if constexpr (NH > 1) {
        float* const target = NW > 1 ? between : to;
        const std::ptrdiff_t target_stride = NW > 1 ? NW * c : to_stride;
#pragma GCC unroll 1
        for (int x = 0; x < NW; ++x) {
            simd::unroll<NH>([&](auto y) MDL_INLINE_LAMBDA { d[y.value] = simd::load(from + y.value * row_stride + x * c); });
            simd::winograd_input<NH>(d, v);
            simd::unroll<NH>([&](auto y) MDL_INLINE_LAMBDA { simd::store(target + y.value * target_stride + x * c, v[y.value]); });
        }
        from = between;
        row_stride = NW * c;
    }
    if constexpr (NW > 1)
#pragma GCC unroll 1
        for (int y = 0; y < NH; ++y, from += row_stride, to += NW * to_stride) {
            simd::unroll<NW>([&](auto x) MDL_INLINE_LAMBDA { d[x.value] = simd::load(from + x.value * c); });
            simd::winograd_input<NW>(d, v);
            simd::unroll<NW>([&](auto x) MDL_INLINE_LAMBDA { simd::store(to + x.value * to_stride, v[x.value]); });
        }
}

/// One tile of one block: Y = A^T M A + bias, MH rows of MW pixels; each row goes to finish(row, pixels).
template <int MH, int RH, int MW, int RW, class Finish>
MDL_ALWAYS_INLINE void winograd_transform_output(const float* from, std::ptrdiff_t from_stride, simd::Vector bias, Finish finish) noexcept {
    constexpr int c = simd::lanes, NH = MH + RH - 1, NW = MW + RW - 1;
    simd::Vector v[NH > NW ? NH : NW], y[MH > MW ? MH : MW];
    alignas(simd::Vector) float between[MH * NW * c];
    if constexpr (NH > 1)
#pragma GCC unroll 1
        for (int x = 0; x < NW; ++x) {
            simd::unroll<NH>([&](auto i) MDL_INLINE_LAMBDA { v[i.value] = simd::load(from + (i.value * NW + x) * from_stride); });
            simd::winograd_output<NH, MH>(v, y);
            simd::unroll<MH>([&](auto i) MDL_INLINE_LAMBDA { simd::store(between + (i.value * NW + x) * c, y[i.value]); });
        }
    const float* line = NH > 1 ? between : from;
    const std::ptrdiff_t stride = NH > 1 ? c : from_stride;
#pragma GCC unroll 1
    for (int i = 0; i < MH; ++i, line += NW * c) {
        simd::unroll<NW>([&](auto x) MDL_INLINE_LAMBDA { v[x.value] = simd::load(line + x.value * stride); });
        if constexpr (NW > 1) simd::winograd_output<NW, MW>(v, y);
        else y[0] = v[0];
        simd::unroll<MW>([&](auto x) MDL_INLINE_LAMBDA { y[x.value] = y[x.value] + bias; });
        finish(i, y);
    }
}

/// Tiles [first, first + count) of one input block.
template <int NH, int NW>
__attribute__((noinline)) void winograd_input_block(const Geometry& g, const WinogradPlan& plan, const float* plane, int first, int count,
                                                    float* to) noexcept {
    constexpr int c = simd::lanes;
    alignas(simd::Vector) float patch[NH * NW * c];
    int tile_y = first / plan.tiles_x, tile_x = first % plan.tiles_x;
    for (int t = 0; t < count; ++t, to += c) {
        const int top = tile_y * plan.tile.rows - g.pad_top, left = tile_x * plan.tile.columns - g.pad_left;
        const float* from = plane + (std::ptrdiff_t{top} * g.in_w + left) * c;
        std::ptrdiff_t row_stride = std::ptrdiff_t{g.in_w} * c;
        if (top < 0 || left < 0 || top + NH > g.in_h || left + NW > g.in_w) {
            for (int y = 0; y < NH; ++y)
                for (int x = 0; x < NW; ++x) {
                    const bool inside = top + y >= 0 && top + y < g.in_h && left + x >= 0 && left + x < g.in_w;
                    simd::store(patch + (y * NW + x) * c, inside ? simd::load(from + y * row_stride + x * c) : simd::zero());
                }
            from = patch;
            row_stride = NW * c;
        }
        winograd_transform_input<NH, NW>(from, row_stride, to, plan.in_stride);
        if (++tile_x == plan.tiles_x) tile_x = 0, ++tile_y;
    }
}

/// Whole rows of a tile get the epilogue together.
template <class E, int... X>
MDL_ALWAYS_INLINE void winograd_store(float* output, simd::Vector* y, const float* residual, const float* slope, const EpilogueArgs& args,
                                      std::integer_sequence<int, X...> all) noexcept {
    constexpr int c = simd::lanes;
    E::template inner<1>(y, args, slope, all);
    if (residual != nullptr) {
        ((y[X] = E::combined(y[X], simd::load(residual + X * c))), ...);
        E::outer(y, args, all);
    }
    (simd::store(output + X * c, y[X]), ...);
}

/// Tiles [first, first + count) of one output block. The buffers stand at the block.
template <class E, int MH, int RH, int MW, int RW>
__attribute__((noinline)) void winograd_output_block(const Geometry& g, const WinogradPlan& plan, const EpilogueArgs& args, const float* from,
                                                     int first, int count, const float* bias, const Buffers& at) noexcept {
    constexpr int c = simd::lanes;
    int tile_y = first / plan.tiles_x, tile_x = first % plan.tiles_x;
    const simd::Vector shift = simd::load(bias);
    for (int t = 0; t < count; ++t, from += c) {
        const int top = tile_y * MH, left = tile_x * MW, columns = g.out_w - left;
        winograd_transform_output<MH, RH, MW, RW>(from, plan.out_stride, shift, [&](int row, simd::Vector* y) MDL_INLINE_LAMBDA {
            if (top + row >= g.out_h) return;
            const std::ptrdiff_t pixel = (std::ptrdiff_t{top + row} * g.out_w + left) * c;
            const float* const residual = at.residual != nullptr ? at.residual + pixel : nullptr;
            constexpr std::make_integer_sequence<int, MW> all{};
            if (!E::small && columns >= MW) return winograd_store<E>(at.output + pixel, y, residual, at.slope, args, all);
            alignas(simd::Vector) float values[MW * c];
            simd::unroll<MW>([&](auto x) MDL_INLINE_LAMBDA { simd::store(values + x.value * c, y[x.value]); });
            for (int x = 0; x < smaller(MW, columns); ++x)
                E::store(at.output + pixel + x * c, simd::load(values + x * c), residual != nullptr ? residual + x * c : nullptr, at.slope, args);
        });
        if (++tile_x == plan.tiles_x) tile_x = 0, ++tile_y;
    }
}

}  // namespace detail

/// out(o,y,x) = bias(o) + sum in(i, y+ky-pad, x+kx-pad) * w(o,i,ky,kx), then the epilogue, in tiles of MH x MW outputs: transforms
/// of input and output, and between them one pointwise convolution for each of the (MH + RH - 1) (MW + RW - 1) positions.
template <int MH, int RH, int MW, int RW, class E = Epilogue<>, class Parallel>
void convolution_winograd(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    MDL_ASSERT(g.kernel_h == RH && g.kernel_w == RW && g.stride_h == 1 && g.stride_w == 1 && g.groups == 1);
    constexpr int c = simd::lanes;
    const WinogradPlan plan = winograd_plan(g, {MH, MW});
    const int in_blocks = blocks_of(g.in_channels), out_blocks = blocks_of(g.out_channels), padded = padded_channels(g.out_channels);
    int* const offsets = reinterpret_cast<int*>(buffers.scratch);
    float* const transformed = reinterpret_cast<float*>(buffers.scratch + align_bytes(static_cast<std::size_t>(in_blocks) * sizeof(int)));
    float* const products = transformed + plan.positions() * plan.in_stride;
    const Taps taps = block_taps(Geometry{}, g.in_channels, {c, plan.chunk * c}, offsets);
    for (int first = 0; first < plan.tiles(); first += plan.chunk) {
        const int count = smaller(plan.chunk, plan.tiles() - first);
        parallel(in_blocks, [&](int block, int) noexcept {
            detail::winograd_input_block<MH + RH - 1, MW + RW - 1>(g, plan, buffers.input + std::ptrdiff_t{block} * g.in_pixels() * c, first, count,
                                                                   transformed + std::ptrdiff_t{block} * plan.chunk * c);
        });
        parallel(plan.positions(), [&](int position, int) noexcept {
            StripTask task;
            task.input = transformed + position * plan.in_stride;
            task.step_x = c;
            task.columns = task.pixels = count;
            task.taps = taps;
            task.bias = buffers.weights + padded;
            task.weights = buffers.weights + 2 * padded + position * (std::ptrdiff_t{padded} * g.in_channels);
            task.blocks = out_blocks;
            task.output = products + position * plan.out_stride;
            task.block_stride = std::ptrdiff_t{plan.chunk} * c;
            run_strip<Epilogue<ActivationKind::clip, Binary::add, ActivationKind::clip, E::small, E::tiles, E::in_order>, !E::small>(task, EpilogueArgs{});
        });
        parallel(out_blocks, [&](int block, int) noexcept {
            Buffers at = buffers;
            const std::ptrdiff_t plane = std::ptrdiff_t{block} * g.out_pixels() * c;
            at.output += plane;
            if (at.residual != nullptr) at.residual += plane;
            if (at.slope != nullptr) at.slope += block * c;
            detail::winograd_output_block<E, MH, RH, MW, RW>(g, plan, args, products + std::ptrdiff_t{block} * plan.chunk * c, first, count,
                                                             buffers.weights + block * c, at);
        });
    }
}

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
