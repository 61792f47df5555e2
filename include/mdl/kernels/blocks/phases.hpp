// mdl: which outputs of a transposed convolution are one convolution of its input.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/base/config.hpp>
#include <mdl/tensor/geometry.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// One axis without dilation. Output o is reached by kernel elements phase, phase + stride, ... from inputs step, step - 1, ..., where
/// o + pad = stride (first_step + step) + phase: outputs of one phase are a convolution of stride 1, with the kernel's elements in
/// reverse. Steps count from 0.
struct PhaseAxis {
    int kernel, stride, pad, out;

    /// Kernel elements of a phase; phase 0 has the most.
    constexpr auto taps(int phase) const noexcept -> int { return phase < kernel ? (kernel - phase - 1) / stride + 1 : 0; }
    /// The input that step 0 reaches last.
    constexpr auto first_step() const noexcept -> int { return pad / stride; }
    constexpr auto steps() const noexcept -> int { return (pad % stride + out - 1) / stride + 1; }
    constexpr auto output(int step, int phase) const noexcept -> int { return step * stride + phase - pad % stride; }
    /// Steps [begin, end) whose outputs there are.
    constexpr auto begin(int phase) const noexcept -> int { return phase < pad % stride ? 1 : 0; }
    constexpr auto end(int phase) const noexcept -> int { return (out + pad % stride - phase + stride - 1) / stride; }
};

constexpr auto phase_rows(const Geometry& g) noexcept -> PhaseAxis { return {g.kernel_h, g.stride_h, g.pad_top, g.out_h}; }
constexpr auto phase_columns(const Geometry& g) noexcept -> PhaseAxis { return {g.kernel_w, g.stride_w, g.pad_left, g.out_w}; }

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl
