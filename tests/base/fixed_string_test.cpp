// mdl: tests of FixedString and FNV-1a.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string_view>
#include <type_traits>

#include <mdl/base/fixed_string.hpp>

namespace {

template <mdl::FixedString Name>
struct Tagged {
    static constexpr std::string_view name = Name.view();
};

TEST_CASE("a literal becomes a template argument and keeps its text") {
    static_assert(Tagged<"conv1">::name == "conv1");
    static_assert(Tagged<"">::name.empty());
    CHECK(Tagged<"conv1">::name == "conv1");
}

TEST_CASE("equal texts are one type and different texts are two") {
    static_assert(std::is_same_v<Tagged<"a">, Tagged<"a">>);
    static_assert(!std::is_same_v<Tagged<"a">, Tagged<"b">>);
    static_assert(!std::is_same_v<Tagged<"a">, Tagged<"aa">>);
    CHECK(std::is_same_v<Tagged<"a">, Tagged<"a">>);
}

// Vectors of draft-eastlake-fnv-17, appendix C.
TEST_CASE("fnv1a gives the values of its specification") {
    static_assert(mdl::fnv1a("") == 0xcbf29ce484222325u);
    CHECK(mdl::fnv1a("") == 0xcbf29ce484222325u);
    CHECK(mdl::fnv1a("a") == 0xaf63dc4c8601ec8cu);
    CHECK(mdl::fnv1a("foobar") == 0x85944171f73967e8u);
}

TEST_CASE("fnv1a of a whole is that of its end continued from its beginning") {
    CHECK(mdl::fnv1a("bar", mdl::fnv1a("foo")) == mdl::fnv1a("foobar"));
}

}  // namespace
