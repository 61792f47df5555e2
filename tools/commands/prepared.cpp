// mdl: conversion on the spot, or reading of a converted folder.
// SPDX-License-Identifier: MIT
#include "commands/prepared.hpp"

#include <iostream>

#include <mdl/weights/mapped_file.hpp>
#include <mdl/weights/reader.hpp>

#include "failure.hpp"
#include "read_file.hpp"
#include "temporary_folder.hpp"

namespace mdl::tool {

namespace {

namespace fs = std::filesystem;

template <class T>
auto value(Result<T> result, const fs::path& file) -> T {
    if (!result) fail(Exit::bad_input, file.string(), ": ", result.error().message());
    return std::move(*result);
}

struct Ends {
    std::vector<Shape> inputs{}, outputs{};
};

auto read_weights_file(PreparedModel& prepared) -> Ends {
    Ends ends;
    const auto mapped = value(weights::MappedFile::open(prepared.weights.c_str()), prepared.weights);
    const auto file = value(weights::File::open(mapped.bytes()), prepared.weights);
    const auto graph = value(file.graph(), prepared.weights);
    const auto labels = value(file.labels(), prepared.weights);
    prepared.preprocessing = value(file.preprocessing(), prepared.weights);
    for (int i = 0; i < labels.size(); ++i) prepared.labels.emplace_back(labels[i]);
    for (int i = 0; i < graph.node_count(); ++i) {
        if (!graph.node(i).operation.starts_with("Input")) continue;
        prepared.input_names.emplace_back(graph.node(i).name);
        ends.inputs.push_back(graph.node(i).shape);
    }
    for (int o = 0; o < graph.output_count(); ++o) {
        prepared.output_names.emplace_back(graph.node(graph.output(o)).name);
        ends.outputs.push_back(graph.node(graph.output(o)).shape);
    }
    return ends;
}

void convert_on_the_spot(PreparedModel& prepared, const ModelOptions& options) {
    const Converted converted = convert_model(options);
    std::error_code error;
    if (fs::file_size(options.model, error) > (std::uintmax_t{100} << 20)) std::cerr << "writing the converted weights ...\n";
    prepared.temporary = make_temporary_folder();
    prepared.weights = prepared.temporary / "net.mdlw";
    prepared.header = converted.header;
    if (const auto written = converted.writer().write(prepared.weights.string()); !written)
        fail(Exit::io, written.error().message());
}

}  // namespace

void PreparedModel::drop_temporary() {
    std::error_code error;
    if (!temporary.empty()) fs::remove_all(temporary, error);
    temporary.clear();
}

void prepare(PreparedModel& prepared, const ModelOptions& options) {
    const fs::path path = options.model;
    std::error_code error;
    if (fs::is_directory(path, error)) {
        if (!options.shapes.empty() || !options.weights.empty())
            fail(Exit::usage, options.shapes.empty() ? "--weights" : "--shape", " is for models that are converted; '", path.string(), "' is converted already");
        prepared.weights = path / "net.mdlw";
        if (!fs::exists(path / "net.hpp", error) || !fs::exists(prepared.weights, error))
            fail(Exit::io, "the folder '", path.string(), "' lacks net.hpp or net.mdlw; write them with mdl convert MODEL.onnx -o ",
                 path.string());
        prepared.header = read_file(path / "net.hpp");
    } else {
        convert_on_the_spot(prepared, options);
    }
    const Ends ends = read_weights_file(prepared);
    if (options.gives_preprocessing()) {
        prepared.preprocessing = read_preprocessing(options);
        check_channel_numbers(prepared.preprocessing, ends.inputs);
    }
    if (!options.labels.empty()) {
        prepared.labels = read_labels(options.labels);
        note_missing_labels(prepared.labels, ends.outputs);
    }
}

}  // namespace mdl::tool
