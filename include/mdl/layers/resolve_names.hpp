// mdl: finds the nodes of a Graph by name and puts them into execution order.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <mdl/base/fixed_string.hpp>
#include <mdl/graph/builder.hpp>

namespace mdl::layers {

/// A node's name, hashed once for each type that mentions it: comparing texts for every edge of a large network would
/// use up the compiler's step limit.
struct Name {
    std::string_view text{};
    std::uint64_t hash = 0;
    std::string_view base{};      ///< the text before a last ":<digits>"
    std::uint64_t base_hash = 0;
    int part = -1;                ///< those digits, or -1

    constexpr Name() noexcept = default;
    constexpr explicit Name(std::string_view name) noexcept : text(name), hash(fnv1a(name)) {
        const std::size_t colon = name.rfind(':');
        if (colon == std::string_view::npos || colon + 1 == name.size()) return;
        int number = 0;
        for (const char c : name.substr(colon + 1)) {
            if (c < '0' || c > '9' || number > 9999) return;
            number = 10 * number + (c - '0');
        }
        base = name.substr(0, colon);
        base_hash = fnv1a(base);
        part = number;
    }
};

/// One node of a Graph as values.
struct Entry {
    Name name{};
    std::span<const Name> sources{};
    graph::AppendFunction append = nullptr;
    int part_count = -1;                            ///< of a Split, else negative
    graph::Description (*part)(int) = nullptr;      ///< of a Split: the slice that makes part k

    // Asked of the count: under -fsanitize=undefined GCC cannot compare the address of a function with null at compile time.
    constexpr auto is_split() const -> bool { return part_count >= 0; }
};

/// Open-addressing table from names to entries, and the marks of the walk. At most half full.
template <std::size_t N>
struct NameTable {
    static constexpr std::size_t size = [] {
        std::size_t power = 4;
        while (power < 2 * N) power *= 2;
        return power;
    }();
    int slots[size]{};          ///< entry + 1, or 0
    int result[N]{};            ///< the tensor that holds an entry's result
    unsigned char state[N]{};   ///< 0 new, 1 on the path, 2 done
    int path[N]{}, next[N]{};   ///< the walk's own stack: recursion would meet the compiler's depth limit

    constexpr auto find(std::span<const Entry> entries, std::string_view text, std::uint64_t hash) const -> int {
        for (std::size_t slot = hash % size;; slot = (slot + 1) % size) {
            const int entry = slots[slot] - 1;
            if (entry < 0) return -1;
            const Name& name = entries[static_cast<std::size_t>(entry)].name;
            if (name.hash == hash && name.text == text) return entry;
        }
    }
    /// False where the name is taken.
    constexpr auto insert(std::span<const Entry> entries, int entry) -> bool {
        const Name& name = entries[static_cast<std::size_t>(entry)].name;
        std::size_t slot = name.hash % size;
        for (; slots[slot] != 0; slot = (slot + 1) % size) {
            const Name& other = entries[static_cast<std::size_t>(slots[slot] - 1)].name;
            if (other.hash == name.hash && other.text == name.text) return false;
        }
        slots[slot] = entry + 1;
        return true;
    }
    /// The entry that `name` means (itself or, for "x:1", the Split x), or -1.
    constexpr auto resolve(std::span<const Entry> entries, const Name& name) const -> int {
        const int exact = find(entries, name.text, name.hash);
        return exact >= 0 || name.part < 0 ? exact : find(entries, name.base, name.base_hash);
    }
};

/// The tensor that `name` means; the entry that makes it is done. A part of a Split is appended where it is read.
template <std::size_t N>
constexpr auto tensor_of(graph::Builder& builder, std::span<const Entry> entries, const NameTable<N>& table, const Name& name,
                         std::span<const int> inputs) -> int {
    const int entry = table.resolve(entries, name);
    if (entry < 0) return inputs.empty() ? -1 : inputs[0];
    const Entry& source = entries[static_cast<std::size_t>(entry)];
    const int tensor = table.result[entry];
    if (!source.is_split()) return tensor;
    if (name.part < 0 || name.part >= source.part_count || name.text == source.name.text) {
        builder.set_name(name.text);
        builder.report(graph::Problem::unknown_part, entry, Shape{name.part}, Shape{source.part_count});
        return tensor;
    }
    return builder.add(source.part(name.part), std::span<const int>(&tensor, 1));
}

/// Appends one entry whose sources are done.
template <std::size_t N>
constexpr void append_entry(graph::Builder& builder, std::span<const Entry> entries, NameTable<N>& table, int number,
                            std::span<const int> inputs) {
    const Entry& entry = entries[static_cast<std::size_t>(number)];
    constexpr std::size_t most_sources = 128;
    int tensors[most_sources]{};
    std::size_t count = 0;
    builder.set_name(entry.name.text);
    if (entry.sources.size() > most_sources) {
        builder.report(graph::Problem::wrong_input_count, number, Shape{static_cast<int>(entry.sources.size())}, Shape{0, most_sources});
        return;
    }
    for (const Name& source : entry.sources) tensors[count++] = tensor_of(builder, entries, table, source, inputs);
    const auto given = entry.sources.empty() ? inputs : std::span<const int>(tensors, count);
    builder.set_name(entry.name.text);
    if (!entry.is_split())
        table.result[number] = entry.append(builder, given);
    else if (given.size() == 1)
        table.result[number] = given[0];
    else
        builder.report(graph::Problem::wrong_input_count, number, Shape{static_cast<int>(given.size())}, Shape{1, 1});
}

/// Appends all entries, each after those it reads, otherwise in the order written; declares the outputs and returns the first.
template <std::size_t N>
constexpr auto flatten_entries(graph::Builder& builder, std::span<const Entry> entries, std::span<const Name> outputs, NameTable<N>& table,
                               std::span<const int> inputs) -> int {
    const int count = static_cast<int>(entries.size());
    const auto fail = [&](graph::Problem problem, int entry, std::string_view name) {
        builder.set_name(name);
        builder.report(problem, entry);
        return 0;
    };
    for (int i = 0; i < count; ++i)
        if (!table.insert(entries, i)) return fail(graph::Problem::duplicate_name, i, entries[static_cast<std::size_t>(i)].name.text);
    for (int start = 0; start < count; ++start) {
        if (table.state[start] != 0) continue;
        int depth = 1;
        table.path[0] = start;
        table.state[start] = 1;
        while (depth > 0) {
            const int top = table.path[depth - 1];
            const Entry& entry = entries[static_cast<std::size_t>(top)];
            if (table.next[top] == static_cast<int>(entry.sources.size())) {
                append_entry(builder, entries, table, top, inputs);
                table.state[top] = 2;
                --depth;
                continue;
            }
            const Name& name = entry.sources[static_cast<std::size_t>(table.next[top]++)];
            const int source = table.resolve(entries, name);
            if (source < 0) {
                if (name.text == "in" && !inputs.empty()) continue;
                return fail(graph::Problem::unknown_node, top, name.text);
            }
            if (table.state[source] == 1) return fail(graph::Problem::cycle, source, entries[static_cast<std::size_t>(source)].name.text);
            if (table.state[source] == 2) continue;
            table.state[source] = 1;
            table.path[depth++] = source;
        }
    }
    if (count == 0) return fail(graph::Problem::no_output, 0, {});
    if (outputs.empty()) {
        builder.set_outputs(std::span<const int>(&table.result[count - 1], 1));
        return table.result[count - 1];
    }
    int tensors[N + 8]{};
    std::size_t found = 0;
    for (const Name& name : outputs) {
        if (table.resolve(entries, name) < 0 || found == N + 8) return fail(graph::Problem::unknown_output, 0, name.text);
        builder.set_name(name.text);
        tensors[found++] = tensor_of(builder, entries, table, name, inputs);
    }
    builder.set_outputs(std::span<const int>(tensors, found));
    return tensors[0];
}

}  // namespace mdl::layers
