// mdl: names of layers as text in pictures.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace mdl::tool {

/// For XML: markup escaped; U+FFFD for bytes that are no UTF-8 and for characters that XML does not have.
auto xml_text(std::string_view text) -> std::string;

/// For Graphviz, quotes around it: text as it stands, in which neither escapes nor entities mean anything; "\n" begins a line.
auto dot_text(std::string_view text) -> std::string;

/// At most `most` columns of a monospaced font, with an ellipsis for what is left out in the middle: the ends of names tell them apart.
auto shortened(std::string_view text, int most) -> std::string;

/// Columns that a text takes; wide characters (Chinese, Japanese, Korean, pictures) take two.
auto columns(std::string_view text) -> int;

}  // namespace mdl::tool
