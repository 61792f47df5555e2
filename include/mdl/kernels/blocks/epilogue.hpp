// mdl: what a kernel does to each vector of results before it stores them.
// SPDX-License-Identifier: MIT
#pragma once

#include <limits>
#include <utility>

#include <mdl/kernels/blocks/buffers.hpp>
#include <mdl/simd/math.hpp>
#include <mdl/simd/partial.hpp>
#include <mdl/simd/tile.hpp>
#include <mdl/tensor/operation.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// One activation's numbers: the clamp's ends, or the a and b of the others.
struct ActivationArgs {
    float lo = -std::numeric_limits<float>::infinity(), hi = std::numeric_limits<float>::infinity();
    float a = 0, b = 0;
};

constexpr auto activation_args(const Activation& activation) noexcept -> ActivationArgs {
    ActivationArgs args;
    args.a = activation.a, args.b = activation.b;
    if (activation.kind == ActivationKind::relu) args.lo = 0;
    if (activation.kind == ActivationKind::clip) args.lo = activation.a, args.hi = activation.b;
    return args;
}

/// None, relu and clip are one piece of code, a clamp with run-time ends: `clip` stands for all three.
constexpr auto epilogue_kind(ActivationKind kind) noexcept -> ActivationKind {
    return kind == ActivationKind::none || kind == ActivationKind::relu ? ActivationKind::clip : kind;
}

/// The run-time numbers of y = outer(combine(inner(acc + bias), residual)) and of the prologue's clamp.
struct EpilogueArgs {
    ActivationArgs inner{}, outer{}, prologue{};
};

constexpr auto epilogue_args(const Activation& inner, const Activation& outer = {}, const Activation& prologue = {}) noexcept -> EpilogueArgs {
    return {activation_args(inner), activation_args(outer), activation_args(prologue)};
}

/// One activation. Kind is one that epilogue_kind returns. `slope`: for leaky_relu, one a channel instead of a.
template <ActivationKind Kind>
MDL_ALWAYS_INLINE auto activate(simd::Vector x, const ActivationArgs& args) noexcept -> simd::Vector {
    using simd::broadcast;
    if constexpr (Kind == ActivationKind::clip || Kind == ActivationKind::none || Kind == ActivationKind::relu) {
        return simd::clamp(x, broadcast(args.lo), broadcast(args.hi));
    } else if constexpr (Kind == ActivationKind::leaky_relu) {
        return simd::where_greater(x, simd::zero(), x, x * broadcast(args.a));
    } else if constexpr (Kind == ActivationKind::elu) {
        // exp(x) - 1 cancels near zero; there its series to degree 4 is exact to a float's precision.
        const simd::Vector series = x * simd::fma(x, simd::fma(x, simd::fma(x, broadcast(1 / 24.0f), broadcast(1 / 6.0f)), broadcast(0.5f)), broadcast(1.0f));
        const simd::Vector difference = simd::exp(simd::min(x, simd::zero())) - broadcast(1.0f);
        const simd::Vector grown = simd::where_greater(x, broadcast(-0.05f), series, difference);
        return simd::where_greater(x, simd::zero(), x, broadcast(args.a) * grown);
    } else if constexpr (Kind == ActivationKind::sigmoid || Kind == ActivationKind::silu) {
        simd::logistic<Kind == ActivationKind::silu, 1>(&x);
        return x;
    } else if constexpr (Kind == ActivationKind::tanh) {
        return simd::tanh(x);
    } else if constexpr (Kind == ActivationKind::hard_sigmoid) {
        return simd::clamp(simd::fma(x, broadcast(args.a), broadcast(args.b)), simd::zero(), broadcast(1.0f));
    } else if constexpr (Kind == ActivationKind::hard_swish) {
        return x * simd::clamp(simd::fma(x, broadcast(1 / 6.0f), broadcast(0.5f)), simd::zero(), broadcast(1.0f));
    } else if constexpr (Kind == ActivationKind::exp) {
        return simd::exp(x);
    } else if constexpr (Kind == ActivationKind::abs) {
        return simd::max(x, simd::zero() - x);
    } else if constexpr (Kind == ActivationKind::negate) {
        return simd::zero() - x;
    } else if constexpr (Kind == ActivationKind::sqrt) {
        return simd::sqrt(x);
    } else if constexpr (Kind == ActivationKind::erf) {
        return simd::erf(x);
    } else if constexpr (Kind == ActivationKind::softplus) {
        return simd::softplus(x);
    } else if constexpr (Kind == ActivationKind::softsign) {
        return simd::divide(x, broadcast(1.0f) + simd::max(x, simd::zero() - x));
    } else if constexpr (Kind == ActivationKind::gelu) {
        const simd::Vector half = x * broadcast(0.5f);
        return simd::fma(half, simd::erf(x * broadcast(0.70710678f)), half);
    } else if constexpr (Kind == ActivationKind::gelu_tanh) {
        // 1/2 (1 + tanh u) = sigmoid(2 u)
        const simd::Vector cubic = simd::fma(x * x, broadcast(2 * 0.79788456f * 0.044715f), broadcast(2 * 0.79788456f));
        simd::Vector gate = x * cubic;
        simd::logistic<false, 1>(&gate);
        return x * gate;
    } else if constexpr (Kind == ActivationKind::mish) {
        return x * simd::tanh(simd::softplus(x));
    } else if constexpr (Kind == ActivationKind::selu) {
        return broadcast(args.b) * activate<ActivationKind::elu>(x, args);
    } else if constexpr (Kind == ActivationKind::celu) {
        // a (exp(x / a) - 1), which elu computes of x / a; a is positive.
        const simd::Vector scaled = activate<ActivationKind::elu>(simd::divide(x, broadcast(args.a)), args);
        return simd::where_greater(x, simd::zero(), x, scaled);
    } else {
        static_assert(Kind == ActivationKind::thresholded_relu);
        return simd::where_greater(x, broadcast(args.a), x, simd::zero());
    }
}

/// The same for all of y[I...]. An end of a clamp that is infinite is asked about once and costs nothing: minimum and maximum
/// take the multiply-adds' ports.
template <ActivationKind Kind, int... I>
MDL_ALWAYS_INLINE void activate(simd::Vector* y, const ActivationArgs& args, std::integer_sequence<int, I...>) noexcept {
    if constexpr (Kind == epilogue_kind(ActivationKind::none)) {
        constexpr float infinity = std::numeric_limits<float>::infinity();
        if (args.hi < infinity) {
            const simd::Vector hi = simd::broadcast(args.hi);
            ((y[I] = simd::min(hi, y[I])), ...);
        }
        if (args.lo > -infinity) {
            const simd::Vector lo = simd::broadcast(args.lo);
            ((y[I] = simd::max(lo, y[I])), ...);
        }
    } else if constexpr (Kind == ActivationKind::sigmoid || Kind == ActivationKind::silu) {
        simd::Vector in_memory[] = {y[I]...};  // y stays in registers where its address goes nowhere
        simd::logistic<Kind == ActivationKind::silu>(in_memory, sizeof...(I));
        ((y[I] = in_memory[I]), ...);
    } else {
        ((y[I] = activate<Kind>(y[I], args)), ...);
    }
}

template <Binary Combine>
MDL_ALWAYS_INLINE auto combine(simd::Vector a, simd::Vector b) noexcept -> simd::Vector {
    if constexpr (Combine == Binary::add) return a + b;
    if constexpr (Combine == Binary::subtract) return a - b;
    if constexpr (Combine == Binary::multiply) return a * b;
    if constexpr (Combine == Binary::divide) return simd::divide(a, b);
    if constexpr (Combine == Binary::maximum) return simd::max(a, b);
    if constexpr (Combine == Binary::minimum) return simd::min(a, b);
}

/// y = Outer(Combine(Inner(x), residual)), or Inner(x) where there is no residual. Template arguments are only what changes
/// the code; `Epilogue<>` serves every mix of bias, relu, relu6, clip and residual add.
template <ActivationKind Inner = ActivationKind::clip, Binary Combine = Binary::add, ActivationKind Outer = ActivationKind::clip, bool Small = false,
          simd::TileSet Tiles = simd::every_tile(Small), bool InOrder = simd::in_order_by_default>
struct Epilogue {
    static constexpr bool small = Small;           ///< the kernel shall be small rather than fast
    static constexpr bool in_order = InOrder;      ///< the kernel shall be fast on cores that execute in program order
    static constexpr simd::TileSet tiles = Tiles;  ///< register tiles that the kernel is compiled with
    static constexpr bool is_clamp = Inner == epilogue_kind(ActivationKind::none);  ///< without a residual

    /// `slope`: one a channel of this block for leaky_relu, or null.
    static MDL_ALWAYS_INLINE auto inner(simd::Vector x, const EpilogueArgs& args, const float* slope) noexcept -> simd::Vector {
        if constexpr (Inner == ActivationKind::leaky_relu)
            if (slope != nullptr) return simd::where_greater(x, simd::zero(), x, x * simd::load(slope));
        return activate<Inner>(x, args.inner);
    }
    static MDL_ALWAYS_INLINE auto outer(simd::Vector x, simd::Vector residual, const EpilogueArgs& args) noexcept -> simd::Vector {
        return activate<Outer>(combine<Combine>(x, residual), args.outer);
    }
    static MDL_ALWAYS_INLINE auto combined(simd::Vector x, simd::Vector residual) noexcept -> simd::Vector { return combine<Combine>(x, residual); }
    /// The inner and the outer activation of a tile; y[I] belongs to channel block I % B. `slope`: of the first block, or null.
    template <int B, int... I>
    static MDL_ALWAYS_INLINE void inner(simd::Vector* y, const EpilogueArgs& args, const float* slope, std::integer_sequence<int, I...> all) noexcept {
        if constexpr (Inner == ActivationKind::leaky_relu)
            ((y[I] = inner(y[I], args, slope != nullptr ? slope + I % B * simd::lanes : nullptr)), ...);
        else
            activate<Inner>(y, args.inner, all);
    }
    template <int... I>
    static MDL_ALWAYS_INLINE void outer(simd::Vector* y, const EpilogueArgs& args, std::integer_sequence<int, I...> all) noexcept {
        activate<Outer>(y, args.outer, all);
    }
    /// The whole of it for one vector, and the store.
    static MDL_ALWAYS_INLINE void store(float* output, simd::Vector x, const float* residual, const float* slope, const EpilogueArgs& args) noexcept {
        simd::Vector y = inner(x, args, slope);
        if (residual != nullptr) y = outer(y, simd::load(residual), args);
        simd::store(output, y);
    }
};

/// The same, y = Outer(Inner(x) + residual), without a step that its layer does not have: for straight-line code, where a clamp that
/// does nothing would be two instructions a vector. Parametric: leaky_relu with one slope a channel in place of Inner.
template <ActivationKind Inner, bool Parametric = false, bool Residual = false, ActivationKind Outer = ActivationKind::none>
struct TinyEpilogue {
    template <ActivationKind Kind>
    static MDL_ALWAYS_INLINE auto apply(simd::Vector x, const ActivationArgs& args) noexcept -> simd::Vector {
        if constexpr (Kind == ActivationKind::none) return x;
        else if constexpr (Kind == ActivationKind::relu) return simd::max(simd::zero(), x);  // a NaN stays one
        else return activate<epilogue_kind(Kind)>(x, args);
    }
    /// Stores the first N lanes of x, which are those of channels first, first + 1, ..., at output[at], ...
    template <int N>
    static MDL_ALWAYS_INLINE void finish(simd::Vector x, int first, std::ptrdiff_t at, const EpilogueArgs& args, const Buffers& buffers) noexcept {
        if constexpr (Parametric) x = simd::where_greater(x, simd::zero(), x, x * simd::load_first<N>(buffers.slope + first));
        else x = apply<Inner>(x, args.inner);
        if constexpr (Residual) x = apply<Outer>(x + simd::load_first<N>(buffers.residual + at), args.outer);
        simd::store_first<N>(buffers.output + at, x);
    }
};

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
