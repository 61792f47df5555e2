// mdl: pooling over channel blocks: windows, and the whole feature map.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/kernels/blocks/epilogue.hpp>
#include <mdl/kernels/parallel.hpp>
#include <mdl/tensor/geometry.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

namespace detail {

/// Kernel positions [begin, end) inside the input, for a window that begins at `first`.
struct WindowRange {
    int begin, end;

    constexpr WindowRange(int first, int kernel, int dilation, int in) noexcept
        : begin(first < 0 ? smaller(kernel, divide_up(-first, dilation)) : 0),
          end(larger(begin, first >= in ? 0 : smaller(kernel, divide_up(in - first, dilation)))) {}
};

template <Pooling Kind>
MDL_ALWAYS_INLINE auto pool_add(simd::Vector acc, simd::Vector x) noexcept -> simd::Vector {
    if constexpr (Kind == Pooling::max) return simd::max(acc, x);
    return acc + x;
}
template <Pooling Kind>
MDL_ALWAYS_INLINE auto pool_start() noexcept -> simd::Vector {
    return simd::broadcast(Kind == Pooling::max ? -3.402823466e38f : 0.0f);
}

template <Pooling Kind, class E>
__attribute__((noinline)) void pool_block(const Geometry& g, const EpilogueArgs& args, const float* input, float* output, const float* slope) noexcept {
    constexpr int c = simd::lanes;
    for (int y = 0; y < g.out_h; ++y) {
        const int top = y * g.stride_h - g.pad_top;
        const WindowRange rows(top, g.kernel_h, g.dilation_h, g.in_h);
        const int counted_rows = WindowRange(top + g.pad_top, g.kernel_h, g.dilation_h, g.in_h + g.pad_top + g.pad_bottom).end;
        for (int x = 0; x < g.out_w; ++x, output += c) {
            const int left = x * g.stride_w - g.pad_left;
            const WindowRange columns(left, g.kernel_w, g.dilation_w, g.in_w);
            simd::Vector acc = pool_start<Kind>();
            for (int ky = rows.begin; ky < rows.end; ++ky) {
                const float* from = input + (std::ptrdiff_t{top + ky * g.dilation_h} * g.in_w + left + columns.begin * g.dilation_w) * c;
                for (int kx = columns.begin; kx < columns.end; ++kx, from += g.dilation_w * c) acc = pool_add<Kind>(acc, simd::load(from));
            }
            if constexpr (Kind == Pooling::average) {
                int divisor = (rows.end - rows.begin) * (columns.end - columns.begin);
                if (g.count_padding)
                    divisor = counted_rows *
                              WindowRange(left + g.pad_left, g.kernel_w, g.dilation_w, g.in_w + g.pad_left + g.pad_right).end;
                acc = acc * simd::broadcast(1.0f / static_cast<float>(larger(divisor, 1)));
            }
            E::store(output, acc, nullptr, slope, args);
        }
    }
}

template <Pooling Kind, class E>
__attribute__((noinline)) void global_pool_block(const Geometry& g, const EpilogueArgs& args, const float* from, const float* scale, const float* shift,
                                                 const float* slope, float* output) noexcept {
    constexpr int c = simd::lanes;
    const int pixels = g.in_pixels();
    const simd::Vector lo = simd::broadcast(args.prologue.lo), hi = simd::broadcast(args.prologue.hi);
    const simd::Vector a = scale != nullptr ? simd::load(scale) : simd::zero(), b = scale != nullptr ? simd::load(shift) : simd::zero();
    const auto value = [&](const float* p) MDL_INLINE_LAMBDA {
        return scale != nullptr ? simd::clamp(simd::fma(simd::load(p), a, b), lo, hi) : simd::load(p);
    };
    // Four sums hide the latency and halve the rounding error of long sums.
    simd::Vector acc[4] = {pool_start<Kind>(), pool_start<Kind>(), pool_start<Kind>(), pool_start<Kind>()};
    int p = 0;
    for (; p + 4 <= pixels; p += 4, from += 4 * c) {
        acc[0] = pool_add<Kind>(acc[0], value(from));
        acc[1] = pool_add<Kind>(acc[1], value(from + c));
        acc[2] = pool_add<Kind>(acc[2], value(from + 2 * c));
        acc[3] = pool_add<Kind>(acc[3], value(from + 3 * c));
    }
    for (; p < pixels; ++p, from += c) acc[0] = pool_add<Kind>(acc[0], value(from));
    simd::Vector y = pool_add<Kind>(pool_add<Kind>(acc[0], acc[1]), pool_add<Kind>(acc[2], acc[3]));
    if constexpr (Kind == Pooling::average) y = y * simd::broadcast(1.0f / static_cast<float>(pixels));
    E::store(output, y, nullptr, slope, args);
}

}  // namespace detail

/// Largest value or mean of each window; padding counts as the reference says. Then the epilogue's inner activation.
template <Pooling Kind, class E = Epilogue<>, class Parallel>
void pool(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    parallel(blocks_of(g.in_channels), [&](int block, int) noexcept {
        detail::pool_block<Kind, E>(g, args, buffers.input + std::ptrdiff_t{block} * g.in_pixels() * c,
                                    buffers.output + std::ptrdiff_t{block} * g.out_pixels() * c,
                                    buffers.slope != nullptr ? buffers.slope + block * c : nullptr);
    });
}
constexpr auto pool_scratch_bytes(const Geometry&, int) noexcept -> std::size_t { return 0; }

/// Largest value or mean of each channel of clamp(x * prologue_scale + prologue_shift), where there is a prologue. Writes one
/// vector a block: channel blocks of a 1x1 map, which are also a row-major vector padded to whole blocks.
template <Pooling Kind, class E = Epilogue<>, class Parallel>
void global_pool(const Geometry& g, const EpilogueArgs& args, const Buffers& buffers, const Parallel& parallel) noexcept {
    constexpr int c = simd::lanes;
    parallel(blocks_of(g.in_channels), [&](int block, int) noexcept {
        const bool prologue = buffers.prologue_scale != nullptr;
        detail::global_pool_block<Kind, E>(g, args, buffers.input + std::ptrdiff_t{block} * g.in_pixels() * c,
                                           prologue ? buffers.prologue_scale + block * c : nullptr,
                                           prologue ? buffers.prologue_shift + block * c : nullptr,
                                           buffers.slope != nullptr ? buffers.slope + block * c : nullptr, buffers.output + block * c);
    });
}
constexpr auto global_pool_scratch_bytes(const Geometry&, int) noexcept -> std::size_t { return 0; }

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
