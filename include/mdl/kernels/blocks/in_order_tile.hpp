// mdl: the innermost loop of a register tile in inline assembly, for in-order cores of ARM.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/vector.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// Is there such a loop for a tile of P pixels by B blocks?
template <int P, int B>
inline constexpr bool has_in_order_tile =
#if defined(__aarch64__)
    P == 8 && B == 2;
#elif defined(__arm__)
    P == 4 && B == 2;
#else
    false;
#endif

#if defined(__aarch64__)

/// acc[2 p + b] = bias[b] + sum over the taps of pixel[p][*at + i] * w[i][b], i < 4, in that order. `count` taps, at least one.
///
/// Cortex-A53 and A55 issue two instructions a cycle in program order, and a load of 128 bits goes with nothing else. So a vector comes in
/// halves: 64 bits into it, 64 into x16, which a multiply-add has room beside, and an `ins` three multiply-adds later, beside the
/// next load. Registers: v0 to v7 pixels, v8 to v15 the weights of four channels by two blocks, x6 to x13 where the pixels begin,
/// x14 and x15 = x14 + 8 the tap in bytes. The first four pixels go through all four channels, then the other four: what one half does
/// not need any more is loaded again while the other computes.
MDL_ALWAYS_INLINE void multiply_in_order(simd::Vector* acc, const float* const* pixel, const int* at, std::ptrdiff_t count,
                                         const float* w, const float* bias, const float* ahead) noexcept {
    float32x4_t a0, a1, a2, a3, a4, a5, a6, a7, b0, b1, b2, b3, b4, b5, b6, b7;
    asm volatile(
        "ldp x6, x7, [%[pixel]]            \n ldp x8, x9, [%[pixel], #16]\n"
        "ldp x10, x11, [%[pixel], #32]     \n ldp x12, x13, [%[pixel], #48]\n"
        "ldp q8, q9, [%[bias]]\n"  // every sum begins with its bias
        "mov %[a0].16b, v8.16b             \n mov %[b0].16b, v9.16b\n"
        "mov %[a1].16b, v8.16b             \n mov %[b1].16b, v9.16b\n"
        "mov %[a2].16b, v8.16b             \n mov %[b2].16b, v9.16b\n"
        "mov %[a3].16b, v8.16b             \n mov %[b3].16b, v9.16b\n"
        "mov %[a4].16b, v8.16b             \n mov %[b4].16b, v9.16b\n"
        "mov %[a5].16b, v8.16b             \n mov %[b5].16b, v9.16b\n"
        "mov %[a6].16b, v8.16b             \n mov %[b6].16b, v9.16b\n"
        "mov %[a7].16b, v8.16b             \n mov %[b7].16b, v9.16b\n"
        "ldrsw x14, [%[at]]                \n lsl x14, x14, #2\n"  // the first tap: pixels 0 to 3
        "add x15, x14, #8                  \n ldr q0, [x6, x14]\n"
        "ldr q1, [x7, x14]                 \n ldr q2, [x8, x14]\n"
        "ldr q3, [x9, x14]                 \n ldp q8, q9, [%[w]]\n"  // and the weights of three channels
        "ldp q10, q11, [%[w], #32]         \n ldp q12, q13, [%[w], #64]\n"
        "ldr d4, [x10, x14]                \n ldr x16, [x10, x15]\n"  // the half that the loop inserts first
        "1:\n"
        "fmla %[a0].4s, v8.4s, v0.s[0]\n"
        "ldr d14, [%[w], #96]              \n ins v4.d[1], x16\n"  // weights of the fourth channel, first block
        "fmla %[b0].4s, v9.4s, v0.s[0]     \n ldr x16, [%[w], #104]\n"
        "fmla %[a1].4s, v8.4s, v1.s[0]     \n fmla %[b1].4s, v9.4s, v1.s[0]\n"
        "ldr d15, [%[w], #112]             \n ins v14.d[1], x16\n"  // and second
        "fmla %[a2].4s, v8.4s, v2.s[0]     \n ldr x16, [%[w], #120]\n"
        "fmla %[b2].4s, v9.4s, v2.s[0]     \n fmla %[a3].4s, v8.4s, v3.s[0]\n"
        "ldr d5, [x11, x14]                \n ins v15.d[1], x16\n"  // pixel 5
        "fmla %[b3].4s, v9.4s, v3.s[0]     \n ldr x16, [x11, x15]\n"
        "fmla %[a0].4s, v10.4s, v0.s[1]    \n fmla %[b0].4s, v11.4s, v0.s[1]\n"
        "ldr d6, [x12, x14]                \n ins v5.d[1], x16\n"  // pixel 6
        "fmla %[a1].4s, v10.4s, v1.s[1]    \n ldr x16, [x12, x15]\n"
        "fmla %[b1].4s, v11.4s, v1.s[1]    \n fmla %[a2].4s, v10.4s, v2.s[1]\n"
        "ldr d7, [x13, x14]                \n ins v6.d[1], x16\n"  // pixel 7
        "fmla %[b2].4s, v11.4s, v2.s[1]    \n ldr x16, [x13, x15]\n"
        "fmla %[a3].4s, v10.4s, v3.s[1]    \n fmla %[b3].4s, v11.4s, v3.s[1]\n"
        "fmla %[a0].4s, v12.4s, v0.s[2]    \n fmla %[b0].4s, v13.4s, v0.s[2]\n"
        "fmla %[a1].4s, v12.4s, v1.s[2]    \n subs %[n], %[n], #1\n"  // the last tap loads itself again
        "fmla %[b1].4s, v13.4s, v1.s[2]    \n cset x17, ne\n"
        "fmla %[a2].4s, v12.4s, v2.s[2]    \n add %[w], %[w], x17, lsl #7\n"
        "fmla %[b2].4s, v13.4s, v2.s[2]    \n add %[at], %[at], x17, lsl #2\n"
        "fmla %[a3].4s, v12.4s, v3.s[2]    \n ldrsw x14, [%[at]]\n"  // where the next tap lies
        "fmla %[b3].4s, v13.4s, v3.s[2]    \n prfm pldl2keep, [%[ahead]]\n"  // the next panel
        "fmla %[a0].4s, v14.4s, v0.s[3]    \n lsl x14, x14, #2\n"
        "fmla %[b0].4s, v15.4s, v0.s[3]    \n add %[ahead], %[ahead], #64\n"
        "fmla %[a1].4s, v14.4s, v1.s[3]    \n add x15, x14, #8\n"
        "fmla %[b1].4s, v15.4s, v1.s[3]\n"
        "fmla %[a2].4s, v14.4s, v2.s[3]\n"
        "fmla %[b2].4s, v15.4s, v2.s[3]\n"
        "fmla %[a3].4s, v14.4s, v3.s[3]\n"
        "fmla %[b3].4s, v15.4s, v3.s[3]\n"
        "ldr d0, [x6, x14]                 \n ins v7.d[1], x16\n"  // next tap: pixel 0
        "fmla %[a4].4s, v8.4s, v4.s[0]     \n ldr x16, [x6, x15]\n"
        "fmla %[b4].4s, v9.4s, v4.s[0]     \n fmla %[a5].4s, v8.4s, v5.s[0]\n"
        "ldr d1, [x7, x14]                 \n ins v0.d[1], x16\n"  // pixel 1
        "fmla %[b5].4s, v9.4s, v5.s[0]     \n ldr x16, [x7, x15]\n"
        "fmla %[a6].4s, v8.4s, v6.s[0]     \n fmla %[b6].4s, v9.4s, v6.s[0]\n"
        "ldr d2, [x8, x14]                 \n ins v1.d[1], x16\n"  // pixel 2
        "fmla %[a7].4s, v8.4s, v7.s[0]     \n ldr x16, [x8, x15]\n"
        "fmla %[b7].4s, v9.4s, v7.s[0]     \n fmla %[a4].4s, v10.4s, v4.s[1]\n"
        "ldr d8, [%[w], #0]                \n ins v2.d[1], x16\n"  // weights of its first channel
        "fmla %[b4].4s, v11.4s, v4.s[1]    \n ldr x16, [%[w], #8]\n"
        "fmla %[a5].4s, v10.4s, v5.s[1]    \n fmla %[b5].4s, v11.4s, v5.s[1]\n"
        "ldr d9, [%[w], #16]               \n ins v8.d[1], x16\n"
        "fmla %[a6].4s, v10.4s, v6.s[1]    \n ldr x16, [%[w], #24]\n"
        "fmla %[b6].4s, v11.4s, v6.s[1]    \n fmla %[a7].4s, v10.4s, v7.s[1]\n"
        "ldr d3, [x9, x14]                 \n ins v9.d[1], x16\n"  // pixel 3
        "fmla %[b7].4s, v11.4s, v7.s[1]    \n ldr x16, [x9, x15]\n"
        "fmla %[a4].4s, v12.4s, v4.s[2]    \n fmla %[b4].4s, v13.4s, v4.s[2]\n"
        "ldr d10, [%[w], #32]              \n ins v3.d[1], x16\n"  // of its second
        "fmla %[a5].4s, v12.4s, v5.s[2]    \n ldr x16, [%[w], #40]\n"
        "fmla %[b5].4s, v13.4s, v5.s[2]    \n fmla %[a6].4s, v12.4s, v6.s[2]\n"
        "ldr d11, [%[w], #48]              \n ins v10.d[1], x16\n"
        "fmla %[b6].4s, v13.4s, v6.s[2]    \n ldr x16, [%[w], #56]\n"
        "fmla %[a7].4s, v12.4s, v7.s[2]    \n fmla %[b7].4s, v13.4s, v7.s[2]\n"
        "ldr d12, [%[w], #64]              \n ins v11.d[1], x16\n"  // of its third
        "fmla %[a4].4s, v14.4s, v4.s[3]    \n ldr x16, [%[w], #72]\n"
        "fmla %[b4].4s, v15.4s, v4.s[3]    \n fmla %[a5].4s, v14.4s, v5.s[3]\n"
        "ldr d13, [%[w], #80]              \n ins v12.d[1], x16\n"
        "fmla %[b5].4s, v15.4s, v5.s[3]    \n ldr x16, [%[w], #88]\n"
        "fmla %[a6].4s, v14.4s, v6.s[3]    \n fmla %[b6].4s, v15.4s, v6.s[3]\n"
        "ldr d4, [x10, x14]                \n ins v13.d[1], x16\n"  // pixel 4
        "fmla %[a7].4s, v14.4s, v7.s[3]    \n ldr x16, [x10, x15]\n"
        "fmla %[b7].4s, v15.4s, v7.s[3]\n"
        "b.ne 1b"
        : [a0] "=&w"(a0), [a1] "=&w"(a1), [a2] "=&w"(a2), [a3] "=&w"(a3), [a4] "=&w"(a4), [a5] "=&w"(a5), [a6] "=&w"(a6), [a7] "=&w"(a7),
          [b0] "=&w"(b0), [b1] "=&w"(b1), [b2] "=&w"(b2), [b3] "=&w"(b3), [b4] "=&w"(b4), [b5] "=&w"(b5), [b6] "=&w"(b6), [b7] "=&w"(b7),
          [w] "+&r"(w), [at] "+&r"(at), [n] "+&r"(count), [ahead] "+&r"(ahead)
        : [pixel] "r"(pixel), [bias] "r"(bias)
        : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "x6", "x7", "x8", "x9", "x10",
          "x11", "x12", "x13", "x14", "x15", "x16", "x17", "cc", "memory");
    const float32x4_t sums[] = {a0, b0, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7};
    for (int i = 0; i < 16; ++i) acc[i] = simd::Vector(sums[i]);
}

#elif defined(__arm__)

/// The same for ARMv7, whose Cortex-A7 and A53 issue a multiply-add of 128 bits over several cycles: loads of 64 bits between them cost little,
/// waiting for a load costs much, so each is made eight multiply-adds before its use. Registers: q0 to q3 pixels, q4 q5 the weights of even
/// channels, q6 q7 of odd ones; the compiler puts the sums into q8 to q15. The pointers to the pixels stay in memory.
MDL_ALWAYS_INLINE void multiply_in_order(simd::Vector* acc, const float* const* pixel, const int* at, std::ptrdiff_t count,
                                         const float* w, const float* bias, const float* ahead) noexcept {
    float32x4_t a0, a1, a2, a3, b0, b1, b2, b3;
    std::ptrdiff_t t, u;
    asm volatile(
        ".syntax unified\n"
        "vld1.32 {d8-d11}, [%[bias]]\n"  // every sum begins with its bias
        "vmov %q[a0], q4                     \n vmov %q[b0], q5\n"
        "vmov %q[a1], q4                     \n vmov %q[b1], q5\n"
        "vmov %q[a2], q4                     \n vmov %q[b2], q5\n"
        "vmov %q[a3], q4                     \n vmov %q[b3], q5\n"
        "ldr %[t], [%[at]]\n"  // the first tap
        "ldr %[u], [%[pixel], #0]            \n add %[u], %[u], %[t], lsl #2\n"
        "vld1.32 {d0-d1}, [%[u]]\n"  // pixel 0
        "ldr %[u], [%[pixel], #4]            \n add %[u], %[u], %[t], lsl #2\n"
        "vld1.32 {d2-d3}, [%[u]]\n"  // pixel 1
        "ldr %[u], [%[pixel], #8]            \n add %[u], %[u], %[t], lsl #2\n"
        "vld1.32 {d4-d5}, [%[u]]\n"  // pixel 2
        "ldr %[u], [%[pixel], #12]           \n add %[u], %[u], %[t], lsl #2\n"
        "vld1.32 {d6-d7}, [%[u]]\n"  // pixel 3
        "vld1.32 {d8-d11}, [%[w]]\n"  // weights of the first channel
        "1:\n"
        "vmla.f32 %q[a0], q4, d0[0]          \n vldr d12, [%[w], #32]\n"  // weights of channel 1
        "vmla.f32 %q[b0], q5, d0[0]\n"
        "vmla.f32 %q[a1], q4, d2[0]          \n vldr d13, [%[w], #40]\n"
        "vmla.f32 %q[b1], q5, d2[0]\n"
        "vmla.f32 %q[a2], q4, d4[0]          \n vldr d14, [%[w], #48]\n"
        "vmla.f32 %q[b2], q5, d4[0]\n"
        "vmla.f32 %q[a3], q4, d6[0]          \n vldr d15, [%[w], #56]\n"
        "vmla.f32 %q[b3], q5, d6[0]\n"
        "vmla.f32 %q[a0], q6, d0[1]          \n vldr d8, [%[w], #64]\n"  // weights of channel 2
        "vmla.f32 %q[b0], q7, d0[1]  \n pld [%[ahead]]\n"  // the next panel
        "vmla.f32 %q[a1], q6, d2[1]          \n vldr d9, [%[w], #72]\n"
        "vmla.f32 %q[b1], q7, d2[1]  \n add %[ahead], %[ahead], #64\n"
        "vmla.f32 %q[a2], q6, d4[1]          \n vldr d10, [%[w], #80]\n"
        "vmla.f32 %q[b2], q7, d4[1]  \n rsb %[t], %[n], #1\n"  // -1, or 0 at the last tap, which loads itself again
        "vmla.f32 %q[a3], q6, d6[1]          \n vldr d11, [%[w], #88]\n"
        "vmla.f32 %q[b3], q7, d6[1]  \n asr %[t], %[t], #31\n"
        "vmla.f32 %q[a0], q4, d1[0]          \n vldr d12, [%[w], #96]\n"  // weights of channel 3
        "vmla.f32 %q[b0], q5, d1[0]\n"
        "vmla.f32 %q[a1], q4, d3[0]          \n vldr d13, [%[w], #104]\n"
        "vmla.f32 %q[b1], q5, d3[0]  \n sub %[at], %[at], %[t], lsl #2\n"
        "vmla.f32 %q[a2], q4, d5[0]          \n vldr d14, [%[w], #112]\n"
        "vmla.f32 %q[b2], q5, d5[0]\n"
        "vmla.f32 %q[a3], q4, d7[0]          \n vldr d15, [%[w], #120]\n"
        "vmla.f32 %q[b3], q5, d7[0]  \n sub %[w], %[w], %[t], lsl #7\n"
        "ldr %[t], [%[at]]\n"  // where the next tap lies
        "vmla.f32 %q[a0], q6, d1[1]          \n ldr %[u], [%[pixel], #0]\n"  // its pixel 0
        "vmla.f32 %q[b0], q7, d1[1]          \n add %[u], %[u], %[t], lsl #2\n"
        "vldr d0, [%[u]]                     \n vldr d1, [%[u], #8]\n"
        "vmla.f32 %q[a1], q6, d3[1]          \n ldr %[u], [%[pixel], #4]\n"  // its pixel 1
        "vmla.f32 %q[b1], q7, d3[1]          \n add %[u], %[u], %[t], lsl #2\n"
        "vldr d2, [%[u]]                     \n vldr d3, [%[u], #8]\n"
        "vmla.f32 %q[a2], q6, d5[1]          \n ldr %[u], [%[pixel], #8]\n"  // its pixel 2
        "vmla.f32 %q[b2], q7, d5[1]          \n add %[u], %[u], %[t], lsl #2\n"
        "vldr d4, [%[u]]                     \n vldr d5, [%[u], #8]\n"
        "vmla.f32 %q[a3], q6, d7[1]          \n ldr %[u], [%[pixel], #12]\n"  // its pixel 3
        "vmla.f32 %q[b3], q7, d7[1]          \n add %[u], %[u], %[t], lsl #2\n"
        "vldr d6, [%[u]]                     \n vldr d7, [%[u], #8]\n"
        "vldr d8, [%[w]]                     \n vldr d9, [%[w], #8]\n"  // its first channel
        "vldr d10, [%[w], #16]               \n vldr d11, [%[w], #24]\n"
        "subs %[n], %[n], #1\n"
        "bne 1b"
        : [a0] "=&w"(a0), [a1] "=&w"(a1), [a2] "=&w"(a2), [a3] "=&w"(a3), [b0] "=&w"(b0), [b1] "=&w"(b1), [b2] "=&w"(b2), [b3] "=&w"(b3),
          [t] "=&r"(t), [u] "=&r"(u), [w] "+&r"(w), [at] "+&r"(at), [n] "+&r"(count), [ahead] "+&r"(ahead)
        : [pixel] "r"(pixel), [bias] "r"(bias)
        : "d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9", "d10", "d11", "d12", "d13", "d14", "d15", "cc", "memory");
    const float32x4_t sums[] = {a0, b0, a1, b1, a2, b2, a3, b3};
    for (int i = 0; i < 8; ++i) acc[i] = simd::Vector(sums[i]);
}

#endif

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
