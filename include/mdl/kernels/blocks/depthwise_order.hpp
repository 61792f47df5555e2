// mdl: the order of loads and multiply-adds in a depthwise tile of two rows, found by the compiler.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/vector.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// A multiply-add, sum += weight[tap] * input, or where `sum` is negative the load of `input` into register `slot`.
struct DepthwiseStep {
    int sum = -1, tap = 0, input = 0, slot = 0;
};

/// Two output rows of P pixels with a window of K by K and stride S read (K + S) rows of `columns` inputs, numbered row by row. The multiply-adds of
/// a sum stay in the window's order. Of those whose turn it is comes the one that waits least for its sum and its input, then that of the oldest
/// input.
template <int P, int K, int S>
struct DepthwiseOrder {
    static constexpr int columns = (P - 1) * S + K, inputs = (K + S) * columns, count = inputs + 2 * P * K * K;
    static constexpr int slots = 5;    ///< registers for inputs, beside 14 sums and 9 weights
    static constexpr int apart = 4;    ///< multiply-adds from one to the next of a sum: their latency where one is issued a cycle
    static constexpr int loading = 7;  ///< multiply-adds from a load to its use
    static constexpr int spacing = 3;  ///< multiply-adds from load to load
    DepthwiseStep step[count]{};

    constexpr DepthwiseOrder() noexcept {
        int done[2 * P]{}, sum_ready[2 * P]{}, input_ready[inputs]{}, slot_of[inputs]{}, uses[inputs]{};
        for (int sum = 0; sum < 2 * P; ++sum)
            for (int tap = 0; tap < K * K; ++tap) ++uses[input_of(sum, tap)];
        bool taken[slots]{};
        int oldest = 0, loaded = 0, in_use = 0, now = 0, next_load = 0;
        for (DepthwiseStep& next : step) {
            while (oldest < loaded && uses[oldest] == 0) ++oldest;
            int best = -1, least = 1 << 20;
            for (int input = oldest; input < loaded && least > 0; ++input)
                for (int sum = 0; sum < 2 * P && least > 0; ++sum) {
                    if (uses[input] == 0 || done[sum] == K * K || input_of(sum, done[sum]) != input) continue;
                    const int ready = sum_ready[sum] > input_ready[input] ? sum_ready[sum] : input_ready[input];
                    const int wait = ready > now ? ready - now : 0;
                    if (wait < least) least = wait, best = sum;
                }
            if (loaded < inputs && in_use < slots && (now >= next_load || least > 0)) {
                int slot = 0;
                while (taken[slot]) ++slot;
                taken[slot] = true, ++in_use;
                slot_of[loaded] = slot, input_ready[loaded] = now + loading, next_load = now + spacing;
                next = {-1, 0, loaded++, slot};
                continue;
            }
            const int input = input_of(best, done[best]);
            next = {best, done[best]++, input, slot_of[input]};
            sum_ready[best] = now + apart, ++now;
            if (--uses[input] == 0) taken[slot_of[input]] = false, --in_use;
        }
    }

    /// The columns that may lie outside, half a kernel on either side, are numbered; the others are -1.
    static constexpr auto margin_of(int input) noexcept -> int {
        const int column = input % columns;
        return column < K / 2 ? column : column >= columns - K / 2 ? column - columns + 2 * (K / 2) : -1;
    }
    /// Bytes from the beginning of the input's row.
    static constexpr auto offset_of(int input) noexcept -> int { return input % columns * static_cast<int>(sizeof(simd::Vector)); }
    static constexpr auto input_of(int sum, int tap) noexcept -> int {
        return (sum / P * S + tap / K) * columns + sum % P * S + tap % K;
    }
};

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
