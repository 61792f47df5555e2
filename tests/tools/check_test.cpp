// mdl: convert --check and verify: what agrees passes, what differs is told by layer and by exit code.
// SPDX-License-Identifier: MIT
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include "codegen/header.hpp"
#include "commands/check.hpp"
#include "tools/mdl_command.hpp"
#include "tools/onnx_builder.hpp"
#include "weights/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using namespace mdl::tool;
using test::mdl_command;
using test::ModelBuilder;

/// Everything that fusion folds: batch norm, activations, a residual, a shuffle between concat and split; two outputs.
auto branches() -> ModelBuilder {
    ModelBuilder model;
    model.input("x", {1, 3, 9, 9}).output("classes").output("map");
    model.weights("w1", {16, 3, 3, 3}).weights("w2", {16, 16, 1, 1}).weights("w3", {16, 1, 3, 3}).weights("w4", {5, 16});
    model.weights("gamma", {16}).weights("beta", {16}).weights("mean", {16});
    model.floats("variance", {16}, std::vector<float>(16, 0.5f));
    model.node("Conv", {"x", "w1"}, {"c1"}).integers("pads", {1, 1, 1, 1});
    model.node("BatchNormalization", {"c1", "gamma", "beta", "mean", "variance"}, {"n1"});
    model.node("Relu", {"n1"}, {"r1"});
    model.node("Conv", {"r1", "w2"}, {"c2"});
    model.node("Add", {"c2", "r1"}, {"sum"});
    model.node("Relu", {"sum"}, {"r2"});
    model.node("Conv", {"r2", "w3"}, {"c3"}).integer("group", 16).integers("pads", {1, 1, 1, 1});
    model.node("Sigmoid", {"c3"}, {"s3"});
    model.node("Mul", {"c3", "s3"}, {"silu"});
    model.node("Concat", {"r2", "silu"}, {"both"}).integer("axis", 1);
    model.integers("five", {1, 2, 16, 9, 9}).integers("four", {1, 32, 9, 9});
    model.node("Reshape", {"both", "five"}, {"v"});
    model.node("Transpose", {"v"}, {"t"}).integers("perm", {0, 2, 1, 3, 4});
    model.node("Reshape", {"t", "four"}, {"shuffled"});
    model.node("Split", {"shuffled"}, {"left", "map"}).integer("axis", 1);
    model.node("GlobalAveragePool", {"left"}, {"pooled"});
    model.node("Flatten", {"pooled"}, {"flat"});
    model.node("Gemm", {"flat", "w4"}, {"logits"}).integer("transB", 1);
    model.node("Softmax", {"logits"}, {"classes"});
    return model;
}

void write(const std::string& path, const ModelBuilder& model) { std::ofstream(path, std::ios::binary) << model.proto.SerializeAsString(); }

auto lines_with(const std::string& text, const std::string& word) -> int {
    int found = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
    return found;
}

auto convert(const ModelBuilder& model) -> Converted {
    Converted converted;
    converted.original = check_onnx(model.proto, {});
    converted.network = model.import();
    const Structure structure = arrange(converted.network);
    converted.graph = build_graph(converted.network);
    converted.header = header_text(converted.network, structure, "model.onnx");
    return converted;
}

}  // namespace

TEST_CASE("convert --check compares every layer that the compiled network computes, and verify repeats it from the test vector") {
    const TemporaryFolder folder;
    const std::string model = folder / "model.onnx", out = folder / "net", input = folder / "x.bin";
    write(model, branches());
    std::ofstream(input, std::ios::binary) << std::string(3 * 9 * 9 * sizeof(float), '\0');
    const auto told = mdl_command({"convert", model, "-o", out, "--check", "--flags", "-O1 -march=native", "--input", input});
    INFO(told.output << told.errors);
    REQUIRE(told.exit == 0);
    CHECK(lines_with(told.output, "against the model itself") == 2);
    CHECK(lines_with(told.output, "random numbers") == 1);
    CHECK(lines_with(told.output, "the given inputs") == 1);
    CHECK(lines_with(told.output, "(part of an operator)") == 0);
    // Batch norm, relu and residual are parts of steps, which carry the name of the last layer that they compute.
    const std::string table = told.output.substr(told.output.find("against the model itself"));
    for (const char* layer : {"  r1 ", "  r2 ", "  silu ", "  classes "}) CHECK(lines_with(table, layer) == 2);
    for (const char* layer : {"  c1 ", "  n1 ", "  sum "}) CHECK(lines_with(table, layer) == 0);
    CHECK(lines_with(told.output, "output 'classes' differs by") == 2);
    CHECK(lines_with(told.output, "output 'map' differs by") == 2);
    CHECK(lines_with(told.output, "MORE THAN") == 0);
    CHECK(fs::exists(fs::path(out) / "net.mdlt"));
    const auto verified = mdl_command({"verify", out, "--flags", "-O1 -march=native"});
    INFO(verified.errors);
    CHECK(verified.exit == 0);
    CHECK(lines_with(verified.output, "within 0.001") == 2);
    CHECK(mdl_command({"verify", out, "--flags", "-O1 -march=native", "--tolerance", "1e-12"}).says(Exit::differs, {"1e-12", "--exact"}));
}

TEST_CASE("a network that is not its model differs from the first wrong layer on, and fails the check") {
    const TemporaryFolder folder;
    Converted converted = convert(branches());
    auto* const graph = converted.original->proto.mutable_graph();
    for (auto& initializer : *graph->mutable_initializer())
        if (initializer.name() == "w2") initializer.set_float_data(0, 9);
    const std::string weights = folder / "net.mdlw";
    REQUIRE(converted.writer().write(weights));
    CheckOptions options;
    options.compile.flags = "-O1 -march=native";
    options.compile.quiet = true;
    std::ostringstream out;
    auto* const old_out = std::cout.rdbuf(out.rdbuf());
    auto* const old_errors = std::cerr.rdbuf(out.rdbuf());
    Exit exit = Exit::ok;
    try {
        check_network(converted, weights, folder / "net.mdlt", {}, options);
    } catch (const Failure& failure) {
        exit = failure.exit();
    }
    std::cout.rdbuf(old_out);
    std::cerr.rdbuf(old_errors);
    CHECK(exit == Exit::differs);
    CHECK(lines_with(out.str(), "MORE THAN 0.001") == 1);  // 'map' does not see the channel that is wrong
    CHECK(fs::exists(folder / "net.mdlt"));  // the vector is the model's own: verify will say the same
}

TEST_CASE("verify names a missing, damaged or foreign test vector") {
    const TemporaryFolder folder;
    const std::string model = folder / "model.onnx", out = folder / "net", other = folder / "other";
    const std::vector<std::string> flags{"--flags", "-O1 -march=native"};
    ModelBuilder small;
    small.input("x", {1, 4}).output("y").weights("w", {4, 4});
    small.node("MatMul", {"x", "w"}, {"y"});
    write(model, small);
    REQUIRE(mdl_command({"convert", model, "-o", out}).exit == 0);
    CHECK(mdl_command({"verify", out}).says(Exit::io, {"net.mdlt", "convert --check"}));
    CHECK(mdl_command({"verify", model}).says(Exit::usage, {"model.onnx", "no folder"}));
    using Words = std::vector<std::string>;
    for (const auto& option : {Words{"--tolerance", "1"}, Words{"--flags", "-O1"}, Words{"--prefer", "size"}, Words{"--exact"}, Words{"--input", model}}) {
        Words words{"convert", model, "-o", out};
        words.insert(words.end(), option.begin(), option.end());
        CHECK(mdl_command(words).says(Exit::usage, {option[0].c_str(), "are for --check; add it"}));
    }
    for (const char* word : {"-1", "0", "abc", "1x", "", "inf"})
        CHECK(mdl_command({"convert", model, "-o", out, "--check", "--tolerance", word}).says(Exit::usage, {"--tolerance", "no positive number", "0.001"}));
    for (const char* input : {"nosuch", "z=nosuch"}) {
        CHECK(mdl_command({"convert", model, "-o", folder / "unmade", "--check", "--input", input}).says({"nosuch"}));
        CHECK_FALSE(fs::exists(folder / "unmade"));
    }
    const std::string odd = folder / "odd.bin";
    std::ofstream(odd, std::ios::binary) << std::string(5 * sizeof(float), '\0');
    CHECK(mdl_command({"convert", model, "-o", folder / "unmade", "--check", "--input", odd}).says({"odd.bin"}));
    CHECK_FALSE(fs::exists(folder / "unmade"));
    ModelBuilder larger;
    larger.input("x", {1, 4}).output("y").weights("w", {4, 5});
    larger.node("MatMul", {"x", "w"}, {"y"});
    write(model, larger);
    REQUIRE(mdl_command({"convert", model, "-o", other, "--check", "--flags", "-O1 -march=native"}).exit == 0);
    fs::copy_file(fs::path(other) / "net.mdlt", fs::path(out) / "net.mdlt");
    CHECK(mdl_command({"verify", out, "--flags", "-O1 -march=native"}).says(Exit::bad_input, {"net.mdlt", "is for network"}));
    std::ofstream(fs::path(out) / "net.mdlt", std::ios::binary) << "damaged";
    CHECK(mdl_command({"verify", out, "--flags", "-O1 -march=native"}).says(Exit::bad_input, {"net.mdlt", "not an .mdlw"}));
    // Of the two files the one that is damaged is named.
    std::fstream weights(fs::path(other) / "net.mdlw", std::ios::binary | std::ios::in | std::ios::out);
    weights.seekp(-1, std::ios::end).put('\x55');
    weights.close();
    CHECK(mdl_command({"verify", other, "--flags", "-O1 -march=native"}).says(Exit::bad_input, {"net.mdlw: ", "damaged"}));
    // Converted again, a folder has no vector of other weights.
    REQUIRE(mdl_command({"convert", model, "-o", other}).exit == 0);
    CHECK(mdl_command({"verify", other}).says(Exit::io, {"lacks net.mdlt", "convert --check"}));
}

TEST_CASE("a difference counts numbers against the largest, and what is no number on one side only as infinite") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    const auto of = [](std::initializer_list<std::pair<double, double>> pairs) {
        Difference difference;
        for (const auto& [a, b] : pairs) difference.add(a, b);
        return difference.relative();
    };
    CHECK(of({}) == 0);
    CHECK(of({{1, 1}, {2, 4}}) == 0.5);
    CHECK(of({{nan, nan}, {infinity, infinity}, {1, 1}}) == 0);
    CHECK(of({{nan, 1}}) == infinity);
    CHECK(of({{1, nan}}) == infinity);
    CHECK(of({{infinity, -infinity}}) == infinity);
    CHECK(of({{1, 0}}) == infinity);
    CHECK(of({{0, 0}}) == 0);
}
