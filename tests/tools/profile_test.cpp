// mdl: bench with --profile tells every step, and draws it.
// SPDX-License-Identifier: MIT
#include <fstream>
#include <iterator>
#include <string>

#include <doctest/doctest.h>

#include "tools/mdl_command.hpp"
#include "tools/onnx_builder.hpp"
#include "weights/temporary_folder.hpp"

namespace {

auto count(const std::string& text, const std::string& word) -> int {
    int found = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
    return found;
}

}  // namespace

TEST_CASE("bench --profile prints a line and draws a bar for each step") {
    const TemporaryFolder folder;
    const std::string path = folder / "model.onnx", svg = folder / "profile.svg";
    mdl::tool::test::ModelBuilder model;
    model.input("x", {1, 16, 12, 12}).output("y").weights("w", {16, 16, 3, 3});
    model.node("Conv", {"x", "w"}, {"c"});
    model.node("Relu", {"c"}, {"r"});
    model.node("GlobalAveragePool", {"r"}, {"y"});
    std::ofstream(path, std::ios::binary) << model.proto.SerializeAsString();

    const auto told = mdl::tool::test::mdl_command({"bench", path, "--runs", "3", "--flags", "-O1", "--profile", "--svg", svg});
    INFO(told.errors);
    REQUIRE(told.exit == 0);
    const std::string& text = told.output;
    CHECK(count(text, "1x16x10x10") == 1);
    CHECK(count(text, "1x16x1x1") == 1);
    CHECK(count(text, "global_pool") == 2);
    CHECK(count(text, "{\"min_ms\": ") == 1);
    std::ifstream file(svg);
    const std::string picture{std::istreambuf_iterator<char>(file), {}};
    CHECK(picture.starts_with("<svg "));
    CHECK(picture.ends_with("</svg>\n"));
    CHECK(count(picture, "1x16x10x10") == 1);
    CHECK(count(picture, " ms  ") == 2);
}
