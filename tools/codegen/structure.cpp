// mdl: series-parallel decomposition by dominators.
// SPDX-License-Identifier: MIT
#include "codegen/structure.hpp"

#include <algorithm>
#include <optional>

#include "codegen/layer_text.hpp"

namespace mdl::tool {

namespace {

/// Walks back from the output. A layer with several inputs joins branches that left each other at its nearest common
/// dominator; where a branch meets a layer that another one has already taken, the region is no series-parallel one and
/// becomes a graph. Each layer is taken once, so that the walk stays near linear.
class Decomposer {
public:
    explicit Decomposer(const Network& network) : network_(network), taken_(network.layers.size(), false) {
        const int count = static_cast<int>(network.layers.size());
        dominator_.resize(network.layers.size(), 0);
        depth_.resize(network.layers.size(), 0);
        for (int i = 1; i < count; ++i) {
            const auto& inputs = network.at(i).inputs;
            int common = inputs[0];
            for (const int input : inputs) common = common_dominator(common, input);
            dominator_[index(i)] = common;
            depth_[index(i)] = depth_[index(common)] + 1;
        }
    }

    /// The layers after `from` up to and including `to`; nothing where one of them is taken already.
    auto chain(int from, int to) -> std::optional<Chain> {
        Chain items;
        for (int layer = to; layer != from;) {
            if (taken_[index(layer)]) return std::nullopt;
            taken_[index(layer)] = true;
            const auto& inputs = network_.at(layer).inputs;
            Item item;
            item.layer = layer;
            if (inputs.size() > 1 && !join(item)) return std::nullopt;
            layer = dominator_[index(layer)];
            items.push_back(std::move(item));
        }
        std::reverse(items.begin(), items.end());
        return items;
    }

private:
    static auto index(int layer) -> std::size_t { return static_cast<std::size_t>(layer); }

    auto common_dominator(int a, int b) const -> int {
        while (a != b) {
            if (depth_[index(a)] < depth_[index(b)]) std::swap(a, b);
            a = dominator_[index(a)];
        }
        return a;
    }

    /// Fills in a join's branches, or makes it a graph; false where another branch has taken a part of it. An operator of several inputs
    /// that is no template of its branches stands in a graph.
    auto join(Item& item) -> bool {
        const int entry = dominator_[index(item.layer)];
        if (!is_join(network_.at(item.layer).operation)) return graph(item, entry);
        const auto taken_before = taken_;
        item.kind = Item::Kind::join;
        for (const int input : network_.at(item.layer).inputs) {
            auto branch = chain(entry, input);
            if (!branch) {
                taken_ = taken_before;
                return graph(item, entry);
            }
            item.branches.push_back(std::move(*branch));
        }
        const auto& operation = network_.at(item.layer).operation;
        const bool commutes =
            operation.op == Op::binary && (operation.binary == Binary::add || operation.binary == Binary::multiply);
        if (commutes && item.branches.size() == 2 && item.branches[1].empty()) std::swap(item.branches[0], item.branches[1]);
        return true;
    }

    auto graph(Item& item, int entry) -> bool {
        item.kind = Item::Kind::graph;
        item.branches.clear();
        item.entry = entry;
        std::vector<bool> needed(network_.layers.size(), false);
        needed[index(item.layer)] = true;
        for (int layer = item.layer; layer > entry; --layer) {
            if (!needed[index(layer)]) continue;
            if (layer != item.layer && taken_[index(layer)]) return false;
            taken_[index(layer)] = true;
            item.nodes.push_back(layer);
            for (const int input : network_.at(layer).inputs) needed[index(input)] = true;
        }
        std::reverse(item.nodes.begin(), item.nodes.end());
        return true;
    }

    const Network& network_;
    std::vector<bool> taken_;
    std::vector<int> dominator_{}, depth_{};
};

void append_order(const Chain& chain, std::vector<int>& order) {
    for (const Item& item : chain) {
        for (const Chain& branch : item.branches) append_order(branch, order);
        if (item.kind == Item::Kind::graph) order.insert(order.end(), item.nodes.begin(), item.nodes.end());
        else order.push_back(item.layer);
    }
}

void renumber(Chain& chain, const std::vector<int>& number) {
    const auto change = [&](int& layer) {
        if (layer >= 0) layer = number[static_cast<std::size_t>(layer)];
    };
    for (Item& item : chain) {
        change(item.layer);
        change(item.entry);
        for (int& node : item.nodes) change(node);
        for (Chain& branch : item.branches) renumber(branch, number);
    }
}

/// Gives joins their inputs in the order of their branches.
void order_branches(const Chain& chain, int before, Network& network) {
    int last = before;
    for (const Item& item : chain) {
        if (item.kind == Item::Kind::join) {
            std::vector<int> inputs;
            for (const Chain& branch : item.branches) {
                order_branches(branch, last, network);
                inputs.push_back(branch.empty() ? last : branch.back().layer);
            }
            network.at(item.layer).inputs = inputs;
        }
        last = item.layer;
    }
}

auto find_structure(const Network& network) -> Structure {
    Structure structure;
    bool one_source = network.inputs.size() == 1 && network.outputs.size() == 1 && network.inputs[0].layer == 0;
    for (std::size_t i = 1; i < network.layers.size(); ++i) one_source &= !network.layers[i].inputs.empty();
    if (one_source) {
        if (auto chain = Decomposer(network).chain(0, network.outputs[0].layer)) {
            Item input;
            input.layer = 0;
            structure.chain.push_back(std::move(input));
            structure.chain.insert(structure.chain.end(), std::make_move_iterator(chain->begin()),
                                   std::make_move_iterator(chain->end()));
            // One graph around everything is the network itself.
            if (structure.chain.size() > 2 || structure.chain.back().kind != Item::Kind::graph) return structure;
        }
    }
    structure.is_chain = false;
    structure.chain.clear();
    for (std::size_t i = 0; i < network.layers.size(); ++i) structure.nodes.push_back(static_cast<int>(i));
    return structure;
}

}  // namespace

auto arrange(Network& network) -> Structure {
    Structure structure = find_structure(network);
    if (!structure.is_chain) return structure;
    order_branches(structure.chain, -1, network);
    std::vector<int> order, number(network.layers.size(), -1);
    append_order(structure.chain, order);
    for (std::size_t i = 0; i < order.size(); ++i) number[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
    reorder(network, order);
    renumber(structure.chain, number);
    return structure;
}

}  // namespace mdl::tool
