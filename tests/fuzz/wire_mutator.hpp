// mdl: changes single fields of a protobuf message of any type, told by its wire format alone: few of a fuzzer's changes of bytes leave a message.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fuzz {

class WireMutator {
public:
    /// `words`: texts that are tried where the message has one.
    WireMutator(unsigned seed, const std::vector<std::string>& words) : random_(seed), words_(words) {}

    /// The message with one field changed, added, repeated, moved, removed or put in another's place; nothing where it is no message.
    auto changed(std::string_view message) -> std::optional<std::string> {
        auto root = parsed(message, 0);
        if (!root || root->empty()) return std::nullopt;
        std::vector<Fields*> lists;
        collect(*root, lists);
        change(*lists[below(lists.size())], lists);
        return written(*root);
    }

private:
    enum : unsigned { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };
    struct Field;
    using Fields = std::vector<Field>;
    struct Field {
        std::uint64_t number = 0;
        unsigned type = varint;
        std::uint64_t value = 0;  ///< of a number
        std::string text{};       ///< of bytes that are no message
        Fields fields{};          ///< of bytes that are one
    };

    auto below(std::size_t end) -> std::size_t { return random_() % end; }

    static auto take_number(std::string_view& from) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        for (unsigned k = 0; k < 10 && k < from.size(); ++k) {
            const auto byte = static_cast<unsigned char>(from[k]);
            value |= std::uint64_t{byte & 127U} << 7 * k;
            if (byte < 128) return from.remove_prefix(k + 1), value;
        }
        return std::nullopt;
    }

    /// Bytes that can be a message are one, unless they can be read.
    static auto parsed(std::string_view from, int depth) -> std::optional<Fields> {
        Fields fields;
        while (!from.empty()) {
            const auto tag = take_number(from);
            if (!tag || *tag >> 3 == 0 || *tag >> 32 != 0) return std::nullopt;
            Field field{*tag >> 3, static_cast<unsigned>(*tag & 7)};
            const std::size_t width = field.type == fixed32 ? 4 : field.type == fixed64 ? 8 : 0;
            if (width > 0) {
                if (from.size() < width) return std::nullopt;
                for (std::size_t k = 0; k < width; ++k) field.value |= std::uint64_t{static_cast<unsigned char>(from[k])} << 8 * k;
                from.remove_prefix(width);
            } else if (field.type == varint || field.type == bytes) {
                const auto number = take_number(from);
                if (!number) return std::nullopt;
                field.value = *number;
            } else {
                return std::nullopt;
            }
            if (field.type == bytes) {
                if (field.value > from.size()) return std::nullopt;
                const std::string_view inside = from.substr(0, static_cast<std::size_t>(field.value));
                from.remove_prefix(inside.size());
                const auto readable = [](char c) { return c >= ' ' && c <= '~'; };
                auto message = depth < 20 && !std::all_of(inside.begin(), inside.end(), readable) ? parsed(inside, depth + 1) : std::nullopt;
                if (message) field.fields = std::move(*message);
                else field.text = inside;
            }
            fields.push_back(std::move(field));
        }
        return fields;
    }

    static void put_number(std::string& to, std::uint64_t value) {
        for (; value >= 128; value >>= 7) to.push_back(static_cast<char>(value | 128));
        to.push_back(static_cast<char>(value));
    }

    static auto written(const Fields& fields) -> std::string {
        std::string to;
        for (const Field& field : fields) {
            put_number(to, field.number << 3 | field.type);
            if (field.type == varint) put_number(to, field.value);
            for (unsigned k = 0; k < (field.type == fixed32 ? 4U : field.type == fixed64 ? 8U : 0U); ++k) to.push_back(static_cast<char>(field.value >> 8 * k));
            if (field.type != bytes) continue;
            const std::string inside = field.fields.empty() ? field.text : written(field.fields);
            put_number(to, inside.size());
            to += inside;
        }
        return to;
    }

    static void collect(Fields& fields, std::vector<Fields*>& lists) {
        lists.push_back(&fields);
        for (Field& field : fields)
            if (!field.fields.empty()) collect(field.fields, lists);
    }

    void change(Fields& list, const std::vector<Fields*>& lists) {
        const std::size_t at = below(list.size());
        const auto place = list.begin() + static_cast<std::ptrdiff_t>(at);
        switch (below(10)) {
            case 0: list.insert(place, Field(list[at])); return;
            case 1: list.erase(place); return;
            case 2: std::swap(list[at], list[below(list.size())]); return;
            case 3: list.push_back({1 + below(25), varint, number()}); return;
            case 4:  // from elsewhere in the message
                list[at] = Field(some_like(list[at], lists));
                return;
            case 5: list.insert(place, Field(some_like(list[at], lists))); return;
            default: set(list[at]);
        }
    }

    /// A field of the same number and type as `field`, or `field` itself.
    auto some_like(const Field& field, const std::vector<Fields*>& lists) -> const Field& {
        std::vector<const Field*> found{&field};
        for (const Fields* const list : lists)
            for (const Field& other : *list)
                if (other.number == field.number && other.type == field.type) found.push_back(&other);
        return *found[below(found.size())];
    }

    void set(Field& field) {
        if (field.type == varint) field.value = number();
        else if (field.type != bytes) field.value = below(4) == 0 ? number() : below(2) == 0 ? 0x3f800000 : 0x40000000;  // 1 and 2 in float32
        else if (!field.fields.empty()) set(field.fields[below(field.fields.size())]);
        else if (!field.text.empty() && below(4) == 0) field.text[below(field.text.size())] = static_cast<char>(random_());
        else field.text = words_[below(words_.size())];
    }

    /// Mostly small, sometimes one at which sizes overflow.
    auto number() -> std::uint64_t {
        constexpr std::uint64_t awkward[] = {16,          255,           256,           0xffff,          0x100000,      0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000,
                                             0x100000000, 1ULL << 62, ~0ULL >> 1, 1ULL << 63, ~0ULL - 0x7fffffff};
        if (below(4) == 0) return awkward[below(std::size(awkward))];
        return std::uint64_t{below(12)} - 3;
    }

    std::mt19937 random_;
    const std::vector<std::string>& words_;
};

}  // namespace fuzz
