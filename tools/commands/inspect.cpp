// mdl: `mdl inspect`: the table of a weights file or of a model, and pictures of the network.
// SPDX-License-Identifier: MIT
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <span>

#include <CLI/CLI.hpp>
#include <mdl/weights/format.hpp>
#include <mdl/weights/mapped_file.hpp>
#include <mdl/weights/reader.hpp>

#include "commands/commands.hpp"
#include "commands/model.hpp"
#include "compile/plan.hpp"
#include "failure.hpp"
#include "picture/draw.hpp"
#include "read_file.hpp"
#include "table/table.hpp"
#include "write_file.hpp"

namespace mdl::tool {

namespace {

auto is_weights_file(const std::string& path) -> bool {
    char head[4]{};
    std::ifstream(path, std::ios::binary).read(head, sizeof head);
    return std::string_view(head, 4) == weights::magic || path.ends_with(".mdlw");
}

struct InspectOptions : ModelOptions {
    std::string svg{}, dot{};
    CompileOptions compile{};

    auto draws() const -> bool { return !svg.empty() || !dot.empty(); }
};

void inspect_file(const InspectOptions& options, const std::string& name, std::span<const std::byte> bytes, const std::string& header) {
    const auto file = weights::File::open(bytes);
    if (!file) fail(Exit::bad_input, name, ": ", file.error().message());
    print_table(std::cout, *file);
    if (!options.draws()) return;
    std::optional<OutputFile> svg, dot;
    if (!options.svg.empty()) svg.emplace(options.svg);
    if (!options.dot.empty()) dot.emplace(options.dot);
    const Graphs graphs = join_graphs(bytes, plan_network(header, options.compile));
    if (svg) svg->write(draw_svg(graphs));
    if (dot) dot->write(draw_dot(graphs));
}

/// The network's type, which a weights file does not hold.
auto header_beside(const std::filesystem::path& weights) -> std::string {
    const auto header = weights.parent_path() / "net.hpp";
    if (std::error_code error; !std::filesystem::exists(header, error))
        fail(Exit::usage, "--svg and --dot draw what the compiler makes of the network, and there is no '", header.string(), "' beside the weights; name the model, or the folder that convert wrote");
    return read_file(header);
}

void inspect(InspectOptions options) {
    if (!options.draws() && (!options.compile.flags.empty() || !options.compile.prefer.empty() || options.compile.exact))
        fail(Exit::usage, "--flags, --prefer and --exact are for pictures; add --svg or --dot");
    if (options.draws() && options.svg == options.dot) fail(Exit::usage, "--svg and --dot name the same file; give them two");
    std::error_code error;
    if (std::filesystem::is_directory(options.model, error))
        options.model = (std::filesystem::path(options.model) / "net.mdlw").string();
    if (is_weights_file(options.model)) {
        const auto mapped = weights::MappedFile::open(options.model.c_str());
        if (!mapped) fail(Exit::io, mapped.error().message());
        return inspect_file(options, options.model, mapped->bytes(), options.draws() ? header_beside(options.model) : std::string());
    }
    const Converted converted = convert_model(options);
    const auto bytes = converted.writer().bytes();
    if (!bytes) fail(Exit::bad_input, options.model, ": ", bytes.error().message());
    inspect_file(options, options.model, *bytes, converted.header);
}

}  // namespace

void add_inspect(CLI::App& app) {
    auto options = std::make_shared<InspectOptions>();
    CLI::App* command = app.add_subcommand("inspect", "Print the table of layers, shapes, multiply-accumulates and weights; draw the graph and the arena");
    command->add_option("file", options->model, "a weights file, a folder that convert wrote, or a model as mdl convert takes it")
        ->required()
        ->type_name("FILE");
    const std::string pictures = "Pictures of the graph as written and as compiled for a CPU, which takes a compiler";
    command->add_option("--svg", options->svg, "draw into FILE: what was fused into which step, and who uses whose memory in the arena")->type_name("FILE")->group(pictures);
    command->add_option("--dot", options->dot, "write the two graphs into FILE in Graphviz's language")->type_name("FILE")->group(pictures);
    add_compile_options(*command, options->compile, pictures);
    add_conversion_options(*command, *options);
    command->callback([options] { inspect(*options); });
}

}  // namespace mdl::tool
