// mdl: the few macros: assertion, inlining, and the name of the instruction set's namespace.
// SPDX-License-Identifier: MIT
#pragma once

// MDL_SIMD: 1 (default) computes with xsimd's vectors, 0 with the portable backend (Eigen and plain loops).
#ifndef MDL_SIMD
#define MDL_SIMD 1
#endif

// Processors that the library does not serve. The include stops the compiler, so that nothing buries the sentence.
#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "mdl: this processor is big-endian; weights files and packed numbers are little-endian, so that it cannot be served"
#include <mdl_does_not_serve_this_processor>
#elif MDL_SIMD && defined(__arm__) && !defined(__ARM_NEON)
#error "mdl: the compiler's target is ARM without NEON; add -mfpu=neon-vfpv4 or -mfpu=neon, or define MDL_SIMD=0 for the portable backend"
#include <mdl_does_not_serve_this_processor>
#elif MDL_SIMD && !defined(__ARM_NEON) && !defined(__SSE2__)
#error "mdl: vectors are those of ARM's NEON and of x86 from SSE2 on; define MDL_SIMD=0 for the portable backend"
#include <mdl_does_not_serve_this_processor>
#endif

/// Checks our own mistakes in debug builds; costs nothing where NDEBUG is defined.
#ifdef NDEBUG
#define MDL_ASSERT(condition) static_cast<void>(0)
#else
#define MDL_ASSERT(condition) (static_cast<bool>(condition) ? static_cast<void>(0) : __builtin_trap())
#endif

/// GCC does not inline a lambda called from an unrolling loop unless the lambda itself says so, and its
/// accumulators then live in memory: a third of the speed.
#define MDL_ALWAYS_INLINE __attribute__((always_inline)) inline
#define MDL_INLINE_LAMBDA __attribute__((always_inline))

// Everything that computes stands in an inline namespace named after every feature that changes the code,
// so that translation units built with different -m flags link without breaking the one-definition rule.
#if !MDL_SIMD
#define MDL_ISA_BASE isa_portable
#elif defined(__aarch64__)
#define MDL_ISA_BASE isa_arm64
#elif defined(__arm__)
#define MDL_ISA_BASE isa_arm32
#else
#define MDL_ISA_BASE isa_x86
#endif

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
#define MDL_ISA_WIDTH _avx512
#elif defined(__AVX512F__)
#define MDL_ISA_WIDTH _avx512f
#elif defined(__AVX2__)
#define MDL_ISA_WIDTH _avx2
#elif defined(__AVX__)
#define MDL_ISA_WIDTH _avx
#elif defined(__SSE4_2__)
#define MDL_ISA_WIDTH _sse42
#elif defined(__SSE4_1__)
#define MDL_ISA_WIDTH _sse41
#elif defined(__SSSE3__)
#define MDL_ISA_WIDTH _ssse3
#elif defined(__SSE3__)
#define MDL_ISA_WIDTH _sse3
#elif defined(__SSE2__)
#define MDL_ISA_WIDTH _sse2
#elif defined(__ARM_NEON)
#define MDL_ISA_WIDTH _neon
#else
#define MDL_ISA_WIDTH
#endif

#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define MDL_ISA_FMA _fma
#elif defined(__FMA4__)
#define MDL_ISA_FMA _fma4
#else
#define MDL_ISA_FMA
#endif

#if defined(__AVX512VNNI__) || defined(__ARM_FEATURE_DOTPROD)
#define MDL_ISA_DOT _dot
#elif defined(__AVXVNNI__)
#define MDL_ISA_DOT _avxdot
#else
#define MDL_ISA_DOT
#endif

#if defined(__F16C__) || defined(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC)
#define MDL_ISA_HALF _half
#else
#define MDL_ISA_HALF
#endif

#define MDL_PASTE_TOKENS(a, b, c, d, e) a##b##c##d##e
#define MDL_PASTE(a, b, c, d, e) MDL_PASTE_TOKENS(a, b, c, d, e)
/// The inline namespace of everything that computes: `namespace mdl { inline namespace MDL_ISA { ... } }`.
#define MDL_ISA MDL_PASTE(MDL_ISA_BASE, MDL_ISA_WIDTH, MDL_ISA_FMA, MDL_ISA_DOT, MDL_ISA_HALF)
