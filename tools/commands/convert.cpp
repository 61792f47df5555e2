// mdl: `mdl convert`: a trained network becomes a C++ header and a weights file.
// SPDX-License-Identifier: MIT
#include <iostream>
#include <memory>
#include <span>

#include <CLI/CLI.hpp>
#include <mdl/weights/atomic_file.hpp>
#include <mdl/weights/mapped_file.hpp>
#include <mdl/weights/reader.hpp>

#include "commands/check.hpp"
#include "commands/commands.hpp"
#include "commands/model.hpp"
#include "failure.hpp"
#include "table/table.hpp"

namespace mdl::tool {

namespace {

namespace fs = std::filesystem;

struct ConvertOptions : ModelOptions {
    std::string folder{};
    bool check = false;
    CheckOptions checking{};
};

/// Makes a folder, and unmakes it unless it was kept.
class OutputFolder {
public:
    explicit OutputFolder(const fs::path& path) {
        std::error_code error;
        for (fs::path missing = fs::absolute(path, error); !missing.empty() && !fs::exists(missing, error);
             missing = missing.parent_path())
            first_made_ = missing;
        fs::create_directories(path, error);
        if (error || !fs::is_directory(path)) fail(Exit::io, "cannot make the folder '", path.string(), "': ", error.message());
    }
    OutputFolder(const OutputFolder&) = delete;
    auto operator=(const OutputFolder&) -> OutputFolder& = delete;
    ~OutputFolder() {
        std::error_code error;
        if (!kept_ && !first_made_.empty()) fs::remove_all(first_made_, error);
    }
    void keep() { kept_ = true; }

private:
    fs::path first_made_{};
    bool kept_ = false;
};

void check(const Result<void>& result) {
    if (!result) fail(Exit::io, result.error().message());
}

void convert(const ConvertOptions& options) {
    if (!options.check && options.checking.is_given())
        fail(Exit::usage, "--input, --tolerance, --flags, --prefer and --exact are for --check; add it");
    ModelOptions model = options;
    model.keep_original = options.check;
    const Converted converted = convert_model(model);
    const auto shapes = [&](const std::vector<NamedTensor>& tensors) {
        std::vector<Shape> result;
        for (const auto& tensor : tensors) result.push_back(converted.network.shape(tensor.layer));
        return result;
    };
    check_channel_numbers(converted.extras.preprocessing, shapes(converted.network.inputs));
    if (!options.labels.empty()) note_missing_labels(converted.extras.labels, shapes(converted.network.outputs));
    const auto inputs = check_inputs(converted, options.checking);  // whatever is wrong with them is told before anything is written
    const weights::Writer writer = converted.writer();
    const fs::path folder = options.folder;
    OutputFolder made(folder);
    auto header = weights::AtomicFile::create((folder / "net.hpp").string());
    if (!header) fail(Exit::io, header.error().message());
    check(header->write(std::as_bytes(std::span<const char>(converted.header))));
    if (std::error_code error; fs::file_size(options.model, error) > (std::uintmax_t{50} << 20)) std::cerr << "writing ...\n";
    check(writer.write((folder / "net.mdlw").string()));
    check(header->commit());
    made.keep();
    const fs::path vector = folder / "net.mdlt";
    if (std::error_code error; fs::is_regular_file(vector, error)) fs::remove(vector, error);  // of what was converted before

    const std::string written = (folder / "net.mdlw").string();
    const auto print = [&](std::span<const std::byte> bytes) {
        const auto file = weights::File::open(bytes);
        if (!file) fail(Exit::io, written, ": ", file.error().message());
        print_table(std::cout, *file);
    };
    if (std::error_code error; fs::is_regular_file(written, error)) {
        const auto mapped = weights::MappedFile::open(written.c_str());
        if (!mapped) fail(Exit::io, mapped.error().message());
        print(mapped->bytes());
    } else {  // a pipe or a device, which cannot be read back
        const auto bytes = writer.bytes();
        if (!bytes) fail(Exit::io, written, ": ", bytes.error().message());
        print(*bytes);
    }
    std::cout << "wrote " << (folder / "net.hpp").string() << " and " << written << '\n';
    if (options.check) check_network(converted, written, vector, inputs, options.checking);
}

}  // namespace

void add_convert(CLI::App& app) {
    auto options = std::make_shared<ConvertOptions>();
    CLI::App* command =
        app.add_subcommand("convert", "Write net.hpp (the network as a C++ type) and net.mdlw (its weights), and print the table");
    add_model_argument(*command, *options);
    command->add_option("-o,--output", options->folder, "folder to write into; made where it is missing")
        ->required()
        ->type_name("FOLDER");
    command->add_option("--labels", options->labels, "names of a classifier's answers, one a line, kept in the weights file")
        ->type_name("FILE");
    add_conversion_options(*command, *options);
    const std::string checking = "Check of the converted network, compiled for this machine, against the model computed operator by operator";
    command->add_flag("--check", options->check, "compile, run and compare every layer; write net.mdlt, the test vector of mdl verify")->group(checking);
    add_check_options(*command, options->checking, checking);
    add_preprocessing_options(*command, *options);
    command->callback([options] { convert(*options); });
}

}  // namespace mdl::tool
