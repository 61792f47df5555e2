// mdl: the vector of floats that kernels compute with.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/base/config.hpp>

#if MDL_SIMD

#if !__has_include(<xsimd/xsimd.hpp>)
#error "mdl: xsimd is missing; install libxsimd-dev or define MDL_SIMD=0 for the portable backend"
#include <xsimd/xsimd_is_missing.hpp>  // stops here: GCC 12, having looked for xsimd.hpp once, does not stop at its include
#endif

#include <xsimd/xsimd.hpp>

#if defined(__AVX2__) || defined(__AVX512F__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include <cstdint>
#include <cstring>

#if defined(__GNUC__) && !defined(__clang__) && defined(__AVX512F__)
// GCC 12 warns of its own AVX-512 header when that is inlined here (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace mdl {
inline namespace MDL_ISA {
namespace simd {

/// The widest instruction set that the compiler may use.
using Arch = xsimd::default_arch;
using Vector = xsimd::batch<float, Arch>;
using IntVector = xsimd::batch<std::int32_t, Arch>;

/// Floats in a vector; also the channels of a block.
inline constexpr int lanes = static_cast<int>(sizeof(Vector) / sizeof(float));
static_assert(lanes == 4 || lanes == 8 || lanes == 16, "mdl: vectors of 4, 8 or 16 floats are supported; define MDL_SIMD=0");

#if defined(__arm__)
/// Are subnormal numbers zero, as operands and as results? ARMv7's vectors know no others.
inline constexpr bool flushes_subnormals = true;
/// Is a quotient the nearest float? ARMv7 has an estimate of 1 / b and Newton's steps, and errs by up to 2 units in the last place.
inline constexpr bool divides_exactly = false;
#else
inline constexpr bool flushes_subnormals = false, divides_exactly = true;
#endif

/// ARMv7 phones have Cortex-A7, A8 and A53: cores that execute in program order.
#if defined(__arm__)
inline constexpr bool in_order_by_default = true;
#else
inline constexpr bool in_order_by_default = false;
#endif

// Own names, always inlined: a function template of others that the compiler leaves out of line is a weak symbol outside
// our namespace, which the linker may merge into code for a smaller instruction set.
MDL_ALWAYS_INLINE auto broadcast(float value) noexcept -> Vector { return Vector(value); }
MDL_ALWAYS_INLINE auto zero() noexcept -> Vector { return Vector(0.0f); }
MDL_ALWAYS_INLINE auto load(const float* p) noexcept -> Vector { return Vector::load_unaligned(p); }
/// For a value that is used several times: it is read once. GCC 12 makes it a memory operand of each use, and loads, of which
/// there are two a cycle, then hold up the multiplications (docs/decisions/0005).
MDL_ALWAYS_INLINE auto load_once(const float* p) noexcept -> Vector {
    Vector v = load(p);
#if defined(__x86_64__) || defined(__i386__)
    asm("" : "+v"(v.data));
#endif
    return v;
}
/// The same for a tile's weights. On ARM64 GCC 12 moves sums from register to register in the loop, 7 of its 90 instructions, unless
/// each vector of weights is held so (docs/decisions/0006).
MDL_ALWAYS_INLINE auto load_held(const float* p) noexcept -> Vector {
    Vector v = load_once(p);
#if defined(__aarch64__)
    asm("" : "+w"(v.data));
#endif
    return v;
}
MDL_ALWAYS_INLINE void store(float* p, Vector v) noexcept { v.store_unaligned(p); }
MDL_ALWAYS_INLINE auto min(Vector a, Vector b) noexcept -> Vector { return xsimd::min(a, b); }
MDL_ALWAYS_INLINE auto max(Vector a, Vector b) noexcept -> Vector { return xsimd::max(a, b); }
/// A NaN stays one: of two operands, one a NaN, x86 returns the second.
MDL_ALWAYS_INLINE auto clamp(Vector x, Vector lo, Vector hi) noexcept -> Vector { return max(lo, min(hi, x)); }
/// a / b and the square root. xsimd 8.1 estimates both on ARM and takes Newton's steps, as ARMv7 must; AArch64 has instructions, which
/// round correctly and know infinity.
MDL_ALWAYS_INLINE auto divide(Vector a, Vector b) noexcept -> Vector {
#if defined(__aarch64__)
    return Vector(vdivq_f32(a, b));
#else
    return a / b;
#endif
}
MDL_ALWAYS_INLINE auto sqrt(Vector x) noexcept -> Vector {
#if defined(__aarch64__)
    return Vector(vsqrtq_f32(x));
#else
    return xsimd::sqrt(x);
#endif
}
/// The lanes of `yes` where x > limit, else those of `no`.
MDL_ALWAYS_INLINE auto where_greater(Vector x, Vector limit, Vector yes, Vector no) noexcept -> Vector {
    return xsimd::select(x > limit, yes, no);
}
MDL_ALWAYS_INLINE auto bits(Vector x) noexcept -> IntVector { return __builtin_bit_cast(IntVector, x); }
MDL_ALWAYS_INLINE auto from_bits(IntVector x) noexcept -> Vector { return __builtin_bit_cast(Vector, x); }

/// Bytes 0..255 as floats.
MDL_ALWAYS_INLINE auto load_bytes(const std::uint8_t* p) noexcept -> Vector {
#if defined(__AVX512F__)
    return Vector(_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)))));
#elif defined(__AVX2__)
    return Vector(_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)))));
#else
    alignas(Vector) float all[lanes];
    for (int i = 0; i < lanes; ++i) all[i] = static_cast<float>(p[i]);
    return Vector::load_aligned(all);
#endif
}

/// The first n lanes from memory, the others zero.
MDL_ALWAYS_INLINE auto load_partial(const float* p, int n) noexcept -> Vector {
    alignas(Vector) float all[lanes]{};
    std::memcpy(all, p, static_cast<std::size_t>(n) * sizeof(float));
    return Vector::load_aligned(all);
}
/// The first n lanes to memory.
MDL_ALWAYS_INLINE void store_partial(float* p, Vector v, int n) noexcept {
    alignas(Vector) float all[lanes];
    v.store_aligned(all);
    std::memcpy(p, all, static_cast<std::size_t>(n) * sizeof(float));
}
/// Sum and maximum over the lanes.
MDL_ALWAYS_INLINE auto sum(Vector v) noexcept -> float {
    alignas(Vector) float all[lanes];
    v.store_aligned(all);
    for (int half = lanes / 2; half > 0; half /= 2)
        for (int i = 0; i < half; ++i) all[i] += all[i + half];
    return all[0];
}
MDL_ALWAYS_INLINE auto largest(Vector v) noexcept -> float {
    alignas(Vector) float all[lanes];
    v.store_aligned(all);
    for (int half = lanes / 2; half > 0; half /= 2)
        for (int i = 0; i < half; ++i) all[i] = all[i] < all[i + half] ? all[i + half] : all[i];
    return all[0];
}

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#if defined(__GNUC__) && !defined(__clang__) && defined(__AVX512F__)
#pragma GCC diagnostic pop
#endif

#endif
