// mdl: reference recurrent layers.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>

#include <mdl/base/config.hpp>
#include <mdl/kernels/reference/indexing.hpp>
#include <mdl/tensor/operation.hpp>

namespace mdl {
inline namespace MDL_ISA {
namespace kernels::reference {

/// Floats that a recurrence works in: a step's gates, and h, c and r h of one sequence.
constexpr auto recurrence_scratch_floats(const Operation& op) noexcept -> std::int64_t {
    return std::int64_t{gates_of(op.cell) + 3} * op.size;
}

/// The formulas stand beside Rnn, Gru and Lstm in layers/recurrence.hpp. x[0]: projected inputs; x[1], x[2]: the first h and c, where `inputs`
/// counts them; `gate` is the function of the gates. w is [gates * units, units], with peepholes a column more; `bias` may be null.
template <class Gate>
void recurrence(const Operation& op, const Shape& in, const float* const* x, int inputs, const float* w, const float* bias, float* y,
                float* scratch, Gate gate) noexcept {
    const int units = op.size, gates = gates_of(op.cell), steps = in[0], batch = in.rank == 3 ? in[1] : 1;
    const bool peephole = op.cell == Cell::lstm_peephole;
    const std::int64_t columns = units + (peephole ? 1 : 0);
    float *const sums = scratch, *const h = sums + gates * units, *const c = h + units, *const reset = c + units;
    const auto product = [&](std::int64_t row, const float* v) {
        double sum = bias != nullptr ? static_cast<double>(bias[row]) : 0;
        for (int k = 0; k < units; ++k) sum += static_cast<double>(w[row * columns + k]) * static_cast<double>(v[k]);
        return sum;
    };
    for (int b = 0; b < batch; ++b) {
        for (int u = 0; u < units; ++u) {
            h[u] = inputs > 1 ? x[1][b * units + u] : 0;
            c[u] = inputs > 2 ? x[2][b * units + u] : 0;
        }
        for (int s = 0; s < steps; ++s) {
            const std::int64_t at = std::int64_t{op.step < 0 ? steps - 1 - s : s} * batch + b;
            const float* const p = x[0] + at * gates * units;
            float* const out = y + at * op.multiplier * units;
            for (int row = 0; row < gates * units; ++row) {
                // The hidden gate of a GRU takes, or adds, its product later.
                const bool later = op.cell == Cell::gru && row >= 2 * units, apart = op.cell == Cell::gru_reset_after && row >= 2 * units;
                sums[row] = static_cast<float>((apart ? 0 : static_cast<double>(p[row])) + (later ? 0 : product(row, h)));
            }
            const auto sum = [&](int g, int u) { return static_cast<double>(sums[g * units + u]); };
            const auto hole = [&](int g, int u, double cell) {
                return peephole ? static_cast<double>(w[(g * units + u) * columns + units]) * cell : 0;
            };
            if (op.cell == Cell::gru)
                for (int u = 0; u < units; ++u) reset[u] = static_cast<float>(gate(sum(1, u)) * static_cast<double>(h[u]));
            for (int u = 0; u < units; ++u) {
                const double before = static_cast<double>(h[u]), cell = static_cast<double>(c[u]);
                double value = 0;
                if (op.cell == Cell::rnn) {
                    value = gate(sum(0, u));
                } else if (gates == 3) {
                    const double z = gate(sum(0, u));
                    const double inner = op.cell == Cell::gru ? sum(2, u) + product(2 * units + u, reset)
                                                              : static_cast<double>(p[2 * units + u]) + gate(sum(1, u)) * sum(2, u);
                    value = (1 - z) * std::tanh(inner) + z * before;
                } else {
                    const double next =
                        gate(sum(2, u) + hole(2, u, cell)) * cell + gate(sum(0, u) + hole(0, u, cell)) * std::tanh(sum(3, u));
                    value = gate(sum(1, u) + hole(1, u, next)) * std::tanh(next);
                    c[u] = static_cast<float>(next);
                    if (op.multiplier == 2) out[units + u] = c[u];
                }
                out[u] = static_cast<float>(value);
            }
            for (int u = 0; u < units; ++u) h[u] = out[u];
        }
    }
}

}  // namespace kernels::reference
}  // namespace MDL_ISA
}  // namespace mdl
