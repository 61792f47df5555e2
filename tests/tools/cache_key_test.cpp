// mdl: networks are kept apart in the cache by all that the compiler makes of them.
// SPDX-License-Identifier: MIT
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "compile/cache.hpp"
#include "compile/compiler.hpp"
#include "weights/temporary_folder.hpp"

using namespace mdl::tool;

TEST_CASE("the same flags on another CPU, and another xsimd, are another entry") {
    const TemporaryFolder folder;
    const std::string script = folder / "c++", machine = folder / "machine";
    // A compiler to which -march=native means what a file says.
    std::ofstream(script) << "#!/bin/sh\n"
                             "for word; do\n"
                             "    shift\n"
                             "    [ \"$word\" != -march=native ] || word=$(cat '" + machine + "')\n"
                             "    set -- \"$@\" \"$word\"\n"
                             "done\n"
                             "exec " + find_compiler().command[0] + " \"$@\"\n";
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    std::filesystem::create_directories(folder / "other/xsimd/config");
    std::ofstream(folder / "other/xsimd/config/xsimd_config.hpp") << "#define XSIMD_VERSION_MAJOR 99\n";
    const char* const before = std::getenv("CXX");
    const std::string kept = before == nullptr ? "" : before;
    ::setenv("CXX", script.c_str(), 1);
    const auto key_on = [&](const std::string& meaning, const CompileOptions& options) {
        std::ofstream(machine) << meaning;
        return cache_key("struct Net : mdl::Sequential<mdl::InputTensor<1, 2>, mdl::Relu> {};", options);
    };
    const std::string first = key_on("-D__FIRST_CPU__=1", {});
    CHECK(key_on("-D__FIRST_CPU__=1", {}) == first);
    std::set<std::string> keys{first, key_on("-D__SECOND_CPU__=1", {}), key_on("-I" + (folder / "other"), {})};
    CompileOptions fixed;
    fixed.flags = "-O1";
    const std::string by_name = key_on("-D__FIRST_CPU__=1", fixed);
    CHECK(key_on("-D__SECOND_CPU__=1", fixed) == by_name);  // not native: the CPU does not matter
    keys.insert(by_name);
    CHECK(keys.size() == 4);
    kept.empty() ? ::unsetenv("CXX") : ::setenv("CXX", kept.c_str(), 1);
}
