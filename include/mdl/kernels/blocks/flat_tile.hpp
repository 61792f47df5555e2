// mdl: the innermost loop of a register tile whose pixels lie side by side, in inline assembly for ARM64.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/vector.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Is there such a loop for a tile of P pixels by B blocks?
template <int P, int B>
inline constexpr bool has_flat_tile =
#if defined(__aarch64__)
    (P == 8 || P == 7 || P == 6 || P == 4) && B == 2;
#else
    false;
#endif

#if defined(__aarch64__)

/// acc[2 p + b] = bias[b] + sum over the taps t of x[t * step + 4 p + i] * w[t][i][b], i < 4, p < P, in that order. `count` taps, at least one.
///
/// One instruction loads four vectors, so that 64 multiply-adds take four loads where compilers take sixteen (docs/decisions/0006). Registers:
/// v0 to v7 pixels, v8 to v15 the weights of four channels by two blocks. Two taps a round; an odd number of them begins with the second.
/// In each round the line of weights that lies `ahead` floats behind is fetched, one of four.
template <int P>
MDL_ALWAYS_INLINE void multiply_flat(simd::Vector* acc, const float* x, std::ptrdiff_t step, std::ptrdiff_t count, const float* w,
                                     const float* bias, std::ptrdiff_t ahead) noexcept {
    float32x4_t a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7;
    asm volatile(
        ".macro mdl_pixel p, a, b, lane, u, v\n"
        ".if \\p < %c[pixels]\n"
        "fmla \\a, \\u, v\\p\\().s[\\lane]\n"
        "fmla \\b, \\v, v\\p\\().s[\\lane]\n"
        ".endif\n .endm\n"
        ".macro mdl_channel lane, u, v\n"  // by its weights u and v
        "mdl_pixel 0, %[a0].4s, %[b0].4s, \\lane, \\u, \\v\n mdl_pixel 1, %[a1].4s, %[b1].4s, \\lane, \\u, \\v\n"
        "mdl_pixel 2, %[a2].4s, %[b2].4s, \\lane, \\u, \\v\n mdl_pixel 3, %[a3].4s, %[b3].4s, \\lane, \\u, \\v\n"
        "mdl_pixel 4, %[a4].4s, %[b4].4s, \\lane, \\u, \\v\n mdl_pixel 5, %[a5].4s, %[b5].4s, \\lane, \\u, \\v\n"
        "mdl_pixel 6, %[a6].4s, %[b6].4s, \\lane, \\u, \\v\n mdl_pixel 7, %[a7].4s, %[b7].4s, \\lane, \\u, \\v\n"
        ".endm\n"
        ".macro mdl_tap\n"
        ".if %c[pixels] > 4\n ld1 {v0.4s-v3.4s}, [%[x]], #64\n .endif\n"
        ".if %c[pixels] == 8\n ld1 {v4.4s-v7.4s}, [%[x]], %[step]\n .endif\n"
        ".if %c[pixels] == 7\n ld1 {v4.4s-v6.4s}, [%[x]], %[step]\n .endif\n"
        ".if %c[pixels] == 6\n ld1 {v4.4s-v5.4s}, [%[x]], %[step]\n .endif\n"
        ".if %c[pixels] == 4\n ld1 {v0.4s-v3.4s}, [%[x]], %[step]\n .endif\n"
        "ld1 {v8.4s-v11.4s}, [%[w]], #64   \n ld1 {v12.4s-v15.4s}, [%[w]], #64\n"
        "mdl_channel 0, v8.4s, v9.4s       \n mdl_channel 1, v10.4s, v11.4s\n"
        "mdl_channel 2, v12.4s, v13.4s     \n mdl_channel 3, v14.4s, v15.4s\n"
        ".endm\n"
        "ldp q8, q9, [%[bias]]\n"  // every sum begins with its bias
        "mov %[a0].16b, v8.16b             \n mov %[b0].16b, v9.16b\n"
        "mov %[a1].16b, v8.16b             \n mov %[b1].16b, v9.16b\n"
        "mov %[a2].16b, v8.16b             \n mov %[b2].16b, v9.16b\n"
        "mov %[a3].16b, v8.16b             \n mov %[b3].16b, v9.16b\n"
        "mov %[a4].16b, v8.16b             \n mov %[b4].16b, v9.16b\n"
        "mov %[a5].16b, v8.16b             \n mov %[b5].16b, v9.16b\n"
        "mov %[a6].16b, v8.16b             \n mov %[b6].16b, v9.16b\n"
        "mov %[a7].16b, v8.16b             \n mov %[b7].16b, v9.16b\n"
        "tbnz %[n], #0, 2f\n"
        "1: prfm pldl2keep, [%[w], %[ahead]]\n"
        "mdl_tap\n"
        "2: mdl_tap\n"
        "subs %[n], %[n], #2\n"
        "b.gt 1b\n"
        ".purgem mdl_pixel\n .purgem mdl_channel\n .purgem mdl_tap"
        : [a0] "=&w"(a0), [a1] "=&w"(a1), [a2] "=&w"(a2), [a3] "=&w"(a3), [a4] "=&w"(a4), [a5] "=&w"(a5), [a6] "=&w"(a6), [a7] "=&w"(a7),
          [b0] "=&w"(b0), [b1] "=&w"(b1), [b2] "=&w"(b2), [b3] "=&w"(b3), [b4] "=&w"(b4), [b5] "=&w"(b5), [b6] "=&w"(b6), [b7] "=&w"(b7),
          [x] "+&r"(x), [w] "+&r"(w), [n] "+&r"(count)
        : [step] "r"(4 * (step - (P > 4 ? 16 : 0))), [ahead] "r"(4 * ahead), [bias] "r"(bias), [pixels] "i"(P)
        : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "cc", "memory");
    const float32x4_t sums[] = {a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7};
    for (int i = 0; i < 2 * P; ++i) acc[i] = simd::Vector(sums[i]);
}

#endif

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
