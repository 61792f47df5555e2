// mdl: holds a compiled network against the reference interpreter, layer by layer.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "commands/model.hpp"
#include "compile/cache.hpp"

namespace CLI {
class Option;
}

namespace mdl::tool {

/// --input, --tolerance, and how to compile.
struct CheckOptions {
    std::vector<std::string> inputs{};  ///< [NAME=]FILE, as `mdl run` takes them
    double tolerance = 0;               ///< of each output's largest magnitude; 0: the default of `tolerance_of`
    CompileOptions compile{};

    auto is_given() const -> bool {
        return !inputs.empty() || tolerance > 0 || !compile.flags.empty() || !compile.prefer.empty() || compile.exact;
    }
};

void add_check_options(CLI::App& command, CheckOptions& options, const std::string& group);

auto add_tolerance(CLI::App& command, double& tolerance) -> CLI::Option*;

/// What a network may differ from its model, of the output's largest magnitude: 1e-3 where Winograd's convolutions may be used, else 1e-4.
auto tolerance_of(double given, const CompileOptions& compile) -> double;

/// The largest |a - b|, and the largest |b|; a NaN or an infinity on one side only counts as infinite.
struct Difference {
    double largest = 0, magnitude = 0;

    void add(double a, double b);
    auto relative() const -> double;
};

/// The numbers of each input of the network, none where no inputs are given. Throws Failure.
auto check_inputs(const Converted& converted, const CheckOptions& options) -> std::vector<std::vector<float>>;

/// Compiles the network and runs it and the model on random numbers and, where there are any, on the `given` inputs; prints the difference of
/// every layer that the compiled network computes, and of every output. Writes inputs and the model's outputs to `vector`, for
/// `mdl verify`. Throws Failure with Exit::differs where an output differs by more than the tolerance.
void check_network(const Converted& converted, const std::filesystem::path& weights, const std::filesystem::path& vector, const std::vector<std::vector<float>>& given,
                   const CheckOptions& options);

}  // namespace mdl::tool
