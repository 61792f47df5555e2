// mdl: [NAME=]FILE arguments find their input.
// SPDX-License-Identifier: MIT
#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>

#include "commands/named_files.hpp"
#include "failure.hpp"

using namespace mdl::tool;

TEST_CASE("names with equals signs are found, the longest first") {
    const std::vector<std::string> names{"a", "a=b", "c"};
    const auto outputs = match_outputs({"a=b=x", "a=y=b", "c=a=b"}, names);
    CHECK(outputs[0] == "y=b");
    CHECK(outputs[1] == "x");
    CHECK(outputs[2] == "a=b");
}

TEST_CASE("an output's file of an earlier run is no reason to take its name's beginning for a name") {
    const auto folder = std::filesystem::temp_directory_path() / "mdl_named_outputs_test";
    std::filesystem::create_directories(folder);
    const std::string file = (folder / "out9=x").string();
    std::ofstream(file) << "x";
    CHECK_THROWS_AS(static_cast<void>(match_outputs({file}, {"prob"})), Failure);
    CHECK(match_outputs({"prob=" + file}, {"prob"})[0] == file);
    std::filesystem::remove_all(folder);
}

TEST_CASE("names with colons, slashes and spaces split at the equals sign behind them") {
    const auto outputs = match_outputs({"a/b: c=x=y.f32"}, {"first", "a/b: c"});
    CHECK(outputs[0].empty());
    CHECK(outputs[1] == "x=y.f32");
}

TEST_CASE("a file whose name holds an equals sign is a file where no input has that name") {
    const auto folder = std::filesystem::temp_directory_path() / "mdl_named_files_test";
    std::filesystem::create_directories(folder);
    const std::string file = (folder / "k=v.bin").string();
    std::ofstream(file) << "x";
    CHECK(match_inputs({file}, {"x"})[0] == file);
    CHECK(match_inputs({"x=" + file}, {"x"})[0] == file);
    std::filesystem::remove_all(folder);
}

TEST_CASE("wrong names, missing files and left-over inputs are told with the names that exist") {
    const auto message = [](auto function) -> std::string {
        try {
            function();
        } catch (const Failure& failure) {
            return failure.what();
        }
        return {};
    };
    CHECK(message([] { static_cast<void>(match_outputs({"prbo=x"}, {"prob"})); }).find("'prob'") != std::string::npos);
    CHECK(message([] { static_cast<void>(match_inputs({}, {"data"})); }).find("'data'") != std::string::npos);
    CHECK(message([] { static_cast<void>(match_outputs({"a", "b"}, {"prob"})); }).find("more --output") != std::string::npos);
    CHECK(message([] { static_cast<void>(match_outputs({"prob=a", "prob=b"}, {"prob"})); }).find("twice") != std::string::npos);
}
