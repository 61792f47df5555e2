// mdl: the order of loads and multiply-adds in a depthwise tile of two rows, found by the compiler.
// SPDX-License-Identifier: MIT
#pragma once

#include <mdl/simd/vector.hpp>

#if MDL_SIMD

namespace mdl {
inline namespace MDL_ISA {
namespace kernels {

/// A multiply-add, sum += register `from` * register `weight`, or where `sum` is negative the load of `operand` into register `from`.
struct DepthwiseStep {
    int sum = -1, operand = 0, from = 0, weight = 0;
};

/// What a tile loads: the weight of tap (row, column), or the input in that column of the row that `reader` has come to.
struct DepthwiseOperand {
    bool is_weight = false;
    int row = 0, column = 0, reader = 0;
};

/// Two output rows of P pixels with a window of K by K and stride S go down the window together. The lower one lags behind by S of the window's rows,
/// so that both are at the same input row, which one reader loads for both; or by none, so that both multiply by the same weights. The
/// multiply-adds of a sum stay in the window's order. Of those whose turn it is comes the one that waits least for its sum and its operands,
/// then that of the oldest input.
template <int P, int K, int S>
struct DepthwiseOrder {
    static constexpr bool holds_weights = K == 3;  ///< the nine stay in registers from tile to tile; 25 are loaded in each as inputs are
    /// 5x5 with stride 2 would share three of seven input rows, and seven sums alone would have the other four: 89 % of the bound on V1 and 97 %
    /// on N1 with 536 instructions for 350 multiply-adds. Sharing the weights it takes 599, and has 91 and 98 %.
    static constexpr int lag = holds_weights || S == 1 ? S : 0;
    static constexpr int readers = lag == 0 ? 2 : 1;
    static constexpr int columns = (P - 1) * S + K, rows = K + lag, taps = K * K, sums = 2 * P;
    static constexpr int inputs = rows * readers * columns, operands = inputs + (holds_weights ? 0 : taps), count = operands + sums * taps;
    /// Registers for what is loaded, beside 14 sums and, behind them, the weights that are held.
    static constexpr int slots = holds_weights ? 5 : 14, held = holds_weights ? taps : 0, registers = slots + held;
    static constexpr int apart = 4;    ///< multiply-adds from one to the next of a sum: their latency where one is issued a cycle
    static constexpr int loading = 7;  ///< multiply-adds from a load to its use
    static constexpr int spacing = 3;  ///< multiply-adds from load to load
    DepthwiseOperand operand[operands]{};
    DepthwiseStep step[count]{};

    constexpr DepthwiseOrder() noexcept {
        // Operands come in the order in which tiles need them, each with the number of its uses.
        int weight_at[taps]{}, input_at[inputs]{}, number = 0;
        for (int row = 0; row < rows; ++row)
            for (int column = 0; column < columns; ++column) {
                if (!holds_weights && row < K && column < K) weight_at[row * K + column] = number, operand[number++] = {true, row, column, 0};
                for (int reader = 0; reader < readers; ++reader) {
                    input_at[input_of(row, reader, column)] = number;
                    operand[number++] = {false, row, column, reader};
                }
            }
        int uses[operands]{};
        for (int sum = 0; sum < sums; ++sum)
            for (int tap = 0; tap < taps; ++tap) {
                ++uses[input_at[input_of(sum, tap)]];
                if (!holds_weights) ++uses[weight_at[tap]];
            }
        int done[sums]{}, sum_ready[sums]{}, ready[operands]{}, slot_of[operands]{}, loaded = 0, in_use = 0, now = 0, next_load = 0;
        bool taken[slots]{};
        for (DepthwiseStep& next : step) {
            int best = -1, least = 1 << 20, oldest = operands;
            for (int sum = 0; sum < sums; ++sum) {
                if (done[sum] == taps) continue;
                const int input = input_at[input_of(sum, done[sum])], weight = weight_at[done[sum]];
                if (input >= loaded || (!holds_weights && weight >= loaded)) continue;
                int at = sum_ready[sum] > ready[input] ? sum_ready[sum] : ready[input];
                if (!holds_weights && ready[weight] > at) at = ready[weight];
                const int wait = at > now ? at - now : 0;
                if (wait < least || (wait == least && input < oldest)) least = wait, oldest = input, best = sum;
            }
            if (loaded < operands && in_use < slots && (now >= next_load || least > 0)) {
                int slot = 0;
                while (taken[slot]) ++slot;
                taken[slot] = true, ++in_use;
                slot_of[loaded] = slot, ready[loaded] = now + loading, next_load = now + spacing;
                next = {-1, loaded++, slot, 0};
                continue;
            }
            const int tap = done[best]++, input = input_at[input_of(best, tap)], weight = weight_at[tap];
            next = {best, input, slot_of[input], holds_weights ? slots + tap : slot_of[weight]};
            sum_ready[best] = now + apart, ++now;
            if (--uses[input] == 0) taken[slot_of[input]] = false, --in_use;
            if (!holds_weights && --uses[weight] == 0) taken[slot_of[weight]] = false, --in_use;
        }
    }

    /// A column that may lie outside, of half a window on either side, is a part of its own; the others are one. And the first column of the part.
    static constexpr int parts = K;
    static constexpr auto part_of(int column) noexcept -> int {
        return column < K / 2 ? column : column < columns - K / 2 ? K / 2 : column - columns + parts;
    }
    static constexpr auto first_of(int column) noexcept -> int { return part_of(column) == K / 2 ? K / 2 : column; }
    static constexpr auto input_of(int row, int reader, int column) noexcept -> int { return (row * readers + reader) * columns + column; }
    static constexpr auto input_of(int sum, int tap) noexcept -> int {
        return input_of(tap / K + sum / P * lag, sum / P % readers, sum % P * S + tap % K);
    }
};

}  // namespace kernels
}  // namespace MDL_ISA
}  // namespace mdl

#endif
