// mdl: the program of converted tests: prints `NAME`, a tab and the problem, or nothing where there is none.
// SPDX-License-Identifier: MIT
#include "conformance/run.hpp"

auto main(int count, char** arguments) -> int {
    if (count != 2) {
        std::fputs("usage: tests FOLDER (that mdl_conformance has written)\n", stderr);
        return 1;
    }
    for (const auto& test : mdl::conformance::tests()) {
        std::printf("%s\t", test.name);
        std::fflush(stdout);
        std::printf("%s\n", test.run(std::string(arguments[1]) + "/" + test.name).c_str());
    }
}
