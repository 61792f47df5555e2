// mdl: the table of operators in the documentation says of each what the converter does.
// SPDX-License-Identifier: MIT
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"

namespace {

using Names = std::set<std::string>;

auto split(const std::string& text, char at) -> std::vector<std::string> {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, at);) {
        const auto begin = part.find_first_not_of(" .\n"), end = part.find_last_not_of(" .\n");
        parts.push_back(begin == std::string::npos ? std::string() : part.substr(begin, end - begin + 1));
    }
    return parts;
}

struct Table {
    Names supported{}, refused{}, folded{};
    int named_twice = 0;
};

auto read_table() -> Table {
    Table table;
    std::ifstream file(MDL_SOURCE_DIR "/docs/operators.md");
    std::string line, folded;
    const std::string mark = "Computed while converting where all inputs are constants: ";
    for (bool in_list = false; std::getline(file, line);) {
        in_list |= line.starts_with(mark);
        if (in_list) folded += line + " ";
        const auto cells = split(line, '|');
        if (cells.size() < 4 || !(cells[2] == "yes" || cells[2] == "partly" || cells[2] == "no")) continue;
        for (const auto& name : split(cells[1], ','))
            if (!(cells[2] == "no" ? table.refused : table.supported).insert(name).second) ++table.named_twice;
    }
    if (folded.size() > mark.size())
        for (const auto& name : split(folded.substr(mark.size()), ','))
            if (!name.empty()) table.folded.insert(name);
    return table;
}

auto text(const Names& names) -> std::string {
    std::string result;
    for (const auto& name : names) result += name + " ";
    return result;
}

auto without(Names names, const Names& others) -> Names {
    for (const auto& name : others) names.erase(name);
    return names;
}

}  // namespace

TEST_CASE("the table of operators names what the converter lowers and folds, and refuses nothing that it lowers") {
    const Table table = read_table();
    Names lowered;
    for (const auto& [name, lowering] : mdl::tool::lowerings()) lowered.emplace(name);
    const Names folded = mdl::tool::folded_operators();
    REQUIRE(lowered.size() > 100);
    Names known = lowered;
    known.insert(folded.begin(), folded.end());
    CHECK(text(without(known, table.supported)) == "");   // missing in the table
    CHECK(text(without(table.supported, known)) == "");   // promised, not there
    CHECK(text(without(table.folded, folded)) == "");
    CHECK(text(without(folded, table.folded)) == "");
    for (const auto& name : table.refused) CHECK_FALSE(known.contains(name));
    CHECK(table.named_twice == 0);
}
