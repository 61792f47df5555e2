// mdl: tests of reading sections that nobody vouches for.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mdl/weights/section_writer.hpp>
#include <mdl/weights/sections.hpp>
#include <weights/damage.hpp>
#include <weights/sample_file.hpp>

namespace {

using namespace mdl::weights;

auto label_section() -> std::vector<std::byte> {
    const std::vector<std::string> labels{"ab", "c"};
    auto made = labels_bytes(labels);
    return made ? std::move(*made) : std::vector<std::byte>{};
}
auto preprocessing_section() -> std::vector<std::byte> {
    auto made = preprocessing_bytes(sample::preprocessing());
    return made ? std::move(*made) : std::vector<std::byte>{};
}

template <class Unsigned>
auto with(std::vector<std::byte> bytes, std::size_t at, Unsigned value) -> std::vector<std::byte> {
    damage::put(std::span(bytes), at, value);
    return bytes;
}

TEST_CASE("labels whose ends do not rise, leave the text or leave bytes over are refused") {
    const auto good = label_section();
    CHECK(Labels::parse(good).has_value());
    CHECK_FALSE(Labels::parse(with(good, 4, std::uint32_t{4})).has_value());  // first ends behind the second
    CHECK_FALSE(Labels::parse(with(good, 8, std::uint32_t{2})).has_value());  // a byte is left over
    CHECK_FALSE(Labels::parse(with(good, 8, std::uint32_t{0xffffffff})).has_value());
    CHECK_FALSE(Labels::parse(with(good, 0, std::uint32_t{0xffffffff})).has_value());
    CHECK_FALSE(Labels::parse(with(good, 0, std::uint32_t{3})).has_value());
    CHECK_FALSE(Labels::parse(with(good, 12, std::uint8_t{0x1b})).has_value());
    CHECK_FALSE(Labels::parse({}).has_value());
}

TEST_CASE("preprocessing numbers out of range are refused") {
    const auto good = preprocessing_section();
    CHECK(parse_preprocessing(good).has_value());
    constexpr auto infinity = std::uint32_t{0x7f800000}, nan = std::uint32_t{0x7fc00000};
    for (const std::size_t at : {0u, 4u, 8u, 12u, 16u}) CHECK_FALSE(parse_preprocessing(with(good, at, std::uint32_t{0xffffffff})).has_value());
    CHECK_FALSE(parse_preprocessing(with(good, 0, std::uint32_t{16385})).has_value());
    CHECK(parse_preprocessing(with(good, 0, std::uint32_t{16384})).has_value());
    CHECK_FALSE(parse_preprocessing(with(good, 8, std::uint32_t{3})).has_value());
    CHECK_FALSE(parse_preprocessing(with(good, 12, std::uint32_t{5})).has_value());
    CHECK_FALSE(parse_preprocessing(with(good, 20, infinity)).has_value());
    CHECK_FALSE(parse_preprocessing(with(good, 36, nan)).has_value());
    CHECK_FALSE(parse_preprocessing(std::span(good).first(63)).has_value());
    CHECK_FALSE(parse_preprocessing({}).has_value());
}

TEST_CASE("a graph whose rows point outside, forwards or in a circle is refused") {
    const auto good = sample::graph().bytes();
    CHECK(GraphTable::parse(good).has_value());
    const std::size_t last = graph_head_size + 2 * graph_node_size;
    const std::size_t edges = graph_head_size + 3 * graph_node_size;
    for (const std::size_t at : {0u, 4u, 8u}) {
        CHECK_FALSE(GraphTable::parse(with(good, at, std::uint32_t{0xffffffff})).has_value());
        CHECK_FALSE(GraphTable::parse(with(good, at, std::uint32_t{1000})).has_value());
    }
    for (const std::size_t at : {0u, 4u, 8u, 12u, 16u, 20u, 24u, 28u, 32u, 36u, 40u})
        CHECK_FALSE(GraphTable::parse(with(good, last + at, std::uint32_t{0xffffffff})).has_value());
    CHECK_FALSE(GraphTable::parse(with(good, last + 32, std::uint32_t{7})).has_value());
    CHECK_FALSE(GraphTable::parse(with(good, last + 36, std::uint32_t{0})).has_value());
    for (const std::size_t at : {64u, 72u})
        CHECK_FALSE(GraphTable::parse(with(good, last + at, std::numeric_limits<std::uint64_t>::max())).has_value());
    CHECK_FALSE(GraphTable::parse(with(good, edges, std::uint32_t{1})).has_value());       // node 1 reads itself
    CHECK_FALSE(GraphTable::parse(with(good, edges + 4, std::uint32_t{2})).has_value());   // node 2 reads itself
    CHECK_FALSE(GraphTable::parse(with(good, edges + 12, std::uint32_t{3})).has_value());  // output 0 is no node
    auto huge = good;  // sizes that are each in range and whose product is not
    damage::put(std::span(huge), last + 32, std::uint32_t{4});
    for (const std::size_t at : {36u, 40u, 44u, 48u}) damage::put(std::span(huge), last + at, std::uint32_t{0x10000});
    CHECK_FALSE(GraphTable::parse(huge).has_value());
    auto costly = good;  // costs that are each in range and whose sum is not
    for (std::size_t node = 0; node < 3; ++node)
        damage::put(std::span(costly), graph_head_size + node * graph_node_size + 64, std::uint64_t{1} << 61);
    CHECK_FALSE(GraphTable::parse(costly).has_value());
    for (std::size_t size = 0; size < edges + 20; ++size) CHECK_FALSE(GraphTable::parse(std::span(good).first(size)).has_value());
}

TEST_CASE("the section writers refuse what the readers would") {
    const std::vector<std::string> ugly{"a\tb"};
    CHECK_FALSE(labels_bytes(ugly).has_value());
    Preprocessing p;
    p.crop = -1;
    CHECK_FALSE(preprocessing_bytes(p).has_value());
    p = {};
    p.order = mdl::PixelOrder::grey;
    CHECK_FALSE(preprocessing_bytes(p).has_value());
    p = {};
    p.scale_count = 1;
    p.scale[0] = std::numeric_limits<float>::infinity();
    CHECK_FALSE(preprocessing_bytes(p).has_value());
    GraphTableWriter table;
    const std::array itself{0};
    const auto circle = table.add({"a", "Relu", {1, 2}}, itself);
    CHECK_FALSE(circle.has_value());
    CHECK(circle.error().message().find("an input that does not come before it") != std::string_view::npos);
    CHECK_FALSE(table.add({"a", "Relu", {1, 0}}, {}).has_value());
    CHECK_FALSE(table.add({"a", "Relu", {1 << 20, 1 << 20, 1 << 20}}, {}).has_value());
    CHECK_FALSE(table.add({"a", "Relu", {1, 1}, std::numeric_limits<std::int64_t>::max()}, {}).has_value());
    CHECK_FALSE(table.add({"a", "Relu", {1, 1}, 0, -1}, {}).has_value());
    CHECK_FALSE(table.add({"a", "Relu", {1, 1}, 0, 0, std::numeric_limits<int>::max(), 1}, {}).has_value());
    CHECK_FALSE(table.add({"a\n", "Relu", {1, 1}}, {}).has_value());
    CHECK_FALSE(table.add_output(0).has_value());
}

}  // namespace
