// mdl: what the tool's SVG pictures have in common: their frame and their colours.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace mdl::tool {

/// Fills on which black text can be read, and that differ for eyes which see few colours.  Source: Paul Tol, "Colour Schemes", light.
inline constexpr const char* colours[] = {"#77aadd", "#ee8866", "#44bb99", "#eedd88", "#99ddff", "#ffaabb", "#bbcc33", "#dddddd", "#aaaa00"};

/// Begin of a picture with a background of its own that follows the viewer's choice of light or dark. Text is `text`-coloured by default,
/// "muted" and "line" are classes. `font`: CSS; `style`: more rules.
auto svg_begin(int width, int height, const char* font, const char* style = "") -> std::string;

}  // namespace mdl::tool
