// mdl: making of names.
// SPDX-License-Identifier: MIT
#include "codegen/names.hpp"

#include <cctype>
#include <set>

namespace mdl::tool {

namespace {

auto is_alphanumeric(char c) -> bool { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

auto sanitised(const std::string& name) -> std::string {
    std::string result;
    for (const char c : name) result += is_alphanumeric(c) || c == '_' || c == '.' || c == '/' || c == '-' ? c : '_';
    if (result.empty() || result == "in") result += "_";  // "in" is what flows into a Graph that is a layer
    return result;
}

}  // namespace

auto struct_name(const std::string& file_stem) -> std::string {
    std::string result;
    bool begins_word = true;
    for (const char c : file_stem) {
        if (!is_alphanumeric(c)) {
            begins_word = true;
            continue;
        }
        result += begins_word ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        begins_word = false;
    }
    if (result.empty() || std::isdigit(static_cast<unsigned char>(result[0])) != 0) result = "Net" + result;
    return result;
}

auto is_identifier(const std::string& text) -> bool {
    static const std::set<std::string> taken{"mdl",  "std",  "int",  "float", "class", "struct", "double", "auto",
                                             "char", "bool", "void", "long",  "short", "new",    "this",   "template"};
    if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) != 0 || taken.contains(text)) return false;
    for (const char c : text)
        if (!is_alphanumeric(c) && c != '_') return false;
    return true;
}

auto node_names(const Network& network) -> std::vector<std::string> {
    std::vector<std::string> names(network.layers.size());
    std::set<std::string> used;
    const auto name = [&](int layer) {
        auto& mine = names[static_cast<std::size_t>(layer)];
        if (!mine.empty()) return;
        const std::string wanted = sanitised(network.at(layer).name);
        mine = wanted;
        for (int k = 2; !used.insert(mine).second; ++k) mine = wanted + "_" + std::to_string(k);
    };
    for (const auto& output : network.outputs) name(output.layer);
    for (const auto& input : network.inputs) name(input.layer);
    for (std::size_t i = 0; i < network.layers.size(); ++i) name(static_cast<int>(i));
    return names;
}

auto comment_text(const std::string& name) -> std::string {
    std::string result;
    for (const char c : name) result += std::iscntrl(static_cast<unsigned char>(c)) != 0 || c == '\\' ? '_' : c;
    return result.size() > 100 ? result.substr(0, 97) + "..." : result;
}

}  // namespace mdl::tool
