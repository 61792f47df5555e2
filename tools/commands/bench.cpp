// mdl: `mdl bench`: times a network and prints one JSON line.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <memory>
#include <numeric>

#include <CLI/CLI.hpp>

#include "commands/commands.hpp"
#include "commands/prepared.hpp"
#include "commands/profile.hpp"
#include "commands/read_input.hpp"
#include "compile/network_library.hpp"
#include "failure.hpp"

namespace mdl::tool {

namespace {

struct BenchOptions : ModelOptions {
    int threads = 1, runs = 30;
    CompileOptions compile{};
    std::string svg{};
};

constexpr int warm_up_runs = 5;

template <class Function>
auto milliseconds(Function function) -> double {
    const auto begin = std::chrono::steady_clock::now();
    function();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

void bench(const BenchOptions& options) {
    if (options.threads > 1)
        std::cerr << "this version of mdl runs a network on one thread; --threads " << options.threads << " changes nothing\n";
    PreparedModel model;
    prepare(model, options);
    NetworkLibrary network(model.header, options.compile);
    const double load = milliseconds([&] { network.load(model.weights); });
    model.drop_temporary();
    std::vector<std::vector<float>> inputs;
    for (int k = 0; k < network.input_count(); ++k) inputs.push_back(random_input(network.input(k).size()));
    // An input's memory is used again while the network runs: it is filled before each run, outside of the measured time.
    const auto run_inputs = [&] {
        for (int k = 0; k < network.input_count(); ++k) std::ranges::copy(inputs[static_cast<std::size_t>(k)], network.input(k).begin());
    };
    const auto run = [&] {
        run_inputs();
        return milliseconds([&] { network.run(); });
    };
    const double first = run();
    for (int i = 1; i < warm_up_runs; ++i) run();
    std::vector<double> times;
    for (int i = 0; i < options.runs; ++i) times.push_back(run());
    std::sort(times.begin(), times.end());
    const std::size_t n = times.size(), ninth = static_cast<std::size_t>(std::ceil(0.9 * static_cast<double>(n))) - 1;
    const double median = n % 2 == 1 ? times[n / 2] : (times[n / 2 - 1] + times[n / 2]) / 2;
    const double mean = std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(n);
    if (options.compile.profile) print_profile(network, options.runs, options.svg, run_inputs);
    const CompiledNetwork& compiled = network.compiled();
    std::cout << "{\"min_ms\": " << times.front() << ", \"median_ms\": " << median << ", \"p90_ms\": " << times[ninth]
              << ", \"mean_ms\": " << mean << ", \"first_ms\": " << first << ", \"load_ms\": " << load
              << ", \"compile_s\": " << compiled.compile_seconds << ", \"compile_peak_mb\": " << compiled.compile_peak_megabytes
              << ", \"text_bytes\": " << compiled.text_bytes << ", \"arena_bytes\": " << network.arena_bytes()
              << ", \"weight_bytes\": " << network.weight_bytes() << ", \"macs\": " << network.macs()
              << ", \"parameters\": " << network.parameters() << ", \"threads\": 1, \"runs\": " << options.runs << "}\n";
}

}  // namespace

void add_bench(CLI::App& app) {
    auto options = std::make_shared<BenchOptions>();
    CLI::App* command =
        app.add_subcommand("bench", "Time a network: five warm-up runs, then --runs timed ones; the last line is one JSON object");
    add_model_argument(*command, *options, ", or a folder that convert wrote");
    command->add_option("--threads", options->threads, "threads to run on")
        ->type_name("N")
        ->check(CLI::Range(1, 1024))
        ->capture_default_str();
    command->add_option("--runs", options->runs, "timed runs")
        ->type_name("N")
        ->check(CLI::Range(1, 1000000))
        ->capture_default_str();
    add_compile_options(*command, options->compile);
    command->add_flag("--profile", options->compile.profile, "also print the time of each step");
    command->add_option("--svg", options->svg, "with --profile: draw it into FILE")->type_name("FILE")->needs("--profile");
    add_conversion_options(*command, *options);
    command->callback([options] { bench(*options); });
}

}  // namespace mdl::tool
