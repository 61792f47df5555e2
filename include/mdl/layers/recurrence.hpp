// mdl: recurrent layers: simple, gated (GRU), long short-term memory (LSTM).
// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include <mdl/graph/node.hpp>
#include <mdl/layers/limits.hpp>
#include <mdl/layers/options.hpp>

namespace mdl {

namespace layers {

constexpr auto recurrence_shape(Operation& op, std::span<const Shape> in) -> graph::Inference {
    const Shape& x = in[0];
    if (x.rank != 2 && x.rank != 3) return graph::failed(graph::Problem::wrong_rank, x, Shape{3});
    if (op.size < 1 || op.size > 1 << 24) return graph::failed(graph::Problem::not_positive, x, Shape{op.size});
    const int gates = gates_of(op.cell) * op.size;
    if (x[x.rank - 1] != gates) return graph::failed(graph::Problem::gates_do_not_fit, x, Shape{gates});
    const Shape state{x.rank == 3 ? x[1] : 1, op.size};
    for (std::size_t k = 1; k < in.size(); ++k)
        if (in[k] != state) return graph::failed(graph::Problem::gates_do_not_fit, in[k], state);
    graph::Inference found;
    found.shape = x;
    found.shape[x.rank - 1] = op.size * op.multiplier;
    found.add_weight(graph::Role::weight, Shape{gates, op.size + (op.cell == Cell::lstm_peephole ? 1 : 0)});
    if (op.bias) found.add_weight(graph::Role::bias, Shape{gates});
    return checked(found);
}

constexpr auto recurrence_description(Operation op) noexcept -> graph::Description {
    op.op = Op::recurrence;
    const bool has_cells = op.cell == Cell::lstm || op.cell == Cell::lstm_peephole;
    return {op, &recurrence_shape, 1, has_cells ? 3 : 2};
}

template <Cell Kind, ActivationKind Gate>
struct CellKind {
    static constexpr Cell cell = Kind;
    static constexpr ActivationKind gate = Gate;
};

}  // namespace layers

// What a recurrent layer remembers, and how.

/// h = tanh(x + R h).  Source: ONNX RNN-14.
struct Rnn : layers::CellKind<Cell::rnn, ActivationKind::tanh> {};
/// z = s(x + R h), r = s(x + R h), n = tanh(x + R (r h)), h = (1 - z) n + z h; s the logistic function.  Source: Cho et al. 2014; ONNX GRU-14.
struct Gru : layers::CellKind<Cell::gru, ActivationKind::sigmoid> {};
/// The same with n = tanh(x + r (R h + b)), as in PyTorch and cuDNN.
struct GruResetAfter : layers::CellKind<Cell::gru_reset_after, ActivationKind::sigmoid> {};
/// i, o, f = s(x + R h), c = f c + i tanh(x + R h), h = o tanh(c).  Source: Hochreiter & Schmidhuber 1997; ONNX LSTM-14.
struct Lstm : layers::CellKind<Cell::lstm, ActivationKind::sigmoid> {};
/// The same with i, f = s(x + R h + p c), and o of the new c; the weights p are a last column of R.  Source: Gers & Schmidhuber 2000.
struct LstmPeephole : layers::CellKind<Cell::lstm_peephole, ActivationKind::sigmoid> {};

/// From the last step to the first.
struct Backwards : layers::Tag<OptionKind::backwards> {
    static constexpr void apply(Operation& op) noexcept { op.step = -1; }
};
/// The output of an Lstm holds its cell state too, behind the units' outputs.
struct WithCells : layers::Tag<OptionKind::with_cells> {
    static constexpr void apply(Operation& op) noexcept { op.multiplier = 2; }
};
/// Another function in the place of the logistic one, or of an Rnn's tanh: `Gates<HardSigmoid<0.2, 0.5>>`.
template <class Function>
struct Gates : layers::Tag<OptionKind::gates> {
    static_assert(Function::description.operation.op == Op::activation,
                  "mdl: Gates takes an activation, as in Gates<HardSigmoid<0.2, 0.5>>");
    static constexpr void apply(Operation& op) noexcept { op.activation = Function::description.operation.activation; }
};

/// `Dense<4 * 64>, Recurrence<Lstm, 64>`: [steps, gates * units] -> [steps, units], or [steps, batch, gates * units] -> [steps, batch, units],
/// the hidden state after each step. x above is what the Dense layer makes of a step's input, the gates in ONNX's order one after the other;
/// R is [gates * units, units], b (without NoBias) [gates * units], added to R h. Further inputs of its node are the first h, and of an Lstm
/// the first c, of [batch, units]; else they are 0. Options: Backwards, WithCells, Gates, NoBias.
template <class Kind, int Units, class... Options>
struct Recurrence {
    static_assert(
        requires { Kind::cell; }, "mdl: Recurrence takes Rnn, Gru, GruResetAfter, Lstm or LstmPeephole first");
    static_assert(
        layers::Takes<OptionKind::backwards, OptionKind::with_cells, OptionKind::gates, OptionKind::no_bias>::check<Options...>());
    static constexpr graph::Description description = [] {
        Operation op;
        op.cell = Kind::cell;
        op.activation.kind = Kind::gate;
        op.size = Units;
        op.bias = true;
        return layers::recurrence_description(layers::with<Options...>(op));
    }();
    static_assert(description.operation.multiplier == 1 || description.max_inputs == 3, "mdl: only an Lstm has cells; leave out WithCells");
};

}  // namespace mdl
