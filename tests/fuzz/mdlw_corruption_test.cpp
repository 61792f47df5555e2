// mdl: 2,000 random corruptions of a weights file; each must be refused or harmless. Meant to run under AddressSanitizer.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <span>
#include <vector>

#include <fuzz/read_everything.hpp>
#include <mdl/weights/reader.hpp>
#include <mdl/weights/tensor_source.hpp>
#include <weights/damage.hpp>
#include <weights/sample_file.hpp>

namespace {

using namespace mdl::weights;

/// std::mt19937 gives the same numbers everywhere; the standard distributions do not.
class Dice {
public:
    explicit Dice(std::uint32_t seed) : engine_(seed) {}
    auto below(std::size_t end) -> std::size_t { return end == 0 ? 0 : static_cast<std::size_t>((std::uint64_t{engine_()} << 32 | engine_()) % end); }

private:
    std::mt19937 engine_;
};

/// Numbers at which bounds checks go wrong.
auto awkward_number(Dice& dice, std::size_t file_size) -> std::uint64_t {
    const std::uint64_t size = file_size;
    const std::array<std::uint64_t, 22> numbers{
        0, 1, 2, 7, 63, 64, 65, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
        0x3fffffffffffffff, 0x7fffffffffffffff, 0xffffffffffffffc0, 0xffffffffffffffff, size, size - 64};
    const std::size_t pick = dice.below(numbers.size() + 2);
    if (pick == numbers.size()) return dice.below(file_size + 64);
    if (pick == numbers.size() + 1) return (size & ~std::uint64_t{63}) - 64 * dice.below(8);
    return numbers[pick];
}

/// A field by its offset and its bytes.
struct Field {
    std::size_t at, width;
};

/// Overwrites one field: of the header, of a record of either table, or a word of a section; a quarter of the time in another width.
void edit_field(std::vector<std::byte>& bytes, Dice& dice) {
    static constexpr std::array<Field, 12> header{{{0, 4}, {4, 2}, {6, 2}, {8, 8}, {16, 8}, {24, 4}, {28, 4}, {32, 8}, {40, 8}, {48, 4}, {52, 4}, {56, 8}}};
    static constexpr std::array<Field, 14> tensor{
        {{0, 4}, {4, 2}, {6, 1}, {7, 1}, {8, 4}, {12, 4}, {16, 4}, {20, 4}, {24, 4}, {28, 4}, {32, 8}, {40, 8}, {48, 8}, {56, 8}}};
    static constexpr std::array<Field, 5> section{{{0, 4}, {4, 4}, {8, 8}, {16, 8}, {24, 8}}};
    const std::size_t tensors = sample::shapes.size(), sections = 3;
    const std::size_t section_table = header_size + tensors * tensor_record_size;
    const std::size_t first_payload = static_cast<std::size_t>(damage::get64(sample::bytes(), section_table + section_at::offset));
    Field field{};
    std::size_t record = 0;
    switch (dice.below(4)) {
        case 0: field = header[dice.below(header.size())]; break;
        case 1:
            field = tensor[dice.below(tensor.size())];
            record = header_size + dice.below(tensors) * tensor_record_size;
            break;
        case 2:
            field = section[dice.below(section.size())];
            record = section_table + dice.below(sections) * section_record_size;
            break;
        default: field = {first_payload + 4 * dice.below(128), 4}; break;
    }
    const std::size_t at = record + field.at;
    const std::uint64_t value = awkward_number(dice, bytes.size());
    switch (dice.below(4) == 0 ? std::size_t{1} << dice.below(4) : field.width) {
        case 1: damage::put(std::span(bytes), at, static_cast<std::uint8_t>(value)); break;
        case 2: damage::put(std::span(bytes), at, static_cast<std::uint16_t>(value)); break;
        case 4: damage::put(std::span(bytes), at, static_cast<std::uint32_t>(value)); break;
        default: damage::put(std::span(bytes), at, value); break;
    }
}

/// One random corruption.
void corrupt(std::vector<std::byte>& bytes, Dice& dice) {
    const auto cut = [&] { return static_cast<std::ptrdiff_t>(dice.below(bytes.size())); };
    switch (dice.below(8)) {
        case 0:
        case 1:
            for (std::size_t flips = 1 + dice.below(8); flips > 0; --flips) bytes[dice.below(bytes.size())] ^= std::byte{1} << dice.below(8);
            break;
        case 2: bytes.resize(dice.below(bytes.size())); break;
        case 3:
        case 4:
        case 5:
            for (std::size_t edits = 1 + dice.below(3); edits > 0; --edits) edit_field(bytes, dice);
            break;
        case 6: {  // a block of zeros, as a file system leaves it after a crash
            const std::size_t begin = dice.below(bytes.size());
            std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(begin), std::min<std::size_t>(1 + dice.below(512), bytes.size() - begin), std::byte{0});
            break;
        }
        default: {  // a piece is lost in the middle, or the end comes twice
            if (dice.below(2) == 0) {
                const auto a = cut(), b = cut();
                bytes.erase(bytes.begin() + std::min(a, b), bytes.begin() + std::max(a, b));
            } else {
                const std::vector<std::byte> tail(bytes.begin() + cut(), bytes.end());
                bytes.insert(bytes.end(), tail.begin(), tail.end());
            }
        }
    }
}

/// The file's bytes in a block of exactly their size, `shift` bytes off an 8-byte boundary: a read beyond either end is seen.
class ExactBlock {
public:
    ExactBlock(std::span<const std::byte> bytes, std::size_t shift) : memory_(new std::byte[bytes.size() + shift]), size_(bytes.size()), shift_(shift) {
        if (!bytes.empty()) std::memcpy(memory_.get() + shift, bytes.data(), bytes.size());
    }
    auto bytes() const -> std::span<const std::byte> { return {memory_.get() + shift_, size_}; }

private:
    std::unique_ptr<std::byte[]> memory_;
    std::size_t size_, shift_;
};

/// Does everything that this file gives equal what was written?
auto tells_the_truth(const File& file) -> bool {
    if (file.fingerprint() != sample::fingerprint || file.network_name() != "Sample" || file.tensor_count() != 4) return false;
    FileSource source(file);
    for (int i = 0; i < file.tensor_count(); ++i) {
        const auto t = static_cast<std::size_t>(i);
        if (file.tensor(i).name != sample::names[t]) return false;
        const auto pulled = source.tensor(i, sample::shapes[t]);
        if (!pulled) continue;  // refused by name
        if (std::vector<float>(pulled->begin(), pulled->end()) != sample::values(t)) return false;
    }
    if (const auto labels = file.labels(); labels && (labels->size() != 3 || (*labels)[0] != "zero")) return false;
    if (const auto p = file.preprocessing(); p && *p != sample::preprocessing()) return false;
    if (const auto graph = file.graph(); graph && (graph->node_count() != 3 || graph->node(2).macs != 1000)) return false;
    return true;
}

TEST_CASE("2,000 random corruptions of a weights file are each refused or harmless") {
    const auto good = sample::bytes();
    CHECK(File::open(good).has_value());
    Dice dice(20260);
    int refused = 0, opened = 0, lies = 0;
    for (int round = 0; round < 2000; ++round) {
        auto bytes = good;
        corrupt(bytes, dice);
        const ExactBlock block(bytes, dice.below(9));
        fuzz::read_everything(block.bytes());
        if (const auto file = File::open(block.bytes())) {
            ++opened;
            lies += !tells_the_truth(*file);
        } else {
            ++refused;
            CHECK(file.error().message().size() > 20);
        }
    }
    MESSAGE("refused when opened: ", refused, ", opened: ", opened);
    CHECK(lies == 0);
    CHECK(refused + opened == 2000);
    CHECK(refused > 1000);
    CHECK(opened > 100);  // damage in padding and in payloads: the corruptions reach beyond the header
}

TEST_CASE("2,000 random corruptions with every checksum put right read nothing outside the file") {
    const auto good = sample::bytes();
    Dice dice(20261);
    int opened = 0;
    for (int round = 0; round < 2000; ++round) {
        auto bytes = good;
        corrupt(bytes, dice);
        damage::mend(bytes);
        const ExactBlock block(bytes, dice.below(9));
        fuzz::read_everything(block.bytes());
        opened += File::open(block.bytes()).has_value();
    }
    MESSAGE("opened: ", opened);
    CHECK(opened > 200);  // or the bounds checks were not reached at all
}

}  // namespace
