// mdl: the check of a converted network.
// SPDX-License-Identifier: MIT
#include "commands/check.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <utility>

#include <CLI/CLI.hpp>
#include <mdl/graph/fingerprint.hpp>
#include <mdl/weights/writer.hpp>

#include "commands/named_files.hpp"
#include "commands/read_input.hpp"
#include "compile/network_library.hpp"
#include "failure.hpp"
#include "interpreter/interpreter.hpp"
#include "onnx/element_types.hpp"

namespace mdl::tool {

namespace {

using Arrays = std::map<std::string, interpreter::Array>;
using Values = std::vector<float>;

/// What a step made, and how far that is from the model's tensor.
struct Line {
    DriverStep step{};
    bool compared = false;
    Difference difference{};
};

auto compare(std::span<const float> ours, const interpreter::Array& theirs) -> Difference {
    Difference difference;
    for (std::size_t i = 0; i < ours.size(); ++i) difference.add(static_cast<double>(ours[i]), theirs.values[i]);
    return difference;
}

/// Reals from -1 to 1; bytes; of other integers 0 and 1, which any mask holds and any table has.
auto sample(std::size_t count, int element) -> Values {
    Values values = random_input(count);
    if (is_real(element)) return values;
    for (float& value : values) value = element == onnx::TensorProto::UINT8 ? std::floor((value + 1) * 127.5f) : value > 0 ? 1.0f : 0.0f;
    return values;
}

class Check {
public:
    Check(const Converted& converted, NetworkLibrary& library)
        : converted_(converted), interpreter_(*converted.original, converted.original_shapes), library_(library) {}

    /// Runs both; true where every output is within the tolerance.
    auto run(const std::string& what, const std::vector<Values>& inputs, double tolerance) -> bool {
        std::map<std::string, std::vector<double>> named;
        for (std::size_t k = 0; k < inputs.size(); ++k) {
            named[network().inputs[k].name].assign(inputs[k].begin(), inputs[k].end());
            std::ranges::copy(inputs[k], library_.input(static_cast<int>(k)).begin());
        }
        arrays_ = interpreter_.run(named);
        std::vector<Line> lines;
        for (const DriverStep& step : library_.steps()) lines.push_back({step});
        library_.run_observed([&](int k, std::span<const float> values) {
            Line& line = lines[static_cast<std::size_t>(k)];
            if (line.step.written < 0) return;
            const std::string& tensor = network().at(line.step.written).tensor;
            const auto found = arrays_.find(tensor);
            if (tensor.empty() || found == arrays_.end() || found->second.values.size() != values.size()) return;
            line.compared = true;
            line.difference = compare(values, found->second);
        });
        print(what, lines);
        bool within = true;
        for (std::size_t o = 0; o < network().outputs.size(); ++o) within &= judge(static_cast<int>(o), tolerance);
        if (converted_.integers) tell_rounding(named);
        std::cout << '\n';
        return within;
    }

    /// Inputs and the model's outputs of the last run.
    void write_vector(const std::filesystem::path& file, const std::vector<Values>& inputs) const {
        weights::Writer writer(graph::fingerprint(*converted_.graph), converted_.extras.network_name);
        const auto add = [&](const char* kind, std::size_t k, int layer, Values values) {
            const auto added = writer.add_tensor(text(kind, k), network().shape(layer), std::move(values));
            if (!added) fail(Exit::io, added.error().message());
        };
        for (std::size_t k = 0; k < inputs.size(); ++k) add("input ", k, network().inputs[k].layer, inputs[k]);
        for (std::size_t o = 0; o < network().outputs.size(); ++o) {
            const auto& expected = arrays_.at(network().outputs[o].name).values;
            add("output ", o, network().outputs[o].layer, Values(expected.begin(), expected.end()));
        }
        if (const auto written = writer.write(file.string()); !written) fail(Exit::io, written.error().message());
    }

private:
    auto network() const -> const Network& { return converted_.network; }

    void print(const std::string& what, const std::vector<Line>& lines) const {
        char text[256];
        std::cout << "\nagainst the model itself, operator by operator in double precision, on " << what << ":\n";
        std::snprintf(text, sizeof text, "%4s  %-36s %-22s %-16s %11s %11s %9s\n", "", "layer", "kernel", "output", "largest", "difference", "of it");
        std::cout << text;
        for (std::size_t k = 0; k < lines.size(); ++k) {
            const Line& line = lines[k];
            if (line.step.written < 0) continue;
            Shape shape;
            for (int axis = 0; axis < line.step.rank; ++axis) shape.push(line.step.dims[axis]);
            std::snprintf(text, sizeof text, "%4zu  %-36.36s %-22.22s %-16s ", k, network().at(line.step.written).name.c_str(), line.step.kernel, to_text(shape).c_str());
            std::cout << text;
            if (line.compared) std::snprintf(text, sizeof text, "%11.4g %11.2e %9.1e\n", line.difference.magnitude, line.difference.largest, line.difference.relative());
            else std::snprintf(text, sizeof text, "%33s\n", "(part of an operator)");
            std::cout << text;
        }
    }

    auto judge(int o, double tolerance) const -> bool {
        const std::string& name = network().outputs[static_cast<std::size_t>(o)].name;
        const auto& expected = arrays_.at(name);
        const auto given = library_.output(o);
        if (given.size() != expected.values.size())
            fail(Exit::differs, "output '", name, "' has ", given.size(), " elements, the model's has ", expected.values.size(), "; report this as a mistake of mdl");
        const Difference difference = compare(given, expected);
        const bool within = difference.relative() <= tolerance;
        char text[160];
        std::snprintf(text, sizeof text, "differs by %.2e of %.4g, %.1e: %s %g\n", difference.largest, difference.magnitude, difference.relative(),
                      within ? "within" : "MORE THAN", tolerance);
        std::cout << "output '" << name << "' " << text;
        return within;
    }

    /// How far the model's own rounding to integers takes it from the reals. No matter of the verdict: the network does not round.
    void tell_rounding(const std::map<std::string, std::vector<double>>& inputs) const {
        for (const auto& input : converted_.integers->proto.graph().input())
            if (inputs.contains(input.name()) && !is_real(input.type().tensor_type().elem_type())) return;  // it takes integers, and was given reals
        std::map<std::string, interpreter::Array> rounded;
        try {
            rounded = Interpreter(*converted_.integers, converted_.original_shapes).run(inputs);
        } catch (const Failure& failure) {
            std::cerr << "note: what the model's rounding to integers changes cannot be told: " << failure.what() << '\n';
            return;
        }
        for (const auto& output : network().outputs) {
            const auto& reals = arrays_.at(output.name);
            const auto found = rounded.find(output.name);
            if (found == rounded.end() || found->second.is_integer || found->second.values.size() != reals.values.size()) continue;
            Difference difference;
            for (std::size_t i = 0; i < reals.values.size(); ++i) difference.add(reals.values[i], found->second.values[i]);
            char text[160];
            std::snprintf(text, sizeof text, "differs by %.2e of %.4g, %.1e, from what the model's rounding to integers makes of it\n", difference.largest, difference.magnitude,
                          difference.relative());
            std::cout << "output '" << output.name << "' " << text;
        }
    }

    const Converted& converted_;
    Interpreter interpreter_;
    NetworkLibrary& library_;
    Arrays arrays_{};
};

}  // namespace

void add_check_options(CLI::App& command, CheckOptions& options, const std::string& group) {
    command
        .add_option("-i,--input", options.inputs, "compare on this too: a photo, or raw float32, as mdl run takes them")
        ->type_name("[NAME=]FILE")
        ->expected(1)
        ->take_all()
        ->group(group);
    add_tolerance(command, options.tolerance)->group(group);
    add_compile_options(command, options.compile, group);
}

auto add_tolerance(CLI::App& command, double& tolerance) -> CLI::Option* {
    return command
        .add_option("--tolerance", tolerance, "largest difference of an output, of its largest magnitude (0.001, with --exact 0.0001)")
        ->type_name("X")
        ->check([](const std::string& word) {
            char* end = nullptr;
            const double value = std::strtod(word.c_str(), &end);  // CLI11's own check tells the range up to the largest double, digit by digit
            return *end == '\0' && value > 0 && std::isfinite(value) ? std::string() : "'" + word + "' is no positive number; write it as in --tolerance 0.001";
        });
}

auto tolerance_of(double given, const CompileOptions& compile) -> double {
    if (given > 0) return given;
    return compile.exact ? 1e-4 : 1e-3;
}

void Difference::add(double a, double b) {
    if (std::isfinite(b)) magnitude = std::max(magnitude, std::abs(b));
    if (a == b || (std::isnan(a) && std::isnan(b))) return;
    const double distance = std::abs(a - b);
    largest = std::isfinite(distance) ? std::max(largest, distance) : std::numeric_limits<double>::infinity();
}

auto Difference::relative() const -> double {
    if (largest == 0) return 0;
    return magnitude > 0 ? largest / magnitude : std::numeric_limits<double>::infinity();
}

auto check_inputs(const Converted& converted, const CheckOptions& options) -> std::vector<Values> {
    if (options.inputs.empty()) return {};
    const Network& network = converted.network;
    std::vector<std::string> names;
    for (const auto& input : network.inputs) names.push_back(input.name);
    const auto files = match_inputs(options.inputs, names);
    std::vector<Values> given;
    for (std::size_t k = 0; k < files.size(); ++k) {
        const int layer = network.inputs[k].layer;
        const Shape& shape = network.shape(layer);
        given.emplace_back(static_cast<std::size_t>(shape.count()));
        read_input(files[k], names[k], {shape, network.at(layer).operation.image.layout == PixelLayout::hwc}, converted.extras.preprocessing, given.back());
    }
    return given;
}

void check_network(const Converted& converted, const std::filesystem::path& weights, const std::filesystem::path& vector, const std::vector<Values>& given,
                   const CheckOptions& options) {
    CompileOptions compile = options.compile;
    compile.profile = true;
    NetworkLibrary library(converted.header, compile);
    library.load(weights);
    const double tolerance = tolerance_of(options.tolerance, options.compile);
    std::cerr << "computing the model operator by operator ...\n";
    Check check(converted, library);
    std::vector<Values> inputs;
    bool real = true;
    for (int k = 0; k < library.input_count(); ++k) {
        const int element = input_element(converted.original->proto, converted.network.inputs[static_cast<std::size_t>(k)].name);
        inputs.push_back(sample(library.input(k).size(), element));
        real &= is_real(element);
    }
    bool within = check.run(real ? "random numbers from -1 to 1" : "random numbers, whole ones for inputs of integers", inputs, tolerance);
    if (!given.empty()) within &= check.run("the given inputs", given, tolerance);
    check.write_vector(vector, given.empty() ? inputs : given);
    std::cout << "wrote " << vector.string() << ", the test vector of mdl verify\n";
    if (!within)
        fail(Exit::differs, "the network's answers differ from the model's by more than ", tolerance,
             " of the largest; see the table for the first layer that does, and try --exact");
}

}  // namespace mdl::tool
