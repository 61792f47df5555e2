// mdl: pictures show every layer, step, edge and tensor, and the arena as the plan has it.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstring>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <mdl/graph/fingerprint.hpp>

#include "commands/model.hpp"
#include "failure.hpp"
#include "picture/arena.hpp"
#include "picture/draw.hpp"
#include "picture/lanes.hpp"
#include "read_file.hpp"
#include "tools/mdl_command.hpp"
#include "tools/onnx_builder.hpp"
#include "tools/says.hpp"
#include "weights/temporary_folder.hpp"

using namespace mdl::tool;
using mdl::tool::test::mdl_command;

namespace {

constexpr const char* flags = "-O0";
constexpr int colour_count = 9;

auto count(const std::string& text, const std::string& word) -> int {
    int found = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
    return found;
}

/// Branches that join, a residual, a layer in place, a view, two outputs, and a name with what XML and Graphviz mind.
void write_model(const std::string& path) {
    test::ModelBuilder model;
    model.input("x", {1, 8, 12, 12}).output("y").output("z");
    model.weights("w1", {16, 8, 3, 3}).weights("w2", {16, 16, 1, 1}).weights("w3", {16, 16, 3, 3}).weights("w4", {32, 32, 1, 1});
    model.integers("flat", {1, 32});
    model.node("Conv", {"x", "w1"}, {"c1"});
    model.proto.mutable_graph()->mutable_node(0)->set_name("first <\"c\\n&ü\">");
    model.node("Relu", {"c1"}, {"r1"});
    model.node("Conv", {"r1", "w2"}, {"left"});
    model.node("Conv", {"r1", "w3"}, {"right"}).integers("pads", {1, 1, 1, 1});
    model.node("Concat", {"left", "right"}, {"both"}).integer("axis", 1);
    model.node("Conv", {"both", "w4"}, {"c4"});
    model.node("Add", {"c4", "both"}, {"sum"});
    model.node("Relu", {"sum"}, {"y"});
    model.node("GlobalAveragePool", {"y"}, {"pooled"});
    model.node("Reshape", {"pooled", "flat"}, {"flattened"});
    model.node("Softmax", {"flattened"}, {"z"});
    std::ofstream(path, std::ios::binary) << model.proto.SerializeAsString();
}

auto graphs_of(const std::string& path) -> Graphs {
    ModelOptions options;
    options.model = path;
    const Converted converted = convert_model(options);
    const auto bytes = converted.writer().bytes();
    REQUIRE(bytes.has_value());
    CompileOptions compile;
    compile.flags = flags;
    compile.quiet = true;
    return join_graphs(*bytes, plan_network(converted.header, compile));
}

struct Node {
    const char* operation;
    std::vector<int> inputs;
    std::int64_t offset, bytes, scratch = 0;
    bool view = false;
};

auto message_of(const auto& function) -> std::string {
    try {
        function();
    } catch (const Failure& failure) {
        return failure.what();
    }
    return {};
}

/// What would run, with scratch from byte 1000 on.
auto planned(const std::vector<Node>& nodes) -> Graphs {
    Graphs graphs;
    graphs.plan.arena_bytes = 2000;
    for (const Node& node : nodes) {
        RunNode run;
        std::strcpy(run.planned.operation, node.operation);
        run.planned.offset = node.offset, run.planned.bytes = node.bytes;
        run.planned.scratch_offset = 1000, run.planned.scratch_bytes = node.scratch;
        run.planned.view = node.view;
        run.inputs = node.inputs;
        run.last_reader = static_cast<int>(graphs.run.size());
        for (const int input : node.inputs) graphs.run[static_cast<std::size_t>(input)].last_reader = run.last_reader;
        graphs.run.push_back(run);
    }
    return graphs;
}

void check_laws(const Graphs& graphs, const ArenaPicture& picture) {
    std::int64_t shown = 0, planned = 0;
    for (const Piece& piece : picture.pieces) {
        shown += piece.extent.bytes;
        CHECK(piece.extent.begin < piece.extent.end);
        CHECK(piece.extent.offset + piece.extent.bytes <= graphs.plan.arena_bytes);
    }
    for (const RunNode& node : graphs.run) planned += node.planned.bytes + node.planned.scratch_bytes;
    CHECK(shown == planned);
    for (std::size_t i = 0; i < picture.pieces.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) {
            CAPTURE(picture.pieces[i].node);
            CAPTURE(picture.pieces[j].node);
            CHECK(!picture.pieces[i].extent.overlaps(picture.pieces[j].extent));
        }
    for (std::size_t i = 0; i < picture.blocks.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) CHECK(!picture.blocks[i].extent.overlaps(picture.blocks[j].extent));
}

}  // namespace

TEST_CASE("lanes: a chain is straight, a tensor is alone in its lane until its last reader") {
    CHECK(lanes({{}, {0}, {1}, {2}}) == std::vector<int>{0, 0, 0, 0});
    const std::vector<std::vector<int>> branches{{}, {0}, {0}, {0, 2}, {1, 3}, {4}, {4, 5}};
    const auto lane = lanes(branches);
    for (std::size_t i = 0; i < branches.size(); ++i) {
        int last = static_cast<int>(i);
        for (std::size_t j = i; j < branches.size(); ++j)
            if (std::ranges::find(branches[j], static_cast<int>(i)) != branches[j].end()) last = static_cast<int>(j);
        for (int j = static_cast<int>(i) + 1; j < last; ++j) CHECK(lane[static_cast<std::size_t>(j)] != lane[i]);
    }
}

TEST_CASE("arena: memory that is free again is used by another block") {
    const auto graphs = planned({{"input", {}, 0, 100}, {"convolution", {0}, 100, 200, 64}, {"convolution", {1}, 0, 100}, {"pool", {2}, 100, 50}});
    const auto picture = arena_picture(graphs, colour_count);
    check_laws(graphs, picture);
    REQUIRE(picture.pieces.size() == 5);
    CHECK(picture.pieces[0].extent.end == 4);  // until step 1 has read it
    CHECK(picture.pieces[2].scratch);
    CHECK(picture.unshared_bytes == 514);
    CHECK(picture.blocks.size() == 5);
    const auto& third = picture.blocks[static_cast<std::size_t>(picture.block_of[2])];
    CHECK(third.earlier == std::vector<int>{picture.block_of[0]});
    CHECK(third.colour != picture.blocks[static_cast<std::size_t>(picture.block_of[1])].colour);
    CHECK(third.colour != picture.blocks[static_cast<std::size_t>(picture.block_of[0])].colour);
}

TEST_CASE("arena: what works in place, views, and parts of a concatenation share a block") {
    const auto graphs = planned({{"input", {}, 600, 50},
                                 {"convolution", {0}, 0, 100},
                                 {"relu", {1}, 0, 100},         // in place
                                 {"convolution", {0}, 100, 200},
                                 {"concat", {2, 3}, 0, 300},    // where its parts lie
                                 {"reshape", {4}, 0, 300, 0, true},
                                 {"dense", {5}, 300, 40}});
    const auto picture = arena_picture(graphs, colour_count);
    check_laws(graphs, picture);
    for (const int node : {2, 3, 4, 5}) CHECK(picture.block_of[static_cast<std::size_t>(node)] == picture.block_of[1]);
    CHECK(picture.blocks.size() == 3);
    CHECK(picture.pieces[1].extent.end == 5);    // in the middle of step 2, where
    CHECK(picture.pieces[2].extent.begin == 5);  // the next one takes over
    CHECK(picture.pieces[2].takes_over);
    CHECK(picture.unshared_bytes == 50 + 100 + 100 + 200 + 300 + 40);  // a view needs nothing
}

TEST_CASE("arena: a view that ends before its tensor lies on top of it") {
    const auto picture = arena_picture(planned({{"input", {}, 400, 50}, {"convolution", {0}, 0, 100}, {"slice", {1}, 0, 50, 0, true}, {"pool", {2}, 200, 10}, {"pool", {1}, 210, 10}}), colour_count);
    CHECK(picture.pieces[1].extent.end == 10);
    CHECK(picture.pieces[2].extent.end == 8);
    CHECK(picture.block_of[2] == picture.block_of[1]);
}

TEST_CASE("a plan of the compiler keeps the laws, and each layer belongs to one step") {
    const TemporaryFolder folder;
    write_model(folder / "model.onnx");
    const Graphs graphs = graphs_of(folder / "model.onnx");
    CHECK(graphs.written.size() == 12);
    CHECK(graphs.parameters() == 16 * 8 * 9 + 16 * 16 + 16 * 16 * 9 + 32 * 32);
    check_laws(graphs, arena_picture(graphs, colour_count));
    std::vector<int> seen(graphs.written.size(), 0);
    std::int64_t parameters = 0, macs = 0;
    for (const RunNode& node : graphs.run) {
        for (const int layer : node.layers) ++seen[static_cast<std::size_t>(layer)];
        parameters += node.parameters;
        macs += node.planned.macs;
    }
    CHECK(std::ranges::count(seen, 1) == std::ssize(seen));
    CHECK(parameters == graphs.parameters());
    CHECK(macs == graphs.macs());
    const auto residual = std::ranges::find_if(graphs.run, [](const RunNode& node) { return node.layers.size() == 3; });
    REQUIRE(residual != graphs.run.end());  // convolution, addition, relu
    CHECK(residual->parameters == 32 * 32);
    CHECK(std::ranges::count_if(graphs.run, &RunNode::is_output) == 2);
    for (const RunNode& node : graphs.run) CHECK((!node.is_output || node.last_reader == static_cast<int>(graphs.run.size()) - 1));
}

TEST_CASE("inspect --svg and --dot draw every layer, step and edge, names as they are") {
    const TemporaryFolder folder;
    const std::string model = folder / "model.onnx", svg = folder / "net.svg", dot = folder / "net.dot";
    write_model(model);
    const auto told = mdl_command({"inspect", model, "--flags", flags, "--svg", svg, "--dot", dot});
    INFO(told.errors);
    REQUIRE(told.exit == 0);
    CHECK(count(told.output, "total ") == 1);  // the table as well
    const Graphs graphs = graphs_of(model);
    std::size_t edges = 0;
    for (const auto& layer : graphs.written) edges += layer.inputs.size();
    for (const auto& node : graphs.run) edges += node.inputs.size();
    const auto nodes = static_cast<int>(graphs.written.size() + graphs.run.size());

    const std::string picture = read_file(svg);
    CHECK(picture.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    CHECK(picture.ends_with("</svg>\n"));
    CHECK(count(picture, "class=\"edge\"") == static_cast<int>(edges));
    CHECK(count(picture, "class=\"dot\"") == nodes);
    CHECK(count(picture, "class=\"piece\"") == static_cast<int>(arena_picture(graphs, colour_count).pieces.size()));
    CHECK(count(picture, "class=\"ring\"") == 4);  // two outputs, twice
    CHECK(count(picture, "first &lt;&quot;c\\n&amp;ü&quot;&gt;") >= 4);
    CHECK(count(picture, "for " + graphs.instruction_set()) == 1);
    CHECK(count(picture, "http") == 1);  // nothing from elsewhere

    const std::string text = read_file(dot);
    CHECK(text.starts_with("digraph network {"));
    CHECK(count(text, " -> ") == static_cast<int>(edges));
    CHECK(count(text, "[label=") == nodes);
    CHECK(count(text, "first <\\\"c\\\\n&amp;ü\\\">") >= 2);
    CHECK(count(text, "convolution_") >= 2);
    CHECK(count(text, "1,024 parameters") == 2);
}

TEST_CASE("inspect draws a converted folder, and the weights file in it") {
    const TemporaryFolder folder;
    const std::string model = folder / "model.onnx", net = folder / "net";
    write_model(model);
    REQUIRE(mdl_command({"convert", model, "-o", net}).exit == 0);
    REQUIRE(mdl_command({"inspect", net, "--flags", flags, "--svg", folder / "a.svg"}).exit == 0);
    REQUIRE(mdl_command({"inspect", net + "/net.mdlw", "--flags", flags, "--svg", folder / "b.svg"}).exit == 0);
    CHECK(read_file(folder / "a.svg") == read_file(folder / "b.svg"));
    std::filesystem::remove(net + "/net.hpp");
    CHECK(mdl_command({"inspect", net + "/net.mdlw", "--dot", folder / "c.dot"}).says(Exit::usage, {"there is no '", "net.hpp' beside the weights; name the model, or the folder"}));
    CHECK(!std::filesystem::exists(folder / "c.dot"));
}

#ifdef __x86_64__
TEST_CASE("a plan may be for a CPU that this one is not") {
    const TemporaryFolder folder;
    write_model(folder / "model.onnx");
    const std::string dot = folder / "net.dot";
    REQUIRE(mdl_command({"inspect", folder / "model.onnx", "--flags", "-O0 -mavx512f", "--dot", dot}).exit == 0);
    CHECK(count(read_file(dot), "as run, for x86 avx512f") == 1);
    CHECK(count(read_file(dot), "in blocks of 16 channels") > 1);
}
#endif

TEST_CASE("a picture that cannot be made says why before anything is compiled") {
    const TemporaryFolder folder;
    const std::string model = folder / "model.onnx";
    write_model(model);
    CHECK(mdl_command({"inspect", model, "--svg", folder / "none/net.svg"}).says(Exit::io, {"none/net.svg", "its folder does not exist; make it first"}));
    CHECK(mdl_command({"inspect", model, "--dot", folder / ""}).says(Exit::io, {"is a folder; give the name of a file in it"}));
    CHECK(mdl_command({"inspect", model, "--svg", folder / "a", "--dot", folder / "a"}).says(Exit::usage, {"--svg and --dot name the same file"}));
    CHECK(mdl_command({"inspect", model, "--exact"}).says(Exit::usage, {"add --svg or --dot"}));
}

TEST_CASE("a plan is of the network whose weights lie beside it") {
    const TemporaryFolder folder;
    write_model(folder / "model.onnx");
    ModelOptions options;
    options.model = folder / "model.onnx";
    const Converted converted = convert_model(options);
    const auto bytes = converted.writer().bytes();
    NetworkPlan plan;
    plan.head.fingerprint = mdl::graph::fingerprint(*converted.graph) + 1;
    CHECK(test::says(message_of([&] { join_graphs(*bytes, plan); }), {"of different networks; convert the model again"}));
}

TEST_CASE("bytes without a sound plan are refused") {
    struct {
        mdl::PlanHead head{};
        mdl::PlannedNode nodes[2]{};
        std::int32_t edges[1]{}, outputs[1]{1};
    } plan;
    std::memcpy(plan.head.mark, mdl::plan_mark.data(), mdl::plan_mark.size());
    plan.head.node_count = 2, plan.head.edge_count = 1, plan.head.output_count = 1;
    plan.nodes[0].source = 0;
    plan.nodes[1].input_count = 1;
    const auto bytes = [&] { return "before" + std::string(reinterpret_cast<const char*>(&plan), sizeof plan) + "behind"; };
    const auto refused = [&](const std::string& text) { return test::says(message_of([&] { find_plan(text); }), {"holds no plan"}); };
    CHECK(find_plan(bytes()).nodes.size() == 2);
    CHECK(find_plan(std::string(mdl::plan_mark) + bytes()).edges.size() == 1);  // the mark alone is none
    CHECK(refused(""));
    CHECK(refused(bytes().substr(0, sizeof(mdl::PlanHead) + 100)));
    plan.edges[0] = 1;  // a node that reads itself
    CHECK(refused(bytes()));
    plan.edges[0] = 0;
    plan.outputs[0] = 2;
    CHECK(refused(bytes()));
    plan.outputs[0] = 1;
    plan.nodes[1].rank = 7;
    CHECK(refused(bytes()));
    plan.nodes[1].rank = 0;
    plan.nodes[1].first_input = 1;
    CHECK(refused(bytes()));
    plan.nodes[1].first_input = 0;
    plan.head.node_count = 1 << 30;
    CHECK(refused(bytes()));
}
