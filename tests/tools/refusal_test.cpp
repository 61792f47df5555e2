// mdl: what cannot be converted is refused with a sentence that names it, and damaged files never crash.
// SPDX-License-Identifier: MIT
#include <random>

#include <doctest/doctest.h>

#include "tools/evaluate.hpp"
#include "tools/onnx_builder.hpp"
#include "tools/says.hpp"

using namespace mdl::tool;
using mdl::tool::test::ModelBuilder;
using mdl::tool::test::says;

namespace {

/// What the model's whole check says.
auto checked(const mdl::onnx::ModelProto& proto) -> std::string {
    try {
        static_cast<void>(import_onnx(check_onnx(proto, {})));
    } catch (const Failure& failure) {
        return failure.what();
    }
    return {};
}

auto small() -> ModelBuilder {
    ModelBuilder model;
    model.input("x", {1, 3, 8, 8}).output("y").weights("w", {4, 3, 3, 3}).weights("b", {4});
    model.node("Conv", {"x", "w", "b"}, {"c"}).integers("pads", {1, 1, 1, 1});
    model.node("Relu", {"c"}, {"r"});
    model.node("GlobalAveragePool", {"r"}, {"p"});
    model.node("Flatten", {"p"}, {"y"});
    return model;
}

}  // namespace

TEST_CASE("an unknown operator is refused by its name, its node's name and the list of known ones") {
    ModelBuilder model;
    model.input("x", {1, 3}).output("y");
    model.node("Det", {"x"}, {"y"});
    model.proto.mutable_graph()->mutable_node(0)->set_name("the node");
    CHECK(says(model.refusal(), {"Det", "'the node'", "Conv", "Softmax"}));
    model.proto.mutable_graph()->mutable_node(0)->set_domain("com.example");
    CHECK(says(model.refusal(), {"Det", "com.example"}));
}

TEST_CASE("an If whose condition is computed is refused") {
    ModelBuilder model;
    model.input("x", {1, 1}).output("y");
    model.node("If", {"x"}, {"y"});
    CHECK(says(model.refusal(), {"If", "branch", "export"}));
}

TEST_CASE("opsets outside of 7 to 21 are refused by number") {
    for (const int opset : {6, 22}) {
        ModelBuilder model(opset);
        model.input("x", {1, 3}).output("y");
        model.node("Relu", {"x"}, {"y"});
        CHECK(says(model.refusal(), {opset == 6 ? "opset 6" : "opset 22", "7 to 21"}));
    }
}

TEST_CASE("an input of unknown size is refused with its name and the option that gives it, batches excepted") {
    ModelBuilder model;
    model.input("image", {-1, 3, -1, 8}).output("y");
    model.node("Relu", {"image"}, {"y"});
    CHECK(says(model.refusal(), {"'image'", "axis 2", "--shape"}));
    ImportOptions options;
    options.shapes["image"] = {1, 3, 4, 8};
    CHECK(model.import(options).shape(0) == mdl::Shape{1, 3, 4, 8});
    ModelBuilder batch;
    batch.input("x", {-1, 3}).output("y");
    batch.node("Relu", {"x"}, {"y"});
    CHECK(batch.import().shape(0) == mdl::Shape{1, 3});
}

TEST_CASE("attributes that mdl does not know are refused, not ignored") {
    ModelBuilder model;
    model.input("x", {1, 3}).output("y");
    model.node("Relu", {"x"}, {"y"}).integer("surprise", 1);
    CHECK(says(model.refusal(), {"Relu", "'surprise'"}));
}

TEST_CASE("weights that a network computes are refused") {
    ModelBuilder model;
    model.input("x", {1, 3, 8, 8}).input("w", {4, 3, 3, 3}).output("y");
    model.node("Conv", {"x", "w"}, {"y"});
    CHECK(says(model.refusal(), {"Conv", "weight", "constant"}));
}

TEST_CASE("functions, sparse weights and training mode are refused") {
    ModelBuilder function = small();
    function.proto.add_functions()->set_name("f");
    CHECK(says(checked(function.proto), {"'f'", "function"}));
    ModelBuilder sparse = small();
    sparse.proto.mutable_graph()->add_sparse_initializer();
    CHECK(says(checked(sparse.proto), {"sparse"}));
    ModelBuilder training(14);
    training.input("x", {1, 1, 2, 2}).output("y").weights("g", {1});
    training.node("BatchNormalization", {"x", "g", "g", "g", "g"}, {"y"}).integer("training_mode", 1);
    CHECK(says(training.refusal(), {"BatchNormalization", "eval"}));
}

TEST_CASE("external data outside of the model's folder is refused") {
    ModelBuilder model = small();
    auto* const tensor = model.proto.mutable_graph()->mutable_initializer(0);
    tensor->clear_float_data();
    tensor->set_data_location(mdl::onnx::TensorProto::EXTERNAL);
    auto* const entry = tensor->add_external_data();
    entry->set_key("location");
    for (const char* place : {"../secret", "/etc/passwd", "a/../../b"}) {
        entry->set_value(place);
        CHECK(says(checked(model.proto), {"outside", "'w'"}));
    }
}

TEST_CASE("shapes that do not agree are refused before anything is computed") {
    ModelBuilder model = small();
    model.proto.mutable_graph()->mutable_initializer(0)->set_dims(0, 1 << 30);
    CHECK(says(checked(model.proto), {"'w'"}));
    ModelBuilder channels = small();
    channels.proto.mutable_graph()->mutable_initializer(0)->set_dims(1, 2);
    CHECK_FALSE(checked(channels.proto).empty());
    ModelBuilder large;
    large.input("x", {1, 3, 2, 2}).output("y").weights("w", {4, 3, 3, 3});
    large.node("Conv", {"x", "w"}, {"y"});
    CHECK(says(large.refusal(), {"Conv", "kernel is larger"}));
}

TEST_CASE("a constant may be an output, but not all of them") {
    ModelBuilder model;
    model.input("x", {1, 3}).output("c").floats("c", {2}, {5, 7});
    CHECK(says(model.refusal(), {"no output depends on an input"}));
    model.output("y");
    model.node("Relu", {"x"}, {"y"});
    const auto answers = mdl::tool::test::evaluate(model.import(), {{-1, 2, 3}});
    CHECK(answers == std::vector<mdl::tool::test::Values>{{5, 7}, {0, 2, 3}});
    model.integers("i", {1}).output("i");
    CHECK(says(model.refusal(), {"'i'", "constant of integers"}));
}

TEST_CASE("a node that reads what nothing makes is refused") {
    ModelBuilder model;
    model.input("x", {1, 3}).output("y");
    model.node("Add", {"x", "ghost"}, {"y"});
    CHECK(says(model.refusal(), {"'ghost'", "Add"}));
}

TEST_CASE("damaged bytes are refused or read, and never crash") {
    std::string bytes;
    REQUIRE(small().proto.SerializeToString(&bytes));
    std::mt19937 random(1);
    int refused = 0;
    for (int round = 0; round < 4000; ++round) {
        std::string damaged = bytes;
        const int changes = 1 + static_cast<int>(random() % 4);
        for (int c = 0; c < changes; ++c) damaged[random() % damaged.size()] = static_cast<char>(random());
        if (round % 5 == 0) damaged.resize(random() % damaged.size());
        try {
            static_cast<void>(import_onnx(parse_onnx(damaged, {})));
        } catch (const Failure& failure) {
            ++refused;
            if (std::string(failure.what()).size() < 10) CHECK(std::string(failure.what()).size() >= 10);
        }
    }
    CHECK(refused > 1000);
}
