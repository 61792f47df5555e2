// mdl: RNN, GRU and LSTM, converted.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include "tools/interpreted.hpp"
#include "tools/says.hpp"

using mdl::tool::NodeWriter;
using mdl::tool::test::interpreted_difference;
using mdl::tool::test::ModelBuilder;
using mdl::tool::test::says;

namespace {

struct Shapes {
    int steps = 5, batch = 1, inputs = 3, units = 4, directions = 1;
    bool batch_first = false;
};

/// The operator with weights and biases; `further`: its inputs from the lengths on; `outputs`: their names, "" for none.
auto model_of(const std::string& op, const Shapes& n, std::initializer_list<std::string> further,
              std::initializer_list<std::string> outputs) -> ModelBuilder {
    const int gates = op == "RNN" ? 1 : op == "GRU" ? 3 : 4;
    ModelBuilder model(14);
    if (n.batch_first)
        model.input("x", {n.batch, n.steps, n.inputs});
    else
        model.input("x", {n.steps, n.batch, n.inputs});
    for (const auto& name : outputs)
        if (!name.empty()) model.output(name);
    model.weights("w", {n.directions, gates * n.units, n.inputs})
        .weights("r", {n.directions, gates * n.units, n.units})
        .weights("b", {n.directions, 2 * gates * n.units});
    auto* const node = model.proto.mutable_graph()->add_node();
    node->set_op_type(op);
    for (const char* name : {"x", "w", "r", "b"}) node->add_input(name);
    for (const auto& name : further) node->add_input(name);
    for (const auto& name : outputs) node->add_output(name);
    NodeWriter writer(node);
    writer.integer("hidden_size", n.units);
    if (n.batch_first) writer.integer("layout", 1);
    if (n.directions == 2) writer.string("direction", "bidirectional");
    return model;
}

auto node_of(ModelBuilder& model) -> NodeWriter { return NodeWriter(model.proto.mutable_graph()->mutable_node(0)); }

}  // namespace

TEST_CASE("a recurrent operator is a dense layer over all steps and a recurrence") {
    CHECK(model_of("LSTM", {}, {}, {"y"}).layers() ==
          "Reshape<5, 3>; Dense<16>; Recurrence<Lstm, 4, NoBias>; Reshape<5, 1, 4>; Reshape<5, 1, 1, 4>");
    auto gru = model_of("GRU", {}, {}, {"", "h"});
    node_of(gru).integer("linear_before_reset", 1);
    CHECK(gru.layers() == "Reshape<5, 3>; Dense<12>; Recurrence<GruResetAfter, 4>; Reshape<5, 1, 4>; Slice<Axis<0>, Begin<4>, End<5>>");
}

TEST_CASE("recurrent operators give the interpreter's numbers in every direction, layout and batch, with every output") {
    for (const char* op : {"RNN", "GRU", "LSTM"})
        for (const int batch : {1, 3})
            for (const int directions : {1, 2})
                for (const bool batch_first : {false, true}) {
                    const Shapes n{.batch = batch, .directions = directions, .batch_first = batch_first};
                    auto model = op == std::string("LSTM") ? model_of(op, n, {}, {"y", "h", "c"}) : model_of(op, n, {}, {"y", "h"});
                    INFO(op << batch << directions << batch_first);
                    CHECK(interpreted_difference(model) < 1e-6);
                }
    for (const char* op : {"RNN", "GRU", "LSTM"}) {
        auto model = model_of(op, {.batch = 2}, {}, {"y", "h"});
        node_of(model).string("direction", "reverse");
        CHECK(interpreted_difference(model) < 1e-6);
    }
    auto after = model_of("GRU", {.batch = 2, .directions = 2}, {}, {"y", "h"});
    node_of(after).integer("linear_before_reset", 1);
    CHECK(interpreted_difference(after) < 1e-6);
}

TEST_CASE("initial states may be constant or computed, peepholes see the cell, sequences may be shorter than the tensor") {
    auto streaming = model_of("LSTM", {.batch = 2}, {"", "h0", "c0"}, {"y", "h", "c"});
    streaming.input("h0", {1, 2, 4}).input("c0", {1, 2, 4});
    CHECK(interpreted_difference(streaming) < 1e-6);
    auto cells = model_of("LSTM", {}, {"", "", "c0"}, {"y"});
    cells.weights("c0", {1, 1, 4});
    CHECK(interpreted_difference(cells) < 1e-6);
    auto zeros = model_of("LSTM", {}, {"", "h0", "h0"}, {"y"});
    zeros.floats("h0", {1, 1, 4}, {0, 0, 0, 0});
    CHECK(zeros.layers() == "Reshape<5, 3>; Dense<16>; Recurrence<Lstm, 4, NoBias>; Reshape<5, 1, 4>; Reshape<5, 1, 1, 4>");
    auto peephole = model_of("LSTM", {.batch = 2, .directions = 2}, {"lengths", "", "", "p"}, {"y", "h", "c"});
    peephole.weights("p", {2, 12}).integers("lengths", {3, 3});
    CHECK(interpreted_difference(peephole) < 1e-6);
}

TEST_CASE("gates have other functions where the node names them") {
    auto keras = model_of("LSTM", {}, {}, {"y"});
    auto* const names = keras.proto.mutable_graph()->mutable_node(0)->add_attribute();
    names->set_name("activations");
    for (const char* name : {"HardSigmoid", "Tanh", "Tanh"}) names->add_strings(name);
    CHECK(keras.layers() ==
          "Reshape<5, 3>; Dense<16>; Recurrence<Lstm, 4, Gates<HardSigmoid<0.2, 0.5>>, NoBias>; Reshape<5, 1, 4>; Reshape<5, 1, 1, 4>");
    CHECK(interpreted_difference(keras) < 1e-6);
    names->set_strings(1, "Relu");
    CHECK(says(keras.refusal(), {"LSTM", "'Relu'", "Tanh"}));
    names->clear_strings();
    names->add_strings("Affine");
    CHECK(says(keras.refusal(), {"LSTM", "number of activations"}));
    auto relu = model_of("RNN", {}, {}, {"y"});
    auto* const one = relu.proto.mutable_graph()->mutable_node(0)->add_attribute();
    one->set_name("activations");
    one->add_strings("Relu");
    CHECK(interpreted_difference(relu) < 1e-6);
    one->set_strings(0, "Affine");
    CHECK(says(relu.refusal(), {"RNN", "'Affine'", "HardSigmoid"}));
}

TEST_CASE("what a recurrent operator cannot do here is refused") {
    auto clipped = model_of("LSTM", {}, {}, {"y"});
    node_of(clipped).real("clip", 3);
    CHECK(says(clipped.refusal(), {"LSTM", "clip"}));
    auto coupled = model_of("LSTM", {}, {}, {"y"});
    node_of(coupled).integer("input_forget", 1);
    CHECK(says(coupled.refusal(), {"LSTM", "input_forget"}));
    auto lengths = model_of("GRU", {.batch = 2}, {"lengths"}, {"y"});
    lengths.integers("lengths", {3, 4});
    CHECK(says(lengths.refusal(), {"GRU", "several lengths", "one by one"}));
    auto state = model_of("GRU", {.batch = 2}, {"", "h0"}, {"y"});
    state.weights("h0", {1, 1, 4});
    CHECK(says(state.refusal(), {"GRU", "1x1x4", "1x2x4"}));
    auto units = model_of("RNN", {}, {}, {"y"});
    units.proto.mutable_graph()->mutable_node(0)->mutable_attribute(0)->set_i(5);
    CHECK(says(units.refusal(), {"RNN", "5 units", "has 4"}));
    ModelBuilder computed(14);
    computed.input("x", {5, 1, 3}).input("r", {1, 4, 4}).output("y").weights("w", {1, 4, 3});
    computed.node("RNN", {"x", "w", "r"}, {"y"});
    CHECK(says(computed.refusal(), {"RNN", "recurrence weights", "constant"}));
}
