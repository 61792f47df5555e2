// mdl: the commands of the tool. Each adds itself to the command line with what runs when it is chosen.
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

}  // namespace mdl::tool
