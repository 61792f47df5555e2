// mdl: a strip of depthwise convolution, seven pixels wide and any number of rows high, in inline assembly for in-order cores of ARM64.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include <mdl/base/config.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Seven output pixels of each of at least three rows, with a 3x3 window. Distances are in bytes.
struct DepthwiseStrip {
    const float* row;     ///< the last input column but one that the first row of windows reads; all between the margins lie before it
    const float* left;    ///< the first column, which may be zeros that lie elsewhere; its line is 0 then
    const float* right;   ///< the last one, likewise
    std::ptrdiff_t line, left_line, right_line;
    const float* weights;  ///< bias, then nine taps
    const float* ends;     ///< of the clamp
    float* output;         ///< the last pixel of the first row
    std::ptrdiff_t output_line, rows;
};

/// Is there such a loop for stride S?
template <int S>
inline constexpr bool has_depthwise_strip =
#if defined(__aarch64__)
    S == 1 || S == 2;
#else
    false;
#endif

/// out(y,x) = clamp(bias + sum in(y*S+ky, x*S+kx) * w(ky,kx)), in the order of the taps.
template <int S>
void depthwise_strip(DepthwiseStrip strip) noexcept;

#if defined(__aarch64__)

/// Stride 1. A step takes one input row: it adds the third row of taps to the oldest sums `a`, which are stored, the second to `b` and the first to
/// the youngest, `c`. So each input is loaded once, in halves (in_order_tile.hpp). Behind every three multiply-adds comes what Cortex-A53 issues beside
/// none: a load may not come four cycles behind a multiply-add, so there is something else four cycles before each.
///
/// v0 to v2, v10 to v12 and v20 to v22 hold the taps, v30 and v31 the ends of the clamp, and v3 to v9, v13 to v19 and v23 to v29 three rows of sums,
/// whose names rotate from step to step: a, b and c are tens. No register is left for inputs and bias: they are in sums that have been stored or
/// not begun. The bias is copied on before the sum that holds it begins. The first two steps store what is no row of sums yet
/// where the first row belongs; the third one stores that.
template <>
inline __attribute__((noinline)) void depthwise_strip<1>(DepthwiseStrip strip) noexcept {
    std::ptrdiff_t steps = strip.rows + 2, next = 0;
    asm volatile(
        ".macro mdl_taps a, b, c, pixel, in, column\n"
        "fmla v\\a\\pixel\\().4s, v\\in\\().4s, v2\\column\\().4s\n"
        "fmla v\\b\\pixel\\().4s, v\\in\\().4s, v1\\column\\().4s\n"
        "fmla v\\c\\pixel\\().4s, v\\in\\().4s, v\\column\\().4s\n .endm\n"
        ".macro mdl_low to, column\n ldr d\\to, [%[row], #16*(\\column-7)]\n .endm\n"
        ".macro mdl_high column\n ldr x16, [%[row], #16*(\\column-7)+8]\n .endm\n"
        ".macro mdl_insert to\n ins v\\to\\().d[1], x16\n .endm\n"
        ".macro mdl_copy to, from\n mov v\\to\\().16b, v\\from\\().16b\n .endm\n"
        ".macro mdl_min sum\n fmin v\\sum\\().4s, v31.4s, v\\sum\\().4s\n .endm\n"
        ".macro mdl_max sum\n fmax v\\sum\\().4s, v30.4s, v\\sum\\().4s\n .endm\n"
        ".macro mdl_step a, b, c\n"
        "mdl_low \\c\\()6, 2                          \n mdl_insert \\c\\()5\n"  // column 0
        "str q\\c\\()8, [%[out], #-16]                \n mdl_min \\c\\()9\n"  // what the step before left
        "mdl_high 2                                   \n mdl_taps \\a, \\b, \\c, 3, \\c\\()7, 0\n"
        "cmp %[n], %[rows]\n"
        "mdl_low \\c\\()7, 3                          \n mdl_insert \\c\\()6\n"  // column 1
        "mdl_max \\c\\()9                             \n mdl_high 3\n"
        "mdl_taps \\a, \\b, \\c, 3, \\c\\()5, 1       \n csel %[next], %[out_line], xzr, lt\n"
        "mdl_copy \\c\\()8, \\c\\()4                  \n st1 {v\\c\\()9.4s}, [%[out]], %[next]\n"
        "mdl_taps \\a, \\b, \\c, 4, \\c\\()5, 0       \n subs %[n], %[n], #1\n"
        "mdl_taps \\a, \\b, \\c, 3, \\c\\()6, 2       \n csel %[line], %[line], xzr, ne\n"  // column 2; the last step reads no next row
        "mdl_copy \\c\\()5, \\c\\()8                  \n mdl_min \\a\\()3\n"
        "mdl_taps \\a, \\b, \\c, 4, \\c\\()6, 1       \n csel %[left], %[left], %[w], ne\n"
        "mdl_low \\c\\()9, 4                          \n mdl_insert \\c\\()7\n"
        "mdl_max \\a\\()3                             \n mdl_high 4\n"
        "mdl_taps \\a, \\b, \\c, 5, \\c\\()6, 0       \n str q\\a\\()3, [%[out], #-96]\n"
        "mdl_taps \\a, \\b, \\c, 4, \\c\\()7, 2       \n mdl_copy \\c\\()6, \\c\\()8\n"  // column 3
        "mdl_min \\a\\()4                             \n mdl_taps \\a, \\b, \\c, 5, \\c\\()7, 1\n"
        "mdl_low \\a\\()3, 5                          \n mdl_insert \\c\\()9\n"
        "mdl_max \\a\\()4                             \n mdl_high 5\n"
        "mdl_taps \\a, \\b, \\c, 6, \\c\\()7, 0       \n str q\\a\\()4, [%[out], #-80]\n"
        "mdl_taps \\a, \\b, \\c, 5, \\c\\()9, 2       \n mdl_copy \\c\\()7, \\c\\()8\n"  // column 4
        "mdl_min \\a\\()5                             \n mdl_taps \\a, \\b, \\c, 6, \\c\\()9, 1\n"
        "mdl_low \\a\\()4, 6                          \n mdl_insert \\a\\()3\n"
        "mdl_max \\a\\()5                             \n mdl_high 6\n"
        "mdl_taps \\a, \\b, \\c, 7, \\c\\()9, 0       \n str q\\a\\()5, [%[out], #-64]\n"
        "ldr x17, [%[row], #8]                        \n mdl_taps \\a, \\b, \\c, 6, \\a\\()3, 2\n"  // column 5
        "mdl_copy \\c\\()9, \\c\\()8                  \n mdl_min \\a\\()6\n"
        "mdl_taps \\a, \\b, \\c, 7, \\a\\()3, 1\n"
        "ld1 {v\\a\\()5.1d}, [%[row]], %[line]        \n mdl_insert \\a\\()4\n"
        "mdl_max \\a\\()6                             \n ldr x16, [%[right], #8]\n"
        "mdl_taps \\a, \\b, \\c, 8, \\a\\()3, 0       \n str q\\a\\()6, [%[out], #-48]\n"
        "mdl_taps \\a, \\b, \\c, 7, \\a\\()4, 2       \n mdl_copy \\a\\()3, \\c\\()9\n"  // column 6
        "mdl_min \\a\\()7                             \n mdl_taps \\a, \\b, \\c, 8, \\a\\()4, 1\n"
        "ld1 {v\\a\\()6.1d}, [%[right]], %[right_line] \n ins v\\a\\()5.d[1], x17\n"
        "mdl_max \\a\\()7                             \n ldr x17, [%[left], #8]\n"
        "mdl_taps \\a, \\b, \\c, 9, \\a\\()4, 0       \n mdl_copy \\a\\()4, \\a\\()3\n"
        "str q\\a\\()7, [%[out], #-32]                \n mdl_taps \\a, \\b, \\c, 8, \\a\\()5, 2\n"  // column 7
        "ld1 {v\\a\\()7.1d}, [%[left]], %[left_line]  \n mdl_insert \\a\\()6\n"
        "mdl_min \\a\\()8                             \n mdl_taps \\a, \\b, \\c, 9, \\a\\()5, 1\n"
        "mdl_low \\a\\()5, 1                          \n ins v\\a\\()7.d[1], x17\n"  // column 8
        "mdl_max \\a\\()8                             \n mdl_high 1\n"
        "mdl_taps \\a, \\b, \\c, 9, \\a\\()6, 2\n"
        ".endm\n"
        ".macro mdl_end a\n str q\\a\\()8, [%[out], #-16]\n mdl_min \\a\\()9\n mdl_max \\a\\()9\n str q\\a\\()9, [%[out]]\n .endm\n"
        "ldr q23, [%[w]]                 \n ldp q0, q1, [%[w], #16]\n"
        "ldr q2, [%[w], #48]             \n ldp q10, q11, [%[w], #64]\n"
        "ldr q12, [%[w], #96]            \n ldp q20, q21, [%[w], #112]\n"
        "ldr q22, [%[w], #144]           \n ldp s30, s31, [%[ends]]\n"
        "dup v30.4s, v30.s[0]            \n dup v31.4s, v31.s[0]\n"
        "mdl_copy 24, 23                 \n ld1 {v27.4s}, [%[left]], %[left_line]\n"
        "mdl_low 25, 1                   \n mdl_high 1\n"
        "1: mdl_step , 1, 2              \n b.eq 2f\n"
        "mdl_step 1, 2,                  \n b.eq 3f\n"
        "mdl_step 2, , 1                 \n b.ne 1b\n"
        "mdl_end 2                       \n b 4f\n"
        "2: mdl_end                      \n b 4f\n"
        "3: mdl_end 1\n"
        "4:\n"
        ".purgem mdl_taps\n .purgem mdl_low\n .purgem mdl_high\n .purgem mdl_insert\n .purgem mdl_copy\n .purgem mdl_min\n .purgem mdl_max\n"
        ".purgem mdl_step\n .purgem mdl_end"
        : [row] "+&r"(strip.row), [left] "+&r"(strip.left), [right] "+&r"(strip.right), [line] "+&r"(strip.line), [out] "+&r"(strip.output),
          [n] "+&r"(steps), [next] "+&r"(next)
        : [left_line] "r"(strip.left_line), [right_line] "r"(strip.right_line), [out_line] "r"(strip.output_line), [rows] "r"(strip.rows),
          [w] "r"(strip.weights), [ends] "r"(strip.ends)
        : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21",
          "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "x16", "x17", "cc", "memory");
}

/// Stride 2. An even step adds the third row of taps to the older sums `a` and the first to the younger `b`; an odd one adds the second to `b`, while
/// `a` is clamped and stored. Then they change places. What a round of two columns multiplies lies apart, so that no sum waits for itself: a
/// pixel's first tap, the second one of the pixel before and the third of the one before that.
///
/// v3 to v9 and v13 to v19 hold the sums, v29 the bias, v23 to v28 the inputs in turn and x15 to x17 their upper halves on the way. A round begins with
/// its three columns in u, v and w, of which w lacks no half; x and y get theirs from h and i; z and then u are loaded. Columns from 15 on
/// are those of the next row.
template <>
inline __attribute__((noinline)) void depthwise_strip<2>(DepthwiseStrip strip) noexcept {
    std::ptrdiff_t steps = strip.rows + 1, next = 0;
    asm volatile(
        ".macro mdl_fma sum, in, tap\n fmla v\\sum\\().4s, v2\\in\\().4s, v\\tap\\().4s\n .endm\n"
        ".macro mdl_low to, column\n"
        ".if \\column < 13\n ldr d2\\to, [%[row], #16*(\\column-13)]\n .endif\n"
        ".if \\column == 13\n ld1 {v2\\to\\().1d}, [%[row]], %[line]\n .endif\n"
        ".if \\column == 14\n ld1 {v2\\to\\().1d}, [%[right]], %[right_line]\n .endif\n"
        ".if \\column == 15\n ld1 {v2\\to\\().1d}, [%[left]], %[left_line]\n .endif\n"
        ".if \\column > 15\n ldr d2\\to, [%[row], #16*(\\column-28)]\n .endif\n .endm\n"
        ".macro mdl_high to, column\n"
        ".if \\column < 14\n ldr x\\to, [%[row], #16*(\\column-13)+8]\n .endif\n"
        ".if \\column == 14\n ldr x\\to, [%[right], #8]\n .endif\n"
        ".if \\column == 15\n ldr x\\to, [%[left], #8]\n .endif\n"
        ".if \\column > 15\n ldr x\\to, [%[row], #16*(\\column-28)+8]\n .endif\n .endm\n"
        ".macro mdl_insert to, from\n ins v2\\to\\().d[1], x\\from\n .endm\n"
        ".macro mdl_begin sum\n mov v\\sum\\().16b, v29.16b\n .endm\n"
        ".macro mdl_min sum\n fmin v\\sum\\().4s, v31.4s, v\\sum\\().4s\n .endm\n"
        ".macro mdl_max sum\n fmax v\\sum\\().4s, v30.4s, v\\sum\\().4s\n .endm\n"
        ".macro mdl_even a, b, third, second, first, u, v, w, x, y, z, h, i, column, late\n"
        "mdl_insert \\x, \\h              \n mdl_low \\z, \\column\n"
        "mdl_begin \\b\\first\n"
        "mdl_fma \\a\\third, \\u, 22    \n mdl_high \\h, \\column+1\n"
        "mdl_fma \\b\\third, \\u, 2     \n .ifnb \\late\n mdl_high \\late, \\column\n .endif\n"
        "mdl_fma \\a\\second, \\v, 21\n"
        "mdl_insert \\y, \\i              \n mdl_low \\u, \\column+1\n"
        "mdl_fma \\b\\second, \\v, 1    \n mdl_high \\i, \\column+2\n"
        "mdl_fma \\a\\first, \\w, 20    \n mdl_fma \\b\\first, \\w, 0\n .endm\n"
        ".macro mdl_odd a, b, third, second, first, u, v, w, x, y, z, h, i, column\n"
        "mdl_insert \\x, \\h              \n mdl_low \\z, \\column\n"
        "mdl_min \\a\\first\n"
        "mdl_fma \\b\\third, \\u, 12    \n mdl_high \\h, \\column+1\n"
        "mdl_fma \\b\\second, \\v, 11\n"
        "mdl_insert \\y, \\i              \n mdl_low \\u, \\column+1\n"
        "mdl_fma \\b\\first, \\w, 10    \n mdl_high \\i, \\column+2\n"
        "mdl_max \\a\\first               \n str q\\a\\second, [%[out], #16*(\\second-9)]\n .endm\n"
        ".macro mdl_even_step a, b\n"
        "mdl_insert 3, 15          \n mdl_low 5, 2\n"  // the first two rounds end what the odd step left
        "mdl_begin \\b\\()3\n"
        "mdl_fma \\a\\()8, 6, 12 \n mdl_high 15, 3\n"
        "mdl_fma \\a\\()9, 7, 11 \n cmp %[n], %[rows]\n"
        "mdl_insert 4, 16          \n mdl_low 6, 3\n"
        "mdl_fma \\a\\()3, 3, 20 \n mdl_high 16, 4\n"
        "mdl_fma \\b\\()3, 3, 0  \n csel %[next], %[out_line], xzr, lt\n"
        "mdl_fma \\a\\()9, 8, 12 \n subs %[n], %[n], #1\n"
        "mdl_insert 5, 17          \n mdl_low 7, 4\n"
        "mdl_begin \\b\\()4      \n mdl_high 17, 5\n"
        "mdl_fma \\a\\()3, 4, 21 \n csel %[left], %[left], %[w], ne\n"  // the last step reads no next row
        "mdl_fma \\b\\()3, 4, 1  \n csel %[line], %[line], xzr, ne\n"
        "mdl_insert 6, 15          \n mdl_low 8, 5\n"
        "st1 {v\\b\\()9.4s}, [%[out]], %[next]\n"
        "mdl_fma \\a\\()4, 5, 20 \n mdl_high 15, 6\n"
        "mdl_fma \\b\\()4, 5, 0\n"
        "mdl_insert 7, 16          \n mdl_low 3, 6\n"
        "mdl_even \\a, \\b, 3, 4, 5, 5, 6, 7, 8, 3, 4, 17, 15, 7, 16 \n mdl_even \\a, \\b, 4, 5, 6, 7, 8, 3, 4, 5, 6, 16, 17, 9\n"
        "mdl_even \\a, \\b, 5, 6, 7, 3, 4, 5, 6, 7, 8, 15, 16, 11 \n mdl_even \\a, \\b, 6, 7, 8, 5, 6, 7, 8, 3, 4, 17, 15, 13\n"
        "mdl_even \\a, \\b, 7, 8, 9, 7, 8, 3, 4, 5, 6, 16, 17, 15 \n .endm\n"
        ".macro mdl_odd_step a, b\n"
        "mdl_insert 6, 15          \n mdl_low 8, 2\n"
        "mdl_min \\a\\()3\n"
        "mdl_fma \\a\\()8, 3, 22 \n mdl_high 15, 3\n"
        "mdl_fma \\b\\()8, 3, 2  \n mdl_fma \\a\\()9, 4, 21\n"
        "mdl_insert 7, 16          \n mdl_low 3, 3\n"
        "mdl_fma \\b\\()9, 4, 1  \n mdl_high 16, 4\n"
        "mdl_fma \\b\\()3, 6, 10 \n mdl_max \\a\\()3\n"
        "mdl_insert 8, 17          \n mdl_low 4, 4\n"
        "mdl_fma \\a\\()9, 5, 22 \n mdl_high 17, 5\n"
        "mdl_fma \\b\\()9, 5, 2  \n mdl_min \\a\\()4\n"
        "mdl_insert 3, 15          \n mdl_low 5, 5\n"
        "mdl_fma \\b\\()3, 7, 11 \n mdl_high 15, 6\n"
        "str q\\a\\()3, [%[out], #-96] \n mdl_max \\a\\()4\n"
        "mdl_insert 4, 16          \n mdl_low 6, 6\n"
        "mdl_fma \\b\\()4, 8, 10 \n mdl_high 16, 7\n"
        "mdl_odd \\a, \\b, 3, 4, 5, 8, 3, 4, 5, 6, 7, 17, 15, 7  \n mdl_odd \\a, \\b, 4, 5, 6, 4, 5, 6, 7, 8, 3, 16, 17, 9\n"
        "mdl_odd \\a, \\b, 5, 6, 7, 6, 7, 8, 3, 4, 5, 15, 16, 11 \n mdl_odd \\a, \\b, 6, 7, 8, 8, 3, 4, 5, 6, 7, 17, 15, 13\n"
        "mdl_odd \\a, \\b, 7, 8, 9, 4, 5, 6, 7, 8, 3, 16, 17, 15 \n .endm\n"
        ".macro mdl_end a\n"
        "mdl_fma \\a\\()8, 3, 22 \n mdl_fma \\a\\()9, 4, 21 \n mdl_fma \\a\\()9, 5, 22\n"
        ".irp sum, 3, 4, 5, 6, 7, 8, 9\n mdl_min \\a\\sum\n mdl_max \\a\\sum\n str q\\a\\sum, [%[out], #16*(\\sum-9)]\n .endr\n .endm\n"
        "ldr q29, [%[w]]                 \n ldp q0, q1, [%[w], #16]\n"
        "ldr q2, [%[w], #48]             \n ldp q10, q11, [%[w], #64]\n"
        "ldr q12, [%[w], #96]            \n ldp q20, q21, [%[w], #112]\n"
        "ldr q22, [%[w], #144]           \n ldp s30, s31, [%[ends]]\n"
        "dup v30.4s, v30.s[0]            \n dup v31.4s, v31.s[0]\n"
        "mdl_high 15, 15                 \n mdl_low 3, 15\n"
        "mdl_low 4, 1                    \n mdl_high 16, 1 \n mdl_high 17, 2\n"
        "1: mdl_even_step , 1            \n b.eq 2f\n"
        "mdl_odd_step , 1                \n mdl_even_step 1,\n"
        "b.eq 3f\n"
        "mdl_odd_step 1,                 \n b 1b\n"
        "2: mdl_end                      \n b 4f\n"
        "3: mdl_end 1\n"
        "4:\n"
        ".purgem mdl_fma\n .purgem mdl_low\n .purgem mdl_high\n .purgem mdl_insert\n .purgem mdl_begin\n .purgem mdl_min\n .purgem mdl_max\n"
        ".purgem mdl_even\n .purgem mdl_odd\n .purgem mdl_even_step\n .purgem mdl_odd_step\n .purgem mdl_end"
        : [row] "+&r"(strip.row), [left] "+&r"(strip.left), [right] "+&r"(strip.right), [line] "+&r"(strip.line), [out] "+&r"(strip.output),
          [n] "+&r"(steps), [next] "+&r"(next)
        : [left_line] "r"(strip.left_line), [right_line] "r"(strip.right_line), [out_line] "r"(strip.output_line), [rows] "r"(strip.rows),
          [w] "r"(strip.weights), [ends] "r"(strip.ends)
        : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21",
          "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "x15", "x16", "x17", "cc", "memory");
}

#endif

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
