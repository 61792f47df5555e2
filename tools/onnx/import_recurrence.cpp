// mdl: lowering of RNN, GRU and LSTM: a dense layer over all steps for the inputs, and a recurrence behind it, for each direction.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <string_view>

#include "failure.hpp"
#include "onnx/call.hpp"

namespace mdl::tool {

namespace {

/// The functions f, g, h that the node names, in ONNX's defaults where it names none.
auto read_gate(Call& call, Cell cell, int directions) -> Activation {
    static const std::map<std::string_view, ActivationKind> kinds{
        {"Sigmoid", ActivationKind::sigmoid},   {"Tanh", ActivationKind::tanh},         {"Relu", ActivationKind::relu},
        {"Softsign", ActivationKind::softsign}, {"Softplus", ActivationKind::softplus}, {"HardSigmoid", ActivationKind::hard_sigmoid}};
    const auto* const alphas = call.attributes.find("activation_alpha");
    const auto* const betas = call.attributes.find("activation_beta");
    const auto* const given = call.attributes.find("activations");
    Activation gate{cell == Cell::rnn ? ActivationKind::tanh : ActivationKind::sigmoid};
    if (given == nullptr || given->strings_size() == 0) return gate;
    const int functions = cell == Cell::rnn ? 1 : cell <= Cell::gru_reset_after ? 2 : 3;
    if (given->strings_size() != functions * directions) call.refuse("names another number of activations than it has");
    for (int k = 0; k < given->strings_size(); ++k) {
        const std::string& name = given->strings(k);
        if (name != given->strings(k % functions)) call.refuse("has other activations in its second direction");
        if (k % functions > 0) {
            if (name != "Tanh") call.refuse(text("has the activation '", name, "' for what is not a gate; mdl supports Tanh"));
            continue;
        }
        const auto kind = kinds.find(name);
        if (kind == kinds.end())
            call.refuse(text("has the activation '", name, "'; mdl supports Sigmoid, HardSigmoid, Tanh, Relu, Softsign and Softplus"));
        gate.kind = kind->second;
    }
    if (gate.kind == ActivationKind::hard_sigmoid) {
        gate.a = alphas != nullptr && alphas->floats_size() > 0 ? alphas->floats(0) : 0.2f;
        gate.b = betas != nullptr && betas->floats_size() > 0 ? betas->floats(0) : 0.5f;
    }
    return gate;
}

struct Sizes {
    int steps = 0, batch = 0, inputs = 0, units = 0, gates = 0, directions = 1;
    int length = 0;  ///< steps that every sequence has; behind them there are zeros
    bool batch_first = false;
};

/// Elements [begin, begin + count) of a constant.
auto piece(const Tensor& tensor, std::int64_t begin, std::int64_t count) -> std::vector<float> {
    return {tensor.floats->begin() + begin, tensor.floats->begin() + begin + count};
}

auto checked_constant(Call& call, int k, const char* what, const Dims& dims) -> const Tensor& {
    const Tensor& tensor = call.constant_floats(k, what);
    if (tensor.dims != dims) call.refuse(text("has ", what, " of shape ", to_text(tensor.dims), " where ", to_text(dims), " belongs"));
    return tensor;
}

auto read_sizes(Call& call, Cell cell) -> Sizes {
    call.require_rank(0, 3);
    const Shape shape = call.shape(0);
    Sizes n;
    n.batch_first = call.attributes.integer("layout", 0) != 0;
    n.steps = n.length = shape[n.batch_first ? 1 : 0];
    n.batch = shape[n.batch_first ? 0 : 1];
    n.inputs = shape[2];
    n.gates = gates_of(cell);
    const Dims& recurrent = call.constant_floats(2, "recurrence weights").dims;
    if (recurrent.size() != 3 || recurrent[2] < 1 || recurrent[2] > 1 << 24)
        call.refuse(text("has recurrence weights of shape ", to_text(recurrent)));
    n.units = static_cast<int>(recurrent[2]);
    if (std::int64_t{n.batch} * n.units > 1 << 24)
        call.refuse(text("has ", n.batch, " sequences of ", n.units, " units, which is too much"));
    if (const auto declared = call.attributes.integer("hidden_size", n.units); declared != n.units)
        call.refuse(text("declares ", declared, " units and has ", n.units));
    if (call.has(4)) {
        const auto& lengths = call.constant_integers(4, "lengths of the sequences");
        if (lengths.size() != static_cast<std::size_t>(n.batch) ||
            std::any_of(lengths.begin(), lengths.end(), [&](auto l) { return l != lengths[0]; }))
            call.refuse("has sequences of several lengths, which mdl does not support; run them one by one");
        if (lengths[0] < 1 || lengths[0] > n.steps) call.refuse(text("has sequences of ", lengths[0], " steps in a tensor of ", n.steps));
        n.length = static_cast<int>(lengths[0]);
    }
    return n;
}

/// An initial state of one direction as [batch, units], or -1 where it is all zeros.
auto add_state(Call& call, int k, const Sizes& n, int direction) -> int {
    if (!call.has(k)) return -1;
    if (call.is_constant(k)) {
        const Tensor& tensor = call.constant_floats(k, "initial state");
        if (tensor.is_uniform() && tensor.floats->front() == 0) return -1;
    }
    const Shape state{n.batch_first ? n.batch : n.directions, n.batch_first ? n.directions : n.batch, n.units};
    if (call.shape(k) != state)
        call.refuse(text("has an initial state of shape ", to_text(call.shape(k)), " where ", to_text(state), " belongs"));
    return add_reshape(call, add_slice(call, call.layer(k), n.batch_first ? 1 : 0, direction, direction + 1), Shape{n.batch, n.units});
}

/// The states after each step of one direction: [steps, batch, units], or twice the units where cells are asked for.
auto add_direction(Call& call, const Operation& kind, const Sizes& n, int rows, int direction) -> int {
    const std::int64_t outputs = n.gates * n.units, columns = n.units;
    const Tensor& w = checked_constant(call, 1, "weights", {n.directions, outputs, n.inputs});
    const Tensor& r = checked_constant(call, 2, "recurrence weights", {n.directions, outputs, columns});
    Operation dense, recurrence = kind;
    dense.op = Op::dense;
    dense.out_channels = static_cast<int>(outputs);
    std::vector<Floats> dense_weights{make_floats(piece(w, direction * outputs * n.inputs, outputs * n.inputs))};
    std::vector<float> own, recurrent = piece(r, direction * outputs * columns, outputs * columns);
    if (call.has(3)) {
        const Tensor& both = checked_constant(call, 3, "bias", {n.directions, 2 * outputs});
        std::vector<float> bias = piece(both, direction * 2 * outputs, outputs);
        own = piece(both, (direction * 2 + 1) * outputs, outputs);
        recurrence.bias = kind.cell == Cell::gru_reset_after;
        for (std::size_t o = 0; o < bias.size() && !recurrence.bias; ++o) bias[o] += own[o];
        dense.bias = true;
        dense_weights.push_back(make_floats(std::move(bias)));
    }
    if (kind.cell == Cell::lstm_peephole) {
        const Tensor& holes = checked_constant(call, 7, "peepholes", {n.directions, 3 * columns});
        std::vector<float> wider;
        for (std::int64_t o = 0; o < outputs; ++o) {
            wider.insert(wider.end(), recurrent.begin() + o * columns, recurrent.begin() + (o + 1) * columns);
            wider.push_back(o < 3 * columns ? (*holes.floats)[static_cast<std::size_t>(direction * 3 * columns + o)] : 0);
        }
        recurrent = std::move(wider);
    }
    const int projected = call.add(dense, {rows}, std::move(dense_weights));
    std::vector<int> inputs{n.batch == 1 ? projected : add_reshape(call, projected, Shape{n.length, n.batch, static_cast<int>(outputs)})};
    int h = add_state(call, 5, n, direction);
    const int c = gates_of(kind.cell) == 4 ? add_state(call, 6, n, direction) : -1;
    if (c >= 0 && h < 0)
        h = add_numbers(call, Shape{n.batch, n.units},
                        std::vector<float>(static_cast<std::size_t>(n.batch) * static_cast<std::size_t>(n.units), 0.0f));
    for (const int state : {h, c})
        if (state >= 0) inputs.push_back(state);
    std::vector<Floats> weights{make_floats(std::move(recurrent))};
    if (recurrence.bias) weights.push_back(make_floats(std::move(own)));
    const int states = call.add(recurrence, std::move(inputs), std::move(weights));
    return add_reshape(call, states, Shape{n.length, n.batch, n.units * kind.multiplier});
}

/// The state after the last step of each direction, as the node's output k: [directions, batch, units].
void add_last(Call& call, const Sizes& n, const std::vector<int>& states, bool backwards, int first_unit, int k) {
    std::vector<int> last;
    for (std::size_t d = 0; d < states.size(); ++d) {
        const int step = (d == 0 && backwards) || d == 1 ? 0 : n.length - 1;
        last.push_back(add_slice(call, add_slice(call, states[d], 0, step, step + 1), 2, first_unit, first_unit + n.units));
    }
    const int all = add_concat(call, 0, std::move(last));
    call.result(n.batch_first ? add_transpose(call, all, Shape{1, 0, 2}) : all, k);
}

void recurrence(Call& call, Cell cell) {
    Operation kind;
    kind.op = Op::recurrence;
    kind.cell = cell;
    if (cell == Cell::gru && call.attributes.integer("linear_before_reset", 0) != 0) kind.cell = Cell::gru_reset_after;
    if (cell == Cell::lstm && call.has(7)) kind.cell = Cell::lstm_peephole;
    if (call.attributes.find("clip") != nullptr) call.refuse("clips what its gates sum up (clip), which mdl does not support");
    if (call.attributes.integer("input_forget", 0) != 0)
        call.refuse("couples its input and forget gates (input_forget), which mdl does not support");
    const auto direction = call.attributes.string("direction", "forward");
    if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
        call.refuse(text("has the direction '", direction, "', which mdl does not know"));
    Sizes n = read_sizes(call, cell);
    n.directions = direction == "bidirectional" ? 2 : 1;
    kind.activation = read_gate(call, cell, n.directions);
    kind.size = n.units;
    const auto wants = [&](int k) { return k < call.node().output_size() && !call.node().output(k).empty(); };
    if (wants(2)) kind.multiplier = 2;
    int x = call.layer(0);
    if (n.batch_first) x = add_transpose(call, x, Shape{1, 0, 2});
    const int rows = add_reshape(call, add_slice(call, x, 0, 0, n.length), Shape{n.length * n.batch, n.inputs});
    std::vector<int> states, outputs;
    for (int d = 0; d < n.directions; ++d) {
        Operation one = kind;
        one.step = direction == "reverse" || d == 1 ? -1 : 1;
        states.push_back(add_direction(call, one, n, rows, d));
        if (!wants(0)) continue;
        outputs.push_back(add_reshape(call, add_slice(call, states.back(), 2, 0, n.units), Shape{n.length, 1, n.batch, n.units}));
    }
    if (wants(0)) {
        int all = add_concat(call, 1, std::move(outputs));
        if (n.length < n.steps) {
            Operation rest;
            rest.op = Op::pad;
            rest.dims = Shape{0, 0, 0, 0};
            rest.dims_end = Shape{n.steps - n.length, 0, 0, 0};
            all = call.add(rest, {all});
        }
        call.result(n.batch_first ? add_transpose(call, all, Shape{2, 0, 1, 3}) : all);
    }
    if (wants(1)) add_last(call, n, states, direction == "reverse", 0, 1);
    if (wants(2)) add_last(call, n, states, direction == "reverse", n.units, 2);
}

}  // namespace

void add_recurrences(LoweringTable& table) {
    table["RNN"] = [](Call& call) { recurrence(call, Cell::rnn); };
    table["GRU"] = [](Call& call) { recurrence(call, Cell::gru); };
    table["LSTM"] = [](Call& call) { recurrence(call, Cell::lstm); };
}

}  // namespace mdl::tool
