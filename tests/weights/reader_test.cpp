// mdl: tests of opening a weights file.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mdl/weights/reader.hpp>
#include <weights/damage.hpp>
#include <weights/sample_file.hpp>

namespace {

using namespace mdl::weights;
using mdl::Errc;

/// What opening these bytes says: ok, or the error's code and text.
struct Answer {
    Errc code = Errc::ok;
    std::string text;
};
auto answer(const std::vector<std::byte>& bytes) -> Answer {
    const auto file = File::open(bytes);
    return file ? Answer{} : Answer{file.error().code(), std::string(file.error().message())};
}
auto says(const std::vector<std::byte>& bytes, Errc code, std::string_view words) -> bool {
    const Answer given = answer(bytes);
    return given.code == code && given.text.find(words) != std::string::npos;
}

TEST_CASE("what the writer wrote is what the reader finds") {
    const auto bytes = sample::bytes();
    const auto file = File::open(bytes);
    CHECK(file.has_value());
    if (!file) return;
    CHECK(file->fingerprint() == sample::fingerprint);
    CHECK(file->network_name() == "Sample");
    CHECK(file->tensor_count() == 4);
    for (int i = 0; i < file->tensor_count(); ++i) {
        const auto t = static_cast<std::size_t>(i);
        const TensorInfo info = file->tensor(i);
        CHECK(info.name == sample::names[t]);
        CHECK(info.shape == sample::shapes[t]);
        CHECK(info.element == StoredElement::f32);
        CHECK(info.encoding == "raw");
        CHECK(info.bytes.size() == static_cast<std::size_t>(sample::shapes[t].count()) * 4);
        CHECK(static_cast<std::size_t>(info.bytes.data() - bytes.data()) % 64 == 0);
        CHECK(checksum(info.bytes) == info.checksum);
        CHECK(file->find(sample::names[t]) == i);
    }
    CHECK(file->find("conv1") == -1);
    CHECK(file->section_count() == 3);
    CHECK(file->section(file->find_section(section_labels)).kind == "LABL");
    CHECK(file->find_section("CODE") == -1);
}

TEST_CASE("the sections come back as they were given") {
    const auto bytes = sample::bytes();
    const auto file = File::open(bytes);
    if (!file) return;
    const auto labels = file->labels();
    const auto preprocessing = file->preprocessing();
    const auto graph = file->graph();
    CHECK((labels && preprocessing && graph));
    if (!labels || !preprocessing || !graph) return;
    CHECK(labels->size() == 3);
    CHECK((*labels)[0] == "zero");
    CHECK((*labels)[1].empty());
    CHECK((*labels)[2] == "zw\xc3\xb6lf");
    CHECK(*preprocessing == sample::preprocessing());
    CHECK(graph->node_count() == 3);
    const NodeInfo conv = graph->node(1);
    CHECK(conv.name == "conv1");
    CHECK(conv.operation == "Conv 3x3");
    CHECK(conv.shape == mdl::Shape{1, 4, 5, 5});
    CHECK(conv.macs == 900);
    CHECK(conv.parameters == 40);
    CHECK(conv.first_weight == 0);
    CHECK(conv.weight_count == 2);
    CHECK(graph->input_count(0) == 0);
    CHECK(graph->input_count(2) == 2);
    CHECK(graph->input(2, 0) == 1);
    CHECK(graph->input(2, 1) == 0);
    CHECK(graph->output_count() == 2);
    CHECK(graph->output(0) == 2);
    CHECK(graph->output(1) == 1);
}

TEST_CASE("a file without sections has no labels, no preprocessing and no graph, and that is no error") {
    const auto made = Writer(1, "").bytes();
    if (!made) return;
    const auto file = File::open(*made);
    CHECK(file.has_value());
    if (!file) return;
    CHECK(made->size() == 64);
    CHECK(file->tensor_count() == 0);
    CHECK(file->find("") == -1);
    CHECK(file->labels()->size() == 0);
    CHECK(file->preprocessing()->is_empty());
    CHECK(file->graph()->node_count() == 0);
}

TEST_CASE("what is no weights file is refused as such") {
    CHECK(says({}, Errc::not_a_weights_file, "mdl convert"));
    CHECK(says(std::vector<std::byte>(3), Errc::not_a_weights_file, "not an .mdlw"));
    CHECK(says(std::vector<std::byte>(1000), Errc::not_a_weights_file, "not an .mdlw"));
}

TEST_CASE("every cut is noticed") {
    const auto whole = sample::bytes();
    int opened = 0;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const std::vector<std::byte> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        opened += answer(part).code != (size < 4 ? Errc::not_a_weights_file : Errc::truncated);
    }
    CHECK(opened == 0);
}

TEST_CASE("bytes after the end are refused") {
    auto bytes = sample::bytes();
    bytes.push_back(std::byte{0});
    CHECK(says(bytes, Errc::corrupt, "bytes follow its end"));
}

TEST_CASE("a file of another version names both versions") {
    CHECK(says(damage::edited(sample::bytes(), header_at::version, std::uint16_t{2}), Errc::unsupported_version, "version 2, this program reads version 1"));
    CHECK(says(damage::edited(sample::bytes(), header_at::required_features, std::uint32_t{1}), Errc::unsupported_version, "update mdl"));
}

TEST_CASE("every flipped bit of the header and the directory is refused") {
    auto bytes = sample::bytes();
    const std::size_t end = header_size + static_cast<std::size_t>(damage::get64(bytes, header_at::directory_size));
    int opened = 0;
    for (std::size_t bit = 0; bit < end * 8; ++bit) {
        bytes[bit / 8] ^= std::byte{1} << (bit % 8);
        opened += answer(bytes).code == Errc::ok;
        bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    }
    CHECK(opened == 0);
}

TEST_CASE("a file that was damaged on purpose, checksums put right, is refused by its bounds") {
    const auto good = sample::bytes();
    const std::size_t tensor = damage::tensor_table(), section = damage::section_table(good);
    constexpr auto huge = std::numeric_limits<std::uint64_t>::max();
    const auto corrupt = [&](std::size_t at, auto value, std::string_view words) {
        return says(damage::edited(good, at, value), Errc::corrupt, words);
    };
    CHECK(corrupt(header_at::header_size, std::uint16_t{128}, "another size"));
    CHECK(corrupt(header_at::file_size, std::uint64_t{good.size() - 1}, "bytes follow"));
    CHECK(says(damage::edited(good, header_at::file_size, huge), Errc::truncated, "18446744073709551615"));
    CHECK(corrupt(header_at::tensor_count, std::uint32_t{0xffffffff}, "tables are larger"));
    CHECK(corrupt(header_at::section_count, std::uint32_t{0xffffffff}, "tables are larger"));
    CHECK(corrupt(header_at::directory_size, huge, "tables are larger"));
    CHECK(corrupt(header_at::directory_size, huge - 63, "tables are larger"));
    CHECK(corrupt(header_at::directory_size, std::uint64_t{100}, "tables are larger"));
    CHECK(corrupt(header_at::network_name_size, std::uint32_t{100000}, "names are broken"));
    CHECK(corrupt(tensor + tensor_at::name_offset, std::uint32_t{0xfffffff0}, "name lies outside"));
    CHECK(corrupt(tensor + tensor_at::name_size, std::uint16_t{0xffff}, "name lies outside"));
    CHECK(corrupt(tensor + tensor_at::rank, std::uint8_t{7}, "rank"));
    CHECK(corrupt(tensor + tensor_at::rank, std::uint8_t{3}, "more sizes than axes"));
    CHECK(corrupt(tensor + tensor_at::dims, std::uint32_t{0}, "size is out of range"));
    CHECK(corrupt(tensor + tensor_at::dims, std::uint32_t{0x80000000}, "size is out of range"));
    CHECK(corrupt(tensor + tensor_at::encoding, std::uint64_t{0}, "encoding is broken"));
    CHECK(corrupt(tensor + tensor_at::encoding, std::uint64_t{0x61006177}, "encoding is broken"));
    CHECK(corrupt(tensor + tensor_at::encoding, std::uint64_t{0x1b}, "encoding is broken"));
    CHECK(corrupt(tensor + tensor_at::offset, std::uint64_t{0}, "tensor lies outside"));
    CHECK(corrupt(tensor + tensor_at::offset, damage::get64(good, tensor + tensor_at::offset) + 4, "tensor lies outside"));
    CHECK(corrupt(tensor + tensor_at::offset, huge - 63, "tensor lies outside"));
    CHECK(corrupt(tensor + tensor_at::size, huge, "tensor lies outside"));
    CHECK(corrupt(tensor + tensor_at::size, huge - 127, "tensor lies outside"));
    CHECK(corrupt(section + section_at::offset, huge - 63, "section lies outside"));
    CHECK(corrupt(section + section_at::size, huge, "section lies outside"));
    CHECK(corrupt(section + section_at::flags, std::uint32_t{2}, "flags"));
    CHECK(corrupt(section + section_at::kind, std::uint32_t{0x0a0a0a0a}, "kind"));
}

TEST_CASE("sizes whose product overflows 64 bits are refused") {
    auto bytes = sample::bytes();
    for (std::size_t axis = 0; axis < 4; ++axis)
        damage::put(std::span(bytes), damage::tensor_table() + tensor_at::dims + 4 * axis, std::uint32_t{0x10000});
    damage::mend(bytes);
    CHECK(says(bytes, Errc::corrupt, "size is out of range"));
}

TEST_CASE("an unknown section is skipped unless it says that it is required, and then it is refused by name") {
    for (const bool required : {false, true}) {
        auto out = sample::writer();
        if (!out.add_section("CRYP", required, std::vector<std::byte>(5))) return;
        const auto bytes = out.bytes();
        if (!bytes) return;
        if (required)
            CHECK(says(*bytes, Errc::unsupported_version, "section CRYP"));
        else
            CHECK(answer(*bytes).code == Errc::ok);
    }
}

TEST_CASE("a damaged section is refused when it is read and the rest stays usable") {
    auto bytes = sample::bytes();
    const auto file = File::open(bytes);
    if (!file) return;
    const auto labels = file->section(file->find_section(section_labels)).bytes;
    bytes[static_cast<std::size_t>(labels.data() - bytes.data())] ^= std::byte{1};
    const auto read = file->labels();
    CHECK_FALSE(read.has_value());
    if (read) return;
    CHECK(read.error().code() == Errc::corrupt);
    CHECK(read.error().message().find("LABL") != std::string_view::npos);
    CHECK(file->graph().has_value());
}

}  // namespace
