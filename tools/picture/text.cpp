// mdl: escaping and shortening of UTF-8.
// SPDX-License-Identifier: MIT
#include "picture/text.hpp"

#include <cstddef>
#include <cstdint>

namespace mdl::tool {

namespace {

constexpr char32_t replacement = 0xfffd;

struct Character {
    std::string_view bytes{};
    char32_t code = replacement;  ///< also of what is no UTF-8
};

/// Takes the first character off the text.  Source: RFC 3629, section 3.
auto take_character(std::string_view& text) -> Character {
    const auto byte = [&](std::size_t i) -> char32_t { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
    const char32_t first = byte(0);
    const std::size_t size = first < 0x80 ? 1 : first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
    char32_t code = size == 1 ? first : first & (0x7fu >> size);
    bool sound = size > 0;
    for (std::size_t i = 1; i < size; ++i) {
        sound &= (byte(i) & 0xc0u) == 0x80u;
        code = code << 6 | (byte(i) & 0x3fu);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    sound = sound && code >= least[size] && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    const Character result{text.substr(0, sound ? size : 1), sound ? code : replacement};
    text.remove_prefix(result.bytes.size());
    return result;
}

/// Control characters but tab and line feed, and the two that are none.
auto is_missing_in_xml(char32_t code) -> bool { return (code < 0x20 && code != '\t' && code != '\n') || code == 0xfffe || code == 0xffff; }

auto width_of(char32_t code) -> int {
    const bool wide = (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) || (code >= 0xac00 && code <= 0xd7a3) ||
                      (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) || code >= 0x1f300;
    return wide ? 2 : 1;
}

/// The text with what is no character replaced, and characters of `escaped` by what stands for them.
template <class Escape>
auto escaped_text(std::string_view text, Escape escape) -> std::string {
    std::string result;
    while (!text.empty()) {
        const Character character = take_character(text);
        const std::string_view instead = character.code < 0x80 ? escape(static_cast<char>(character.code)) : std::string_view();
        if (!instead.empty()) result += instead;
        else if (character.code == replacement || is_missing_in_xml(character.code)) result += "\xef\xbf\xbd";
        else result += character.bytes;
    }
    return result;
}

}  // namespace

auto xml_text(std::string_view text) -> std::string {
    return escaped_text(text, [](char c) -> std::string_view {
        return c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : "";
    });
}

auto dot_text(std::string_view text) -> std::string {
    return escaped_text(text, [](char c) -> std::string_view {
        return c == '&' ? "&amp;" : c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : "";
    });
}

auto columns(std::string_view text) -> int {
    int sum = 0;
    while (!text.empty()) sum += width_of(take_character(text).code);
    return sum;
}

auto shortened(std::string_view text, int most) -> std::string {
    int left = columns(text);
    if (left <= most) return std::string(text);
    std::string_view rest = text;
    std::string begin;
    // A quarter for the beginning; then characters are dropped until the end fits.
    for (int room = (most - 1) / 4, used = 0;;) {
        std::string_view after = rest;
        const Character character = take_character(after);
        used += width_of(character.code);
        if (used > room) break;
        begin += character.bytes;
        rest = after;
    }
    const int room = most - 1 - columns(begin);
    for (left = columns(rest); left > room;) left -= width_of(take_character(rest).code);
    return begin + "\xe2\x80\xa6" + std::string(rest);
}

}  // namespace mdl::tool
