// mdl: the commands of the tool, each of which adds itself with what runs when it is chosen, and their command line.
// SPDX-License-Identifier: MIT
#pragma once

namespace CLI {
class App;
}

namespace mdl::tool {

void add_convert(CLI::App& app);
void add_inspect(CLI::App& app);
void add_run(CLI::App& app);
void add_bench(CLI::App& app);
void add_verify(CLI::App& app);

/// What `main` does: parses, runs, tells failures on stderr; returns the exit code.
auto run_command_line(int count, const char* const* words) -> int;

}  // namespace mdl::tool
