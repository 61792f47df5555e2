// mdl: tests of the reference recurrent layers. The numbers come from the formulas in layers/recurrence.hpp, worked with Python's math.
// SPDX-License-Identifier: MIT
#include <mdl/kernels/reference/recurrence.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "../numbers.hpp"

using namespace mdl;
using namespace mdl::kernels;
using test::largest_difference, test::numbers;
using List = std::vector<float>;

namespace {

auto logistic(double x) -> double { return 1 / (1 + std::exp(-x)); }

auto run(const Operation& op, const Shape& in, const std::vector<const float*>& x, const List& w, const List& bias) -> List {
    List y(static_cast<std::size_t>(in.count() / gates_of(op.cell) * op.multiplier), -77.0f),
        scratch(static_cast<std::size_t>(reference::recurrence_scratch_floats(op)));
    const auto gate = [&](double value) { return op.cell == Cell::rnn ? std::tanh(value) : logistic(value); };
    reference::recurrence(op, in, x.data(), static_cast<int>(x.size()), w.data(), bias.empty() ? nullptr : bias.data(), y.data(),
                          scratch.data(), gate);
    return y;
}

const List gru_inputs{0.5f, -1, 0.25f, 1, -0.5f, 0.75f, 1.5f, 0.25f, -0.75f, 0.5f, 1, -1.25f}, gru_h{0.5f, -1};
const List gru_weights{0.5f, -0.25f, 1, 0.75f, -0.5f, 0.5f, 0.25f, 1, 0.75f, -1, -0.25f, 0.5f},
    gru_bias{0.125f, -0.25f, 0.5f, 0, -0.5f, 0.25f};
const List lstm_inputs{0.5f, -0.25f, 1, 0.75f, -0.5f, 1, 0.25f, -1, 1, 0.5f, -1.5f, 2};

}  // namespace

TEST_CASE("a simple recurrence is the one worked by hand") {
    const List x{1, -0.5f, 0.25f};
    CHECK(largest_difference(run({.op = Op::recurrence, .size = 1}, {3, 1}, {x.data()}, {-0.5f}, {}),
                             {0.76159416f, -0.70681841f, 0.53947104f}) < 1e-7);
}

TEST_CASE("a gated recurrence resets before or after its matrix, forwards and backwards") {
    Operation op{.op = Op::recurrence, .cell = Cell::gru, .size = 2};
    CHECK(largest_difference(run(op, {2, 6}, {gru_inputs.data(), gru_h.data()}, gru_weights, gru_bias),
                             {0.31027990f, 0.29685727f, 0.31993489f, -0.08297406f}) < 1e-7);
    op.step = -1;
    CHECK(largest_difference(run(op, {2, 6}, {gru_inputs.data(), gru_h.data()}, gru_weights, gru_bias),
                             {0.32787044f, 0.29539355f, 0.52827417f, -0.91268236f}) < 1e-7);
    op = {.op = Op::recurrence, .cell = Cell::gru_reset_after, .size = 2};
    CHECK(largest_difference(run(op, {2, 6}, {gru_inputs.data(), gru_h.data()}, gru_weights, gru_bias),
                             {0.36215959f, 0.22727488f, 0.40754153f, -0.14749361f}) < 1e-7);
}

TEST_CASE("a long short-term memory keeps its cells, with and without peepholes") {
    const List w{0.5f, -1, 0.25f, 0.75f}, holes{0.5f, 0.5f, -1, -0.75f, 0.25f, 1, 0.75f, 0}, h{0.5f}, c{-0.5f};
    Operation op{.op = Op::recurrence, .cell = Cell::lstm, .size = 1};
    CHECK(largest_difference(run(op, {3, 4}, {lstm_inputs.data()}, w, {}), {0.16460719f, -0.03731855f, 0.37745369f}) < 1e-7);
    op.multiplier = 2;
    CHECK(largest_difference(run(op, {3, 4}, {lstm_inputs.data()}, w, {}),
                             {0.16460719f, 0.39535439f, -0.03731855f, -0.05355490f, 0.37745369f, 0.69003545f}) < 1e-7);
    op = {.op = Op::recurrence, .cell = Cell::lstm_peephole, .size = 1};
    CHECK(largest_difference(run(op, {3, 4}, {lstm_inputs.data(), h.data(), c.data()}, holes, {}),
                             {0.05153410f, -0.14295304f, 0.30454368f}) < 1e-7);
}

TEST_CASE("sequences of a batch do not meet") {
    const Shape in{5, 3, 4 * 7};
    const auto x = numbers(in, 1), w = numbers(Shape{28, 7}, 2);
    const Operation op{.op = Op::recurrence, .cell = Cell::lstm, .size = 7};
    const List all = run(op, in, {x.data()}, w, {});
    for (std::size_t b = 0; b < 3; ++b) {
        List one, expected;
        for (std::size_t t = 0; t < 5; ++t) {
            one.insert(one.end(), x.begin() + static_cast<std::ptrdiff_t>((t * 3 + b) * 28),
                       x.begin() + static_cast<std::ptrdiff_t>((t * 3 + b + 1) * 28));
            expected.insert(expected.end(), all.begin() + static_cast<std::ptrdiff_t>((t * 3 + b) * 7),
                            all.begin() + static_cast<std::ptrdiff_t>((t * 3 + b + 1) * 7));
        }
        CHECK(run(op, {5, 28}, {one.data()}, w, {}) == expected);
    }
}
