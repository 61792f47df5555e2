// mdl: Graph<Node<...>..., Output<...>>, the way to write what is not series-parallel.
// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <span>
#include <string_view>

#include <mdl/base/fixed_string.hpp>
#include <mdl/graph/builder.hpp>
#include <mdl/layers/resolve_names.hpp>
#include <mdl/layers/split.hpp>

namespace mdl {

/// The tensors that a node reads, by the names of the nodes that make them. `"name:1"` is part 1 of a Split. Inside a
/// Graph that is itself a layer, `"in"` is what flows in.
template <FixedString... Names>
struct From {
    static constexpr std::array<layers::Name, sizeof...(Names)> names{layers::Name(Names.view())...};
};

/// One node of a Graph: any layer, under a name that is unique in its Graph.
template <FixedString NodeName, class NodeLayer, class Sources = From<>>
struct Node {
    static constexpr auto text = NodeName;
    static constexpr auto entry() -> layers::Entry {
        layers::Entry result;
        result.name = layers::Name(text.view());
        result.sources = Sources::names;
        if constexpr (layers::SplitLayer<NodeLayer>) {
            result.part_count = NodeLayer::part_count;
            result.part = &NodeLayer::part;
        } else {
            result.append = &graph::append<NodeLayer>;
        }
        return result;
    }
};

/// What a Graph gives, by the names of the nodes that make it; several are several outputs, in this order.
template <FixedString... Names>
struct Output {
    static constexpr std::array<layers::Name, sizeof...(Names)> names{layers::Name(Names.view())...};
};

namespace layers {

template <class Item>
concept OutputItem = requires { Item::names; } && !requires { Item::entry(); };

template <class Item>
constexpr auto output_name_count() -> std::size_t {
    if constexpr (OutputItem<Item>)
        return Item::names.size();
    else
        return 0;
}

template <class Item>
constexpr void take_output_names(Name* names, std::size_t& next) {
    if constexpr (OutputItem<Item>)
        for (const Name& name : Item::names) names[next++] = name;
}

/// The output names of all Output items, in order. Through arrays: Clang 14 refuses fold expressions above 256 items.
template <class... Items>
constexpr auto gather_outputs() {
    using TakeFunction = void (*)(Name*, std::size_t&);
    constexpr std::array<std::size_t, sizeof...(Items)> counts{output_name_count<Items>()...};
    constexpr std::array<TakeFunction, sizeof...(Items)> take{&take_output_names<Items>...};
    constexpr std::size_t n = [&] {
        std::size_t sum = 0;
        for (const std::size_t count : counts) sum += count;
        return sum;
    }();
    std::array<Name, n> all{};
    std::size_t next = 0;
    for (const TakeFunction f : take) f(all.data(), next);
    return all;
}

template <class Item>
constexpr void take_entry(Entry* entries, std::size_t& next) {
    if constexpr (!OutputItem<Item>) entries[next++] = Item::entry();
}

}  // namespace layers

/// A network, or a layer, as a graph of named nodes in any order. Without an Output item the last node is the output.
template <class... Items>
struct Graph {
    static constexpr auto output_names = layers::gather_outputs<Items...>();
    static constexpr auto flatten(graph::Builder& builder, std::span<const int> inputs) -> int {
        using TakeFunction = void (*)(layers::Entry*, std::size_t&);
        constexpr TakeFunction take[] = {&layers::take_entry<Items>...};
        layers::Entry entries[sizeof...(Items)];
        std::size_t count = 0;
        for (const TakeFunction f : take) f(entries, count);
        layers::NameTable<sizeof...(Items)> table;
        return layers::flatten_entries(builder, std::span<const layers::Entry>(entries, count), output_names, table, inputs);
    }
};

}  // namespace mdl
