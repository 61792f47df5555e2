// mdl: from the MODEL argument to a converted network.
// SPDX-License-Identifier: MIT
#include "commands/model.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <utility>

#include <CLI/CLI.hpp>

#include "codegen/header.hpp"
#include "codegen/names.hpp"
#include "commands/read_input.hpp"
#include "commands/read_model.hpp"
#include "failure.hpp"
#include "onnx/dequantise.hpp"
#include "onnx/element_types.hpp"
#include "onnx/importer.hpp"
#include "read_file.hpp"

namespace mdl::tool {

namespace {

auto read_shapes(const std::vector<std::string>& texts) -> std::map<std::string, std::vector<int>> {
    std::map<std::string, std::vector<int>> shapes;
    for (const auto& text : texts) {
        const std::size_t equals = text.rfind('=');
        std::vector<int> dims;
        bool sound = equals != std::string::npos && equals > 0 && text.back() != ',';
        std::istringstream list(sound ? text.substr(equals + 1) : "");
        for (std::string word; std::getline(list, word, ',');) {
            int value = 0;
            const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
            sound &= error == std::errc() && end == word.data() + word.size() && value > 0;
            dims.push_back(value);
        }
        if (!sound || dims.empty())
            fail(Exit::usage, "--shape '", text, "' is not NAME=SIZES, with sizes from 1 to 2147483647; write it as in --shape input=1,3,224,224");
        if (!shapes.emplace(text.substr(0, equals), dims).second) fail(Exit::usage, "--shape names '", text.substr(0, equals), "' twice; give it once");
    }
    return shapes;
}

/// "104,117,123", at most four.
void read_numbers(const char* option, const std::string& text, int& count, float* numbers) {
    std::istringstream list(text);
    for (std::string word; std::getline(list, word, ',');) {
        char* end = nullptr;
        const float value = std::strtof(word.c_str(), &end);
        if (word.empty() || *end != '\0')
            fail(Exit::usage, option, " '", text, "' is no list of numbers; write it as in ", option, " 104,117,123");
        if (count == 4) fail(Exit::usage, option, " takes at most 4 numbers, one a channel");
        numbers[count++] = value;
    }
}

}  // namespace

void add_model_argument(CLI::App& command, ModelOptions& options, const char* others) {
    command.add_option("model", options.model, std::string("an ONNX file, a Caffe net (.prototxt, or .caffemodel), a TensorFlow Lite file (.tflite), MDL's model.min.json of 2017") + others)->required()->type_name("MODEL");
}

void add_conversion_options(CLI::App& command, ModelOptions& options) {
    command.add_option("--weights", options.weights, "weights of a Caffe net; without it those beside MODEL.prototxt, else random ones, for timing; of a model.min.json: data.min.bin beside it")->type_name("FILE.caffemodel");
    command
        .add_option("--shape", options.shapes,
                    "shape of an input that the model leaves open: NAME=1,3,224,224 (batch 1 is the default)")
        ->type_name("NAME=SIZES")
        ->expected(1)
        ->take_all();
    command.add_option("--struct,--name", options.struct_name, "name of the C++ type")->type_name("NAME")->capture_default_str();
}

void add_compile_options(CLI::App& command, CompileOptions& options, const std::string& group) {
    command.add_option("--flags", options.flags, "compiler flags instead of \"-O3 -march=native\"")->type_name("FLAGS")->group(group);
    command.add_option("--prefer", options.prefer, "small code, or fast code (the default)")
        ->type_name("size|speed")
        ->check(CLI::IsMember({"size", "speed"}))
        ->group(group);
    command.add_flag("--exact", options.exact, "no Winograd convolutions: slower, rounding errors about ten times smaller")->group(group);
}

void add_preprocessing_options(CLI::App& command, ModelOptions& options) {
    const std::string group = "Preprocessing of photos, in this sequence (kept in the weights file)";
    command.add_option("--resize", options.resize, "make the shorter side N pixels long (bilinear, half-pixel centres)")
        ->type_name("N")
        ->check(CLI::Range(1, max_image_side))
        ->group(group);
    command.add_option("--crop", options.crop, "cut a square of side N out of the centre")
        ->type_name("N")
        ->check(CLI::Range(1, max_image_side))
        ->group(group);
    command.add_option("--order", options.order, "the model's channel order")
        ->type_name("rgb|bgr")
        ->check(CLI::IsMember({"rgb", "bgr"}))
        ->group(group);
    command.add_option("--mean", options.mean, "subtract these, one a channel in the model's order, or one for all")
        ->type_name("A,B,C")
        ->group(group);
    command.add_option("--scale", options.scale, "then multiply by these")->type_name("A,B,C")->group(group);
}

auto read_preprocessing(const ModelOptions& options) -> Preprocessing {
    Preprocessing p;
    p.resize = options.resize;
    p.crop = options.crop;
    p.order = options.order == "bgr" ? PixelOrder::bgr : options.order == "rgb" ? PixelOrder::rgb : PixelOrder::any;
    read_numbers("--mean", options.mean, p.mean_count, p.mean);
    read_numbers("--scale", options.scale, p.scale_count, p.scale);
    if (!weights::is_valid(p)) fail(Exit::usage, "a number of --mean or --scale is not finite");
    return p;
}

void check_channel_numbers(const Preprocessing& preprocessing, const std::vector<Shape>& inputs) {
    const std::pair<const char*, int> counts[] = {{"--mean", preprocessing.mean_count}, {"--scale", preprocessing.scale_count}};
    for (const auto& [option, count] : counts) {
        int photos = 0, fitting = 0, channels = 0;
        for (const Shape& shape : inputs) {
            const int found = photo_channels(shape);
            if (found == 0) continue;
            ++photos;
            channels = found;
            fitting += count <= 1 || count == found ? 1 : 0;
        }
        if (photos > 0 && fitting == 0)
            fail(Exit::usage, option, " has ", count, " numbers, but the network takes photos of ", channels,
                 channels == 1 ? " channel; give one number" : " channels; give one number, or one a channel");
    }
}

void note_missing_labels(const std::vector<std::string>& labels, const std::vector<Shape>& outputs) {
    std::int64_t classes = 0;  // of the vector with the fewest: others may be no classes at all
    for (const Shape& shape : outputs) {
        const std::int64_t count = shape.count();
        const bool vector = count > 1 && std::find(shape.dims, shape.dims + shape.rank, count) != shape.dims + shape.rank;
        if (vector && (classes == 0 || count < classes)) classes = count;
    }
    if (static_cast<std::int64_t>(labels.size()) < classes)
        std::cerr << "note: --labels has " << labels.size() << " lines, but the network tells " << classes
                  << " classes apart; those without a line are told by number only\n";
}

auto read_labels(const std::filesystem::path& file) -> std::vector<std::string> {
    std::istringstream stream(read_file(file));
    std::vector<std::string> labels;
    for (std::string line; std::getline(stream, line);) {
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
        for (char& c : line)
            if (c == '\t') c = ' ';
        labels.push_back(line);
    }
    while (!labels.empty() && labels.back().empty()) labels.pop_back();
    if (labels.empty()) fail(Exit::bad_input, "'", file.string(), "' holds no labels; write one a line");
    return labels;
}

auto convert_model(const ModelOptions& options) -> Converted {
    if (const std::string wrong = type_name_problem(options.struct_name); !wrong.empty())
        fail(Exit::usage, "--struct '", options.struct_name, "' cannot name a C++ type: it ", wrong);
    const std::filesystem::path path = options.model;
    Converted result;
    result.extras.preprocessing = read_preprocessing(options);
    if (!options.labels.empty()) result.extras.labels = read_labels(options.labels);
    result.extras.network_name = path.stem().string();
    ImportOptions import;
    import.shapes = read_shapes(options.shapes);
    OnnxModel model = read_model(path, options.weights, import.shapes);
    try {
        if (options.keep_original) result.integers = model;
        const auto notes = dequantise(model);
        for (const auto& note : notes) std::cerr << "note: " << note << '\n';
        if (notes.empty()) result.integers.reset();
        for (const auto& note : element_notes(model.proto)) std::cerr << "note: " << note << '\n';
        if (options.keep_original) {
            result.original = model;
            result.original_shapes = import.shapes;
        }
        result.network = import_onnx(std::move(model), import);
        for (const auto& name : result.network.unread_inputs)
            std::cerr << "note: the model declares an input '" << name << "' that nothing reads; the network does without it\n";
        result.network.name = options.struct_name;
        const Structure structure = arrange(result.network);
        result.graph = build_graph(result.network);
        result.header = header_text(result.network, structure, path.filename().string());
    } catch (const Failure& failure) {
        fail(failure.exit(), path.string(), ": ", failure.what());
    }
    return result;
}

}  // namespace mdl::tool
