// mdl: `mdl inspect`: the table of a weights file or of a model.
// SPDX-License-Identifier: MIT
#include <fstream>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <mdl/weights/format.hpp>
#include <mdl/weights/mapped_file.hpp>
#include <mdl/weights/reader.hpp>

#include "commands/commands.hpp"
#include "commands/model.hpp"
#include "failure.hpp"
#include "table/table.hpp"

namespace mdl::tool {

namespace {

auto is_weights_file(const std::string& path) -> bool {
    char head[4]{};
    std::ifstream(path, std::ios::binary).read(head, sizeof head);
    return std::string_view(head, 4) == weights::magic || path.ends_with(".mdlw");
}

void print(const std::string& name, std::span<const std::byte> bytes) {
    const auto file = weights::File::open(bytes);
    if (!file) fail(Exit::bad_input, name, ": ", file.error().message());
    print_table(std::cout, *file);
}

void inspect(ModelOptions options) {
    std::error_code error;
    if (std::filesystem::is_directory(options.model, error))
        options.model = (std::filesystem::path(options.model) / "net.mdlw").string();
    if (is_weights_file(options.model)) {
        const auto mapped = weights::MappedFile::open(options.model.c_str());
        if (!mapped) fail(Exit::io, mapped.error().message());
        return print(options.model, mapped->bytes());
    }
    const Converted converted = convert_model(options);
    const auto bytes = converted.writer().bytes();
    if (!bytes) fail(Exit::bad_input, options.model, ": ", bytes.error().message());
    print(options.model, *bytes);
}

}  // namespace

void add_inspect(CLI::App& app) {
    auto options = std::make_shared<ModelOptions>();
    CLI::App* command = app.add_subcommand("inspect", "Print the table of layers, shapes, multiply-accumulates and weights");
    command->add_option("file", options->model, "a weights file, a model as convert takes it, or a folder that convert wrote")
        ->required()
        ->type_name("FILE");
    add_conversion_options(*command, *options);
    command->callback([options] { inspect(*options); });
}

}  // namespace mdl::tool
