// mdl: loads and multiply-adds that ARM64's compilers leave in the order of the source.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/fma.hpp>
#include <mdl/simd/vector.hpp>

#if MDL_SIMD

#include <cstdint>

namespace mdl {
inline namespace MDL_ISA {
namespace simd {

// Compilers order for themselves, and where sums and weights leave few registers they spill. Volatile statements stay where they are; one
// instruction each, so that registers remain the compiler's business. On other instruction sets these are the plain operations. `At`: bytes
// behind p, in the instruction's own field.

#if defined(__aarch64__)
namespace detail {
/// What a load by statement may read.
MDL_ALWAYS_INLINE auto readable(const float* p) noexcept -> const float (&)[64] { return *reinterpret_cast<const float (*)[64]>(p); }
}  // namespace detail
#endif

/// Loads each time: a copy of what was loaded before, which a compiler would rather make, takes a multiply-add's port, and a load takes none.
template <int At = 0>
MDL_ALWAYS_INLINE auto ordered_load(const float* p) noexcept -> Vector {
#if defined(__aarch64__)
    float32x4_t v;
    asm volatile("ldr %q0, [%1, %2]" : "=w"(v) : "r"(p), "i"(At), "m"(detail::readable(p)));
    return Vector(v);
#else
    return load(p + At / static_cast<int>(sizeof(float)));
#endif
}
/// A copy: in-order cores make one faster than a load of 128 bits.
MDL_ALWAYS_INLINE auto ordered_copy(Vector v) noexcept -> Vector {
#if defined(__aarch64__)
    float32x4_t copy;
    asm volatile("mov %0.16b, %1.16b" : "=w"(copy) : "w"(v.data));
    return Vector(copy);
#else
    return v;
#endif
}
/// sum + a * b
MDL_ALWAYS_INLINE auto ordered_fma(Vector a, Vector b, Vector sum) noexcept -> Vector {
#if defined(__aarch64__)
    asm volatile("fmla %0.4s, %1.4s, %2.4s" : "+w"(sum.data) : "w"(a.data), "w"(b.data));
    return sum;
#else
    return fma(a, b, sum);
#endif
}
/// A pointer that is kept as it is: compilers would rather have one for each distance from another.
MDL_ALWAYS_INLINE auto kept(const float* p) noexcept -> const float* {
#if defined(__aarch64__)
    asm("" : "+r"(p));
#endif
    return p;
}

#if defined(__aarch64__)
inline constexpr bool has_half_loads = true;

/// A vector in halves, which in-order cores load beside multiply-adds: lanes 0 and 1 into the vector, 2 and 3 through an integer.
template <int At>
MDL_ALWAYS_INLINE auto load_low(const float* p) noexcept -> Vector {
    float32x4_t v;
    asm volatile("ldr %d0, [%1, %2]" : "=w"(v) : "r"(p), "i"(At), "m"(detail::readable(p)));
    return Vector(v);
}
template <int At>
MDL_ALWAYS_INLINE auto load_high(const float* p) noexcept -> std::uint64_t {
    std::uint64_t high;
    asm volatile("ldr %0, [%1, %2]" : "=r"(high) : "r"(p), "i"(At + 8), "m"(detail::readable(p)));
    return high;
}
MDL_ALWAYS_INLINE auto insert_high(Vector v, std::uint64_t high) noexcept -> Vector {
    asm volatile("ins %0.d[1], %1" : "+w"(v.data) : "r"(high));
    return v;
}
#else
inline constexpr bool has_half_loads = false;
template <int At>
MDL_ALWAYS_INLINE auto load_low(const float* p) noexcept -> Vector { return ordered_load<At>(p); }
template <int At>
MDL_ALWAYS_INLINE auto load_high(const float*) noexcept -> std::uint64_t { return 0; }
MDL_ALWAYS_INLINE auto insert_high(Vector v, std::uint64_t) noexcept -> Vector { return v; }
#endif

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#endif
