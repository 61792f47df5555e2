// mdl: what the commands share: the MODEL argument, its options, and its conversion.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codegen/weights_file.hpp"
#include "compile/cache.hpp"
#include "network.hpp"
#include "onnx/model.hpp"

namespace CLI {
class App;
}

namespace mdl::tool {

/// Options that say how a model is converted, as given on the command line.
struct ModelOptions {
    std::string model{};
    std::string weights{};              ///< of a Caffe net
    std::vector<std::string> shapes{};  ///< NAME=1,3,224,224
    std::string labels{};
    int resize = 0, crop = 0;
    std::string order{}, mean{}, scale{};
    std::string struct_name = "Net";
    bool keep_original = false;  ///< with its weights, for a check

    auto gives_preprocessing() const -> bool { return resize > 0 || crop > 0 || !order.empty() || !mean.empty() || !scale.empty(); }
};

/// MODEL; `others` names what else it may be.
void add_model_argument(CLI::App& command, ModelOptions& options, const char* others = "");
void add_conversion_options(CLI::App& command, ModelOptions& options);
/// --flags, --exact and --prefer.
void add_compile_options(CLI::App& command, CompileOptions& options, const std::string& group = "OPTIONS");
void add_preprocessing_options(CLI::App& command, ModelOptions& options);

/// Resize, crop, order, mean, scale as the library's struct. Throws Failure.
auto read_preprocessing(const ModelOptions& options) -> Preprocessing;
/// Throws Failure where mean or scale have neither one number nor one for each channel of a photo that the network takes.
void check_channel_numbers(const Preprocessing& preprocessing, const std::vector<Shape>& inputs);
/// Says on stderr that answers of the network have no name.
void note_missing_labels(const std::vector<std::string>& labels, const std::vector<Shape>& outputs);
/// The lines of a file. Throws Failure.
auto read_labels(const std::filesystem::path& file) -> std::vector<std::string>;

/// A network converted in memory: the C++ header, and everything that the weights file is made from.
struct Converted {
    Network network{};
    std::unique_ptr<RunGraph> graph{};
    std::string header{};
    FileExtras extras{};
    std::optional<OnnxModel> original{};  ///< where ModelOptions::keep_original
    std::optional<OnnxModel> integers{};  ///< with it: the model as the file has it, where it rounds tensors to integers that `original` does not round
    std::map<std::string, std::vector<int>> original_shapes{};  ///< that the options give to its inputs

    auto writer() const -> weights::Writer { return weights_writer(network, *graph, extras); }
};

auto convert_model(const ModelOptions& options) -> Converted;

}  // namespace mdl::tool
