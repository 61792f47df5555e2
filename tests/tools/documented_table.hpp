// mdl: tables of operators and layers in the documentation, read for the tests that hold them in step.
// SPDX-License-Identifier: MIT
#pragma once

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace mdl::tool::test {

using Names = std::set<std::string>;

inline auto split(const std::string& text, char at) -> std::vector<std::string> {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, at);) {
        const auto begin = part.find_first_not_of(" .\n"), end = part.find_last_not_of(" .\n");
        parts.push_back(begin == std::string::npos ? std::string() : part.substr(begin, end - begin + 1));
    }
    return parts;
}

struct DocumentedTable {
    Names supported{}, refused{}, folded{};
    int named_twice = 0;
};

inline auto read_table(const char* path) -> DocumentedTable {
    DocumentedTable table;
    std::ifstream file(path);
    std::string line, folded;
    const std::string mark = "Computed while converting where all inputs are constants: ";
    for (bool in_list = false; std::getline(file, line);) {
        in_list |= line.starts_with(mark);
        if (in_list) folded += line + " ";
        const auto cells = split(line, '|');
        if (cells.size() < 4 || !(cells[2] == "yes" || cells[2] == "partly" || cells[2] == "left out" || cells[2] == "no")) continue;
        for (const auto& name : split(cells[1], ','))
            if (!(cells[2] == "no" ? table.refused : table.supported).insert(name).second) ++table.named_twice;
    }
    if (folded.size() > mark.size())
        for (const auto& name : split(folded.substr(mark.size()), ','))
            if (!name.empty()) table.folded.insert(name);
    return table;
}

inline auto text(const Names& names) -> std::string {
    std::string result;
    for (const auto& name : names) result += name + " ";
    return result;
}

inline auto without(Names names, const Names& others) -> Names {
    for (const auto& name : others) names.erase(name);
    return names;
}

}  // namespace mdl::tool::test
