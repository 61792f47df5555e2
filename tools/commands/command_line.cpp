// mdl: the command line as a whole: its help, its commands, and how it fails.
// SPDX-License-Identifier: MIT
#include <exception>
#include <iostream>
#include <new>
#include <string>

#include <CLI/CLI.hpp>

#include "commands/commands.hpp"
#include "failure.hpp"

namespace mdl::tool {

namespace {

auto stop(Exit exit, const std::string& what) -> int {
    std::cout << std::flush;
    std::cerr << "mdl: " << what << '\n';
    return static_cast<int>(exit);
}

/// CLI11 would say only that a command is missing.
void check_command(CLI::App& app, const std::string& word) {
    std::string known;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (command->check_name(word)) return;
        known += (known.empty() ? "" : ", ") + command->get_name();
    }
    fail(Exit::usage, "there is no command '", word, "'; the commands are ", known);
}

}  // namespace

auto run_command_line(int count, const char* const* words) -> int {
    CLI::App app("mdl: trained convolutional networks as C++ types, converted, compiled, run", "mdl");
    app.set_version_flag("--version", "mdl " MDL_TOOL_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 done; 1 wrong usage; 2 a damaged file, or a model with something that mdl does not support;\n"
        "            3 no compiler, or it failed; 4 a file cannot be read or written; 5 a check found a difference.\n"
        "Compiled networks are kept in $XDG_CACHE_HOME/mdl (~/.cache/mdl); CXX names the compiler (else g++, else clang++).\n"
        "`mdl COMMAND --help` tells a command's options.");
    add_convert(app);
    add_inspect(app);
    add_run(app);
    add_bench(app);
    add_verify(app);
    try {
        if (count > 1 && words[1][0] != '-') check_command(app, words[1]);
        app.parse(count, words);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::usage);
    } catch (const Failure& failure) {
        return stop(failure.exit(), failure.what());
    } catch (const std::bad_alloc&) {
        return stop(Exit::io, "out of memory; use a machine with more, or a smaller model");
    } catch (const std::exception& error) {
        return stop(Exit::bad_input, error.what());
    }
    return 0;
}

}  // namespace mdl::tool
