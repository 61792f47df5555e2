// mdl: `mdl verify`: runs a converted network on its stored test vector.
// SPDX-License-Identifier: MIT
#include <cstdio>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "commands/check.hpp"
#include "commands/commands.hpp"
#include "commands/prepared.hpp"
#include "compile/network_library.hpp"
#include "failure.hpp"

namespace mdl::tool {

namespace {

struct VerifyOptions : ModelOptions {
    double tolerance = 0;
    CompileOptions compile{};
};

void verify(const VerifyOptions& options) {
    namespace fs = std::filesystem;
    const fs::path folder = options.model, vector = folder / "net.mdlt";
    std::error_code error;
    if (!fs::is_directory(folder, error)) fail(Exit::usage, "'", folder.string(), "' is no folder; mdl verify takes one that mdl convert --check wrote");
    PreparedModel model;
    prepare(model, options);
    if (!fs::exists(vector, error)) fail(Exit::io, "the folder '", folder.string(), "' lacks net.mdlt, the test vector; write it with mdl convert --check");
    CompileOptions compile = options.compile;
    compile.profile = true;
    NetworkLibrary network(model.header, compile);
    network.load(model.weights);
    const double tolerance = tolerance_of(options.tolerance, options.compile);
    const auto differences = network.selftest(vector);
    bool within = true;
    for (std::size_t o = 0; o < differences.size(); ++o) {
        const double difference = static_cast<double>(differences[o]);
        const bool good = difference <= tolerance;
        char text[96];
        std::snprintf(text, sizeof text, "differs by %.1e of its largest number: %s %g\n", difference, good ? "within" : "MORE THAN", tolerance);
        std::cout << "output '" << model.output_names[o] << "' " << text;
        within &= good;
    }
    if (!within) fail(Exit::differs, "the network's answers differ from the test vector's by more than ", tolerance, " of the largest; try --exact, or convert the model again");
}

}  // namespace

void add_verify(CLI::App& app) {
    auto options = std::make_shared<VerifyOptions>();
    CLI::App* command = app.add_subcommand("verify", "Run a network on the test vector that convert --check stored");
    command->add_option("folder", options->model, "a folder that mdl convert --check wrote")->required()->type_name("FOLDER");
    add_tolerance(*command, options->tolerance);
    add_compile_options(*command, options->compile);
    command->callback([options] { verify(*options); });
}

}  // namespace mdl::tool
