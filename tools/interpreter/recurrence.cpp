// mdl: RNN, GRU and LSTM in the reference interpreter, gate by gate.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <string>

#include "interpreter/node.hpp"

namespace mdl::tool::interpreter {

namespace {

using Vector = std::vector<double>;

auto apply(const std::string& function, double alpha, double beta, double x) -> double {
    if (function == "Sigmoid") return 1 / (1 + std::exp(-x));
    if (function == "Tanh") return std::tanh(x);
    if (function == "Relu") return std::max(0.0, x);
    if (function == "Softsign") return x / (1 + std::abs(x));
    if (function == "Softplus") return std::log(1 + std::exp(x));
    if (function == "HardSigmoid") return std::clamp(alpha * x + beta, 0.0, 1.0);
    fail(Exit::bad_input, "has the activation '", function, "', which the reference interpreter does not know");
}

/// One direction of the node: its parts of the inputs, and the walk over a sequence.
class Direction {
public:
    Direction(const Node& node, std::int64_t gates, std::int64_t number, bool backwards)
        : node_(node), gates_(gates), number_(number), backwards_(backwards) {
        units_ = node.input(2).dims.at(2);
        inputs_ = node.input(1).dims.at(2);
        const auto* const names = node.attributes.find("activations");
        const auto* const alphas = node.attributes.find("activation_alpha");
        const auto* const betas = node.attributes.find("activation_beta");
        if (names != nullptr && names->strings_size() > 0)
            function_ = names->strings(0);
        else if (gates == 1)
            function_ = "Tanh";
        if (alphas != nullptr && alphas->floats_size() > 0) alpha_ = static_cast<double>(alphas->floats(0));
        if (betas != nullptr && betas->floats_size() > 0) beta_ = static_cast<double>(betas->floats(0));
        reset_after_ = gates == 3 && node.integer("linear_before_reset", 0) != 0;
        h.assign(static_cast<std::size_t>(units_), 0);
        c = h;
    }

    Vector h{}, c{};

    auto runs_backwards() const -> bool { return backwards_; }

    /// One step from the input at `x` on.
    void step(const double* x) {
        const Vector h_before = h, c_before = c;
        Vector reset(h.size(), 0);
        if (gates_ == 3)
            for (std::int64_t u = 0; u < units_; ++u) reset[index(u)] = gate(projected(1, u, x) + recurrent(1, u, h_before));
        Vector held = h_before;
        for (std::size_t u = 0; u < held.size(); ++u) held[u] *= reset[u];
        for (std::int64_t u = 0; u < units_; ++u) {
            const auto sum = [&](std::int64_t g) { return projected(g, u, x) + recurrent(g, u, h_before); };
            double& out = h[index(u)];
            if (gates_ == 1) out = gate(sum(0));
            if (gates_ == 3) {
                const double inner = reset_after_ ? reset[index(u)] * recurrent(2, u, h_before) : recurrent(2, u, held), z = gate(sum(0));
                out = (1 - z) * std::tanh(projected(2, u, x) + inner) + z * h_before[index(u)];
            }
            if (gates_ == 4) {
                const double old = c_before[index(u)];
                const double next = gate(sum(2) + hole(2, u, old)) * old + gate(sum(0) + hole(0, u, old)) * std::tanh(sum(3));
                c[index(u)] = next;
                out = gate(sum(1) + hole(1, u, next)) * std::tanh(next);
            }
        }
    }

private:
    static auto index(std::int64_t u) -> std::size_t { return static_cast<std::size_t>(u); }
    auto gate(double x) const -> double { return apply(function_, alpha_, beta_, x); }
    /// Row of unit u in gate g.
    auto row(std::int64_t g, std::int64_t u) const -> std::int64_t { return (number_ * gates_ + g) * units_ + u; }
    auto bias(std::int64_t half, std::int64_t g, std::int64_t u) const -> double {
        return node_.has(3) ? node_.input(3).values.at(index(((number_ * 2 + half) * gates_ + g) * units_ + u)) : 0;
    }
    auto projected(std::int64_t g, std::int64_t u, const double* x) const -> double {
        double sum = bias(0, g, u);
        for (std::int64_t i = 0; i < inputs_; ++i) sum += node_.input(1).values.at(index(row(g, u) * inputs_ + i)) * x[i];
        return sum;
    }
    auto recurrent(std::int64_t g, std::int64_t u, const Vector& state) const -> double {
        double sum = bias(1, g, u);
        for (std::int64_t k = 0; k < units_; ++k) sum += node_.input(2).values.at(index(row(g, u) * units_ + k)) * state[index(k)];
        return sum;
    }
    auto hole(std::int64_t g, std::int64_t u, double cell) const -> double {
        return node_.has(7) ? node_.input(7).values.at(index((number_ * 3 + g) * units_ + u)) * cell : 0;
    }

    const Node& node_;
    std::int64_t gates_, number_, units_ = 0, inputs_ = 0;
    bool backwards_, reset_after_ = false;
    std::string function_ = "Sigmoid";
    double alpha_ = 0.2, beta_ = 0.5;
};

/// Y [steps, directions, batch, units], and the last h and c [directions, batch, units]; with layout 1 the batch comes first.
auto recurrence(const Node& node, std::int64_t gates) -> Outputs {
    const Array& x = node.input();
    if (x.rank() != 3 || node.input(1).rank() != 3 || node.input(2).rank() != 3)
        fail(Exit::bad_input, "has inputs or weights of another rank than 3; the model is wrong");
    const bool batch_first = node.integer("layout", 0) != 0;
    const std::string which = node.string("direction", "forward");
    node.attributes.ignore("hidden_size");
    if (node.attributes.find("clip") != nullptr || node.integer("input_forget", 0) != 0)
        fail(Exit::bad_input, "clips or couples its gates, which the reference interpreter does not know");
    const std::int64_t steps = x.size(batch_first ? 1 : 0), batch = x.size(batch_first ? 0 : 1), width = x.size(2),
                       units = node.input(2).size(2);
    const std::int64_t directions = which == "bidirectional" ? 2 : 1;
    const Dims y_dims = batch_first ? Dims{batch, steps, directions, units} : Dims{steps, directions, batch, units};
    const Dims state_dims = batch_first ? Dims{batch, directions, units} : Dims{directions, batch, units};
    Array y(y_dims), last_h(state_dims), last_c(state_dims);
    for (std::int64_t d = 0; d < directions; ++d)
        for (std::int64_t b = 0; b < batch; ++b) {
            Direction one(node, gates, d, which == "reverse" || d == 1);
            const std::int64_t state = (batch_first ? b * directions + d : d * batch + b) * units;
            for (std::int64_t u = 0; u < units; ++u) {
                if (node.has(5)) one.h[static_cast<std::size_t>(u)] = node.input(5).values.at(static_cast<std::size_t>(state + u));
                if (node.has(6)) one.c[static_cast<std::size_t>(u)] = node.input(6).values.at(static_cast<std::size_t>(state + u));
            }
            const std::int64_t length =
                node.has(4) ? std::clamp<std::int64_t>(node.integers(std::size_t{4}).at(static_cast<std::size_t>(b)), 0, steps) : steps;
            for (std::int64_t s = 0; s < length; ++s) {
                const std::int64_t t = one.runs_backwards() ? length - 1 - s : s;
                one.step(x.values.data() + (batch_first ? b * steps + t : t * batch + b) * width);
                const std::int64_t to = batch_first ? (b * steps + t) * directions + d : (t * directions + d) * batch + b;
                std::copy(one.h.begin(), one.h.end(), y.values.begin() + to * units);
            }
            std::copy(one.h.begin(), one.h.end(), last_h.values.begin() + state);
            std::copy(one.c.begin(), one.c.end(), last_c.values.begin() + state);
        }
    return {std::move(y), std::move(last_h), std::move(last_c)};
}

}  // namespace

void add_recurrences(OperatorTable& table) {
    table["RNN"] = [](const Node& node) { return recurrence(node, 1); };
    table["GRU"] = [](const Node& node) { return recurrence(node, 3); };
    table["LSTM"] = [](const Node& node) { return recurrence(node, 4); };
}

}  // namespace mdl::tool::interpreter
