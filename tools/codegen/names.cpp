// mdl: making of names.
// SPDX-License-Identifier: MIT
#include "codegen/names.hpp"

#include <algorithm>
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

auto type_name_problem(const std::string& text) -> std::string {
    static const std::set<std::string> words{
        "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch",
        "char", "char16_t", "char32_t", "char8_t", "class", "co_await", "co_return", "co_yield", "compl", "concept",
        "const", "const_cast", "consteval", "constexpr", "constinit", "continue", "decltype", "default", "delete", "do",
        "double", "dynamic_cast", "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend",
        "goto", "if", "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr",
        "operator", "or", "or_eq", "private", "protected", "public", "register", "reinterpret_cast", "requires",
        "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast", "struct", "switch", "template",
        "this", "thread_local", "throw", "true", "try", "typedef", "typeid", "typename", "union", "unsigned", "using",
        "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq"};
    static const std::set<std::string> others{"main", "mdl", "mdl_driver", "std", "xsimd", "Eigen"};
    const auto is_part = [](char c) { return is_alphanumeric(c) || c == '_'; };
    if (text.empty()) return "is empty; give it a letter at least";
    if (!std::all_of(text.begin(), text.end(), is_part)) return "has other characters than letters, digits and _; leave them out";
    if (std::isdigit(static_cast<unsigned char>(text[0])) != 0) return "begins with a digit; begin with a letter";
    if (words.contains(text)) return "is a word of C++; choose another, or begin it with a capital";
    if (others.contains(text)) return "has another meaning in every program that uses it; choose another";
    const bool capital = text.size() > 1 && std::isupper(static_cast<unsigned char>(text[1])) != 0;
    const bool reserved = text.find("__") != std::string::npos || (text[0] == '_' && capital);
    return reserved ? "is of a form that C++ keeps for compilers; leave out underscores" : "";
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
