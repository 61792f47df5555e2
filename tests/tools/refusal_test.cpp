// mdl: what cannot be converted is refused with a sentence that names it, and damaged files never crash.
// SPDX-License-Identifier: MIT
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include <sys/stat.h>

#include <doctest/doctest.h>

#include "tools/evaluate.hpp"
#include "tools/onnx_builder.hpp"
#include "tools/says.hpp"
#include "weights/temporary_folder.hpp"

using namespace mdl::tool;
using mdl::tool::test::ModelBuilder;
using mdl::tool::test::says;

namespace {

namespace fs = std::filesystem;

/// What the model's whole check says.
auto checked(const mdl::onnx::ModelProto& proto, const fs::path& folder = {}) -> std::string {
    try {
        static_cast<void>(import_onnx(check_onnx(proto, folder)));
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

TEST_CASE("an unknown operator is refused by its name, its node's name and what to do instead") {
    ModelBuilder model;
    model.input("x", {1, 3}).output("y");
    model.node("Det", {"x"}, {"y"});
    model.proto.mutable_graph()->mutable_node(0)->set_name("the node");
    CHECK(says(model.refusal(), {"Det", "'the node'", "products of slices"}));
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

TEST_CASE("external data is a part of a file in the model's folder, and nothing else") {
    const TemporaryFolder folder;
    const fs::path root = fs::path(folder.path()) / "model";
    fs::create_directories(root / "inside");
    std::ofstream(root / "data", std::ios::binary) << std::string(16, '\0');
    std::ofstream(fs::path(folder.path()) / "secret", std::ios::binary) << std::string(16, '\0');
    fs::create_symlink(fs::path(folder.path()) / "secret", root / "link");
    fs::create_symlink(folder.path(), root / "outside");
    REQUIRE(::mkfifo((root / "pipe").c_str(), 0600) == 0);
    const auto refusal = [&](const std::string& location, const char* offset, const char* length) {
        ModelBuilder model = small();
        auto* const tensor = model.proto.mutable_graph()->mutable_initializer(1);
        tensor->clear_float_data();
        tensor->set_data_location(mdl::onnx::TensorProto::EXTERNAL);
        const auto add = [&](const char* key, const std::string& value) {
            auto* const entry = tensor->add_external_data();
            entry->set_key(key);
            entry->set_value(value);
        };
        add("location", location);
        if (*offset != '\0') add("offset", offset);
        if (*length != '\0') add("length", length);
        return checked(model.proto, root);
    };
    CHECK(refusal("data", "", "") == "");
    CHECK(refusal("inside/../data", "0", "16") == "");
    for (const char* place : {"link", "outside/secret", "../secret", ".."}) {
        INFO(place);
        CHECK(says(refusal(place, "", ""), {"'b'", "outside the model's folder"}));
    }
    CHECK(says(refusal(std::string("data\0x", 6), "", ""), {"'b'"}));
    for (const char* place : {"pipe", "inside", "missing"}) {
        INFO(place);
        CHECK(says(refusal(place, "", ""), {"cannot open", place, "beside the model"}));
    }
    CHECK(says(refusal("data", "1", ""), {"does not hold the 16 bytes of tensor 'b'"}));
    CHECK(says(refusal("data", "18446744073709551615", "16"), {"does not hold"}));
    CHECK(says(refusal("data", "-1", "16"), {"does not hold"}));
    CHECK(says(refusal("data", "0", "17"), {"does not hold"}));
    CHECK(says(refusal("data", "0", "99999999999999999999"), {"does not hold"}));
}

TEST_CASE("sizes that overflow, and terabytes, are refused before room is made for them") {
    const auto with_dims = [](std::initializer_list<std::int64_t> dims) {
        ModelBuilder model = small();
        auto* const tensor = model.proto.mutable_graph()->mutable_initializer(1);
        tensor->clear_dims();
        for (const auto dim : dims) tensor->add_dims(dim);
        return checked(model.proto);
    };
    constexpr std::int64_t huge = std::int64_t{1} << 31;
    CHECK(says(with_dims({-4}), {"'b'", "impossible shape"}));
    CHECK(says(with_dims({huge, huge, huge}), {"'b'", "impossible shape"}));
    CHECK(says(with_dims({0, huge, huge}), {"'b'", "impossible shape"}));
    CHECK(says(with_dims({huge - 1}), {"'b'", "fewer values"}));
    ModelBuilder wide;
    wide.input("x", {1, 1, 1 << 13, 1 << 13}).output("y").integers("repeats", {1, 1, 1, 4});
    wide.node("Tile", {"x", "repeats"}, {"y"});
    CHECK(says(wide.refusal(), {"Tile", "1x1x8192x32768", "too large for a phone"}));
    ModelBuilder padded;
    padded.input("x", {1, 1, 4, 4}).output("y").integers("pads", {0, 0, 1 << 30, 0, 0, 0, 1 << 30, 0});
    padded.node("Pad", {"x", "pads"}, {"y"});
    CHECK_FALSE(padded.refusal().empty());
}

TEST_CASE("cycles, names made twice and branches inside of themselves are refused") {
    ModelBuilder cycle;
    cycle.input("x", {1, 3}).output("y");
    cycle.node("Add", {"x", "b"}, {"a"});
    cycle.node("Relu", {"a"}, {"b"});
    cycle.node("Relu", {"b"}, {"y"});
    CHECK(says(cycle.refusal(), {"Add", "'b'", "nothing before it makes"}));
    ModelBuilder twice = small();
    twice.node("Relu", {"x"}, {"c"});
    CHECK(says(twice.refusal(), {"'c'", "made twice"}));
    ModelBuilder weights = small();
    weights.weights("w", {4, 3, 3, 3});
    CHECK(says(weights.refusal(), {"'w'", "made twice"}));
    ModelBuilder inputs = small();
    inputs.input("x", {1, 3});
    CHECK(says(inputs.refusal(), {"'x'", "made twice"}));
    // Deeper than protobuf reads.
    mdl::onnx::GraphProto graph;
    graph.add_output()->set_name("y");
    for (int depth = 0; depth < 100; ++depth) {
        mdl::onnx::GraphProto outer;
        auto* const attribute = outer.add_node()->add_attribute();
        attribute->set_name("then_branch");
        *attribute->mutable_g() = std::move(graph);
        graph = std::move(outer);
    }
    ModelBuilder deep;
    *deep.proto.mutable_graph() = std::move(graph);
    CHECK_THROWS_AS(static_cast<void>(parse_onnx(deep.proto.SerializeAsString(), {})), Failure);
}

TEST_CASE("more layers than mdl compiles are refused while they are counted") {
    ModelBuilder model;
    model.input("x", {1, 3}).output("y");
    std::string last = "x";
    for (int k = 0; k < 20000; ++k) {
        const std::string made = "t" + std::to_string(k);
        model.node("Relu", {last}, {made});
        last = made;
    }
    model.node("Relu", {last}, {"y"});
    CHECK(says(model.refusal(), {"layers", "at most 8192"}));
}

TEST_CASE("a name that holds zeros or steers a terminal does not end the sentence, nor steer it") {
    ModelBuilder model;
    model.input("x", {1, 3}).output("y");
    model.node("Add", {"x", std::string("gh\0st\x1b[2J", 9)}, {"y"});
    CHECK(says(model.refusal(), {"'gh?st?[2J'", "nothing before it makes"}));
}

TEST_CASE("names in any encoding stand in the header's comments in letters that a compiler takes") {
    ModelBuilder model;
    model.input("x", {1, 3}).output("y");
    model.node("Relu", {"x"}, {"y"});
    model.proto.mutable_graph()->mutable_node(0)->set_name("a\xff\xfe\nint b;");
    const std::string text = model.type();
    CHECK(text.find("int b;") == std::string::npos);
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
