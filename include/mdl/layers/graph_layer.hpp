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

/// The output names of all Output items, in order.
template <class... Items>
constexpr auto gather_outputs() {
    constexpr auto count = [](auto... sizes) { return (std::size_t{0} + ... + sizes); };
    constexpr std::size_t n = count([] {
        if constexpr (OutputItem<Items>) return Items::names.size();
        else return std::size_t{0};
    }()...);
    std::array<Name, n> all{};
    std::size_t next = 0;
    const auto take = [&]<class Item>(const Item*) {
        if constexpr (OutputItem<Item>)
            for (const Name& name : Item::names) all[next++] = name;
    };
    (take(static_cast<const Items*>(nullptr)), ...);
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
