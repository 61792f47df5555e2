// mdl: tests of shapes, fingerprints and names in messages.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>

#include <mdl/weights/wording.hpp>

namespace {

using namespace mdl::weights;

TEST_CASE("a shape reads as sizes with x between") {
    static_assert(ShapeText({16, 3, 5, 5}).view() == "16x3x5x5");
    CHECK(ShapeText({7}).view() == "7");
    CHECK(ShapeText({}).view() == "scalar");
    CHECK(ShapeText({2147483647, 2147483647, 2147483647, 2147483647, 2147483647, 2147483647}).view().size() == 65);
}

TEST_CASE("a fingerprint reads as 16 digits") {
    static_assert(HexText(0x0123456789abcdefu).view() == "0123456789abcdef");
    CHECK(HexText(0).view() == "0000000000000000");
    CHECK(HexText(~std::uint64_t{0}).view() == "ffffffffffffffff");
}

TEST_CASE("a long name keeps its end and no half characters") {
    CHECK(short_name("conv") == "conv");
    CHECK(short_name("block/1/conv", 4) == "conv");
    CHECK(short_name("x\xc3\xa9t", 2) == "t");
    CHECK(short_name("x\xc3\xa9t", 3) == "\xc3\xa9t");
}

}  // namespace
