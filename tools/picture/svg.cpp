// mdl: begin of an SVG.
// SPDX-License-Identifier: MIT
#include "picture/svg.hpp"

#include "failure.hpp"

namespace mdl::tool {

auto svg_begin(int width, int height, const char* font, const char* style) -> std::string {
    return text("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", width, "\" height=\"", height, "\" viewBox=\"0 0 ", width, ' ', height, "\">\n<style>\n",
                "svg{font:", font, "}text{fill:#222}.muted{fill:#666}.line{stroke:#ccc}.paper{fill:#fff}", style,
                "\n@media (prefers-color-scheme:dark){text{fill:#ddd}.muted{fill:#aaa}.line{stroke:#444}.paper{fill:#1c1c20}}\n</style>\n",
                "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n");
}

}  // namespace mdl::tool
