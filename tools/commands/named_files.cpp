// mdl: matching of arguments with names.
// SPDX-License-Identifier: MIT
#include "commands/named_files.hpp"

#include <algorithm>

#include "failure.hpp"

namespace mdl::tool {

namespace {

namespace fs = std::filesystem;

auto listed(const std::vector<std::string>& names) -> std::string {
    std::string result;
    for (const auto& name : names) result += (result.empty() ? "'" : ", '") + name + "'";
    return result;
}

/// The longest name that the argument begins with, a `=` behind it.
auto named(const std::string& argument, const std::vector<std::string>& names) -> std::vector<std::string>::const_iterator {
    auto found = names.end();
    for (auto name = names.begin(); name != names.end(); ++name)
        if (argument.starts_with(*name + "=") && (found == names.end() || name->size() > found->size())) found = name;
    return found;
}

auto match(const std::vector<std::string>& arguments, const std::vector<std::string>& names, const std::string& what, bool exist)
    -> std::vector<fs::path> {
    std::vector<fs::path> files(names.size());
    std::vector<fs::path> nameless;
    for (const auto& argument : arguments) {
        const std::size_t equals = argument.find('=');
        const auto found = named(argument, names);
        std::error_code error;
        if (found != names.end()) {
            fs::path& file = files[static_cast<std::size_t>(found - names.begin())];
            if (!file.empty()) fail(Exit::usage, "--", what, " names '", *found, "' twice");
            file = argument.substr(found->size() + 1);
            if (file.empty()) fail(Exit::usage, "--", what, " ", argument, " names no file behind the '='");
        } else if (equals == std::string::npos || (exist && fs::exists(argument, error))) {
            nameless.emplace_back(argument);
        } else {
            fail(Exit::usage, "--", what, " '", argument, "': the network has no ", what, " '", argument.substr(0, equals),
                 exist ? "' and there is no file of that name; its " : "'; its ", what,
                 names.size() == 1 ? " is " : "s are ", listed(names));
        }
    }
    for (const auto& file : nameless) {
        const auto free = std::find(files.begin(), files.end(), fs::path());
        if (free == files.end())
            fail(Exit::usage, "there are more --", what, " files than the network has ", what, "s; it has ", listed(names));
        *free = file;
    }
    return files;
}

}  // namespace

auto match_inputs(const std::vector<std::string>& arguments, const std::vector<std::string>& names) -> std::vector<fs::path> {
    auto files = match(arguments, names, "input", true);
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i].empty())
            fail(Exit::usage, "input '", names[i], "' has no file; add --input ",
                 names.size() > 1 ? "'" + names[i] + "=FILE'" : "FILE");
        std::error_code error;
        if (!fs::exists(files[i], error)) fail(Exit::io, "there is no file '", files[i].string(), "'; check the path");
        if (fs::is_directory(files[i], error))
            fail(Exit::usage, "'", files[i].string(), "' is a folder; name a file for input '", names[i], "'");
    }
    return files;
}

auto match_outputs(const std::vector<std::string>& arguments, const std::vector<std::string>& names) -> std::vector<fs::path> {
    return match(arguments, names, "output", false);
}

}  // namespace mdl::tool
