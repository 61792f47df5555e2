// mdl: the `mdl` command.
// SPDX-License-Identifier: MIT
#include "commands/commands.hpp"

auto main(int argc, char** argv) -> int { return mdl::tool::run_command_line(argc, argv); }
