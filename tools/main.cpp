// mdl: the `mdl` command.
// SPDX-License-Identifier: MIT
#include <exception>
#include <iostream>
#include <new>

#include <CLI/CLI.hpp>

#include "commands/commands.hpp"
#include "failure.hpp"

auto main(int argc, char** argv) -> int {
    using mdl::tool::Exit;
    CLI::App app("mdl: trained convolutional networks as C++ types, converted, compiled, run", "mdl");
    app.set_version_flag("--version", "mdl " MDL_TOOL_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 done; 1 wrong usage; 2 a damaged file, or a model with something that mdl does not support;\n"
        "            3 no compiler, or it failed; 4 a file cannot be read or written.\n"
        "Compiled networks are kept in $XDG_CACHE_HOME/mdl (~/.cache/mdl); CXX names the compiler (else g++, else clang++).\n"
        "`mdl COMMAND --help` tells a command's options.");
    mdl::tool::add_convert(app);
    mdl::tool::add_inspect(app);
    mdl::tool::add_run(app);
    mdl::tool::add_bench(app);
    const auto stop = [](Exit exit, const char* what) {
        std::cout << std::flush;
        std::cerr << "mdl: " << what << '\n';
        return static_cast<int>(exit);
    };
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::usage);
    } catch (const mdl::tool::Failure& failure) {
        return stop(failure.exit(), failure.what());
    } catch (const std::bad_alloc&) {
        return stop(Exit::io, "out of memory; use a machine with more, or a smaller model");
    } catch (const std::exception& error) {
        return stop(Exit::bad_input, error.what());
    }
    return 0;
}
