// mdl: `mdl run`: converts, compiles, runs, prints the answers.
// SPDX-License-Identifier: MIT
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "commands/answers.hpp"
#include "commands/commands.hpp"
#include "commands/named_files.hpp"
#include "commands/prepared.hpp"
#include "commands/read_input.hpp"
#include "compile/network_library.hpp"
#include "failure.hpp"

namespace mdl::tool {

namespace {

struct RunOptions : ModelOptions {
    std::vector<std::string> inputs{}, outputs{};
    int top = 5;
    CompileOptions compile{};
};

void run(const RunOptions& options) {
    PreparedModel model;
    prepare(model, options);
    // What is wrong with the command line is told before the compiler is kept busy.
    const auto files = match_inputs(options.inputs, model.input_names);
    const auto targets = match_outputs(options.outputs, model.output_names);
    NetworkLibrary network(model.header, options.compile);
    if (network.input_count() != static_cast<int>(model.input_names.size()) ||
        network.output_count() != static_cast<int>(model.output_names.size()))
        fail(Exit::bad_input,
             "net.hpp and net.mdlw do not belong together: they differ in inputs or outputs; convert the model again");
    network.load(model.weights);
    model.drop_temporary();
    for (int k = 0; k < network.input_count(); ++k) {
        const auto i = static_cast<std::size_t>(k);
        read_input(files[i], model.input_names[i], {network.input_shape(k), network.is_interleaved(k)}, model.preprocessing,
                   network.input(k));
    }
    network.run();
    for (int k = 0; k < network.output_count(); ++k) {
        const auto i = static_cast<std::size_t>(k);
        if (!targets[i].empty()) write_floats(targets[i], network.output(k));
        if (!options.compile.quiet)
            print_answers(std::cout, model.output_names[i], network.output_shape(k), network.output(k), model.labels, options.top);
    }
}

}  // namespace

void add_run(CLI::App& app) {
    auto options = std::make_shared<RunOptions>();
    CLI::App* command = app.add_subcommand("run", "Run a network on files and print its answers");
    add_model_argument(*command, *options, ", or a folder that convert wrote");
    command
        ->add_option("-i,--input", options->inputs,
                     "a photo (JPEG, PNG, PPM), or raw little-endian float32 in the shape that the model declares; NAME is needed "
                     "where there are several inputs")
        ->type_name("[NAME=]FILE")
        ->expected(1)
        ->take_all();
    command->add_option("-o,--output", options->outputs, "write an output as raw float32")
        ->type_name("[NAME=]FILE")
        ->expected(1)
        ->take_all();
    command->add_option("--labels", options->labels, "names of the answers, one a line")->type_name("FILE");
    command->add_option("--top", options->top, "how many answers to print")
        ->type_name("N")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    add_compile_options(*command, options->compile);
    command->add_flag("-q,--quiet", options->compile.quiet, "print no answers and no progress");
    add_conversion_options(*command, *options);
    add_preprocessing_options(*command, *options);
    command->callback([options] { run(*options); });
}

}  // namespace mdl::tool
