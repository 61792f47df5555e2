// mdl: names of layers stand in pictures as they are, whatever characters they have.
// SPDX-License-Identifier: MIT
#include <string>

#include <doctest/doctest.h>

#include "picture/text.hpp"

using namespace mdl::tool;

TEST_CASE("markup of XML is escaped and everything else is kept") {
    CHECK(xml_text("conv1") == "conv1");
    CHECK(xml_text("a<b> & \"c\" \\n") == "a&lt;b&gt; &amp; &quot;c&quot; \\n");
    CHECK(xml_text("Größe/畳み込み") == "Größe/畳み込み");
}

TEST_CASE("Graphviz shows escapes and entities of a name as the name has them") {
    CHECK(dot_text("a\"b\\nc") == "a\\\"b\\\\nc");
    CHECK(dot_text("&lt;<{|}>") == "&amp;lt;<{|}>");
    CHECK(dot_text("two\nlines") == "two\\nlines");
}

TEST_CASE("what is no character of UTF-8 or of XML becomes U+FFFD") {
    const std::string lost = "\xef\xbf\xbd";
    CHECK(xml_text("a\x01z") == "a" + lost + "z");
    CHECK(xml_text("\xff") == lost);
    CHECK(xml_text("\xe7\x95") == lost + lost);                       // ends within a character
    CHECK(xml_text("\xc0\xaf") == lost + lost);                       // two bytes for one
    CHECK(xml_text("\xed\xa0\x80") == lost + lost + lost);            // half of a pair
    CHECK(xml_text("\xef\xbf\xbf") == lost);                          // U+FFFF
    CHECK(dot_text("\x80") == lost);
    CHECK(xml_text("\xf0\x9f\x90\x88") == "\xf0\x9f\x90\x88");
}

TEST_CASE("a shortened name keeps its ends, whole characters, and fits") {
    CHECK(shortened("short", 5) == "short");
    CHECK(shortened("features/block1/conv2", 11) == "fe…k1/conv2");
    for (const std::string name : {"features/block1/conv2", "Größe/Überlänge/ß", "畳み込み畳み込み畳み込み", "\xff\xfe\xfd\xfc\xfb\xfa"})
        for (int most = 1; most < 20; ++most) {
            const std::string cut = shortened(name, most);
            CHECK(columns(cut) <= most);
            if (name[0] != '\xff') CHECK(xml_text(cut) == cut);
        }
}
