// mdl: finding of compiler and headers.
// SPDX-License-Identifier: MIT
#include "compile/compiler.hpp"

#include <cstddef>
#include <cstdlib>
#include <sstream>
#include <utility>

#include "compile/process.hpp"
#include "failure.hpp"

namespace mdl::tool {

auto split_words(const std::string& text) -> std::vector<std::string> {
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

auto find_compiler() -> Compiler {
    std::vector<std::string> candidates{"g++", "clang++"};
    const char* chosen = std::getenv("CXX");
    if (chosen != nullptr && *chosen != '\0') candidates = {chosen};
    for (const auto& candidate : candidates) {
        Compiler compiler;
        compiler.command = split_words(candidate);
        if (compiler.command.empty()) continue;
        auto arguments = compiler.command;
        arguments.push_back("--version");
        const Finished finished = run_program(arguments, "");
        if (finished.exit_code != 0) continue;
        compiler.version = finished.output.substr(0, finished.output.find('\n'));
        return compiler;
    }
    if (candidates.size() == 1)
        fail(Exit::compiler, "the compiler of the environment variable CXX, '", candidates[0],
             "', does not run; correct CXX or unset it");
    fail(Exit::compiler,
         "no C++ compiler found, neither g++ nor clang++; install one (Debian: apt-get install g++) or name it in the environment "
         "variable CXX");
}

auto predefined_macros(std::vector<std::string> command) -> std::string {
    const auto before = static_cast<std::ptrdiff_t>(command.size());
    for (const char* word : {"-E", "-dM", "-x", "c++", "/dev/null"}) command.emplace_back(word);
    auto with_xsimd = command;
    for (const char* word : {"xsimd/config/xsimd_config.hpp", "-include"}) with_xsimd.insert(with_xsimd.begin() + before, word);
    for (const auto& words : {with_xsimd, command})  // the portable backend does without xsimd
        if (Finished finished = run_program(words, ""); finished.exit_code == 0) return std::move(finished.output);
    return {};
}

auto include_folders() -> std::vector<std::filesystem::path> {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    std::vector<fs::path> candidates{self.parent_path().parent_path() / "include", MDL_TOOL_INCLUDE_DIR};
    for (const auto& candidate : candidates) {
        if (!fs::exists(candidate / "mdl" / "mdl.hpp", error)) continue;
        std::vector<fs::path> folders{candidate};
        for (const auto& word : split_words(MDL_TOOL_DEPENDENCY_DIRS)) folders.emplace_back(word);
        return folders;
    }
    fail(Exit::compiler, "cannot find mdl's headers: there is no '", (candidates[0] / "mdl/mdl.hpp").string(), "' and no '",
         (candidates[1] / "mdl/mdl.hpp").string(),
         "'; install mdl with its headers, or keep the source tree that this command was built from");
}

}  // namespace mdl::tool
