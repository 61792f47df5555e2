// mdl: loads and multiply-adds that ARM64's compilers leave in the order of the source.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/fma.hpp>
#include <mdl/simd/vector.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace simd {

// Compilers order for themselves, and where sums and weights leave few registers they spill. Volatile statements stay where they are; one
// instruction each, so that registers remain the compiler's business. On other instruction sets these are the plain operations. `At`: bytes
// behind p, in the instruction's own field.

#if defined(__aarch64__)
namespace detail {
/// What a load by statement may read.
MDL_ALWAYS_INLINE auto readable(const float* p) noexcept -> const float (&)[128] { return *reinterpret_cast<const float (*)[128]>(p); }
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

}  // namespace simd
}  // namespace MDL_ISA
}  // namespace mdl

#endif
