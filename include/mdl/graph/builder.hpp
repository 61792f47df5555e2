// mdl: collects the nodes of a network while its type is flattened.
// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <span>
#include <string_view>

#include <mdl/graph/node.hpp>

namespace mdl::graph {

/// Receives a network's nodes in execution order. Without room given it only counts, so that the same walk over
/// the type first measures the graph and then fills it.
class Builder {
public:
    constexpr Builder() noexcept = default;
    constexpr Builder(Node* nodes, int* edges, int* outputs) noexcept : nodes_(nodes), edges_(edges), outputs_(outputs) {}

    /// Appends an operator that reads `inputs`; returns its number.
    constexpr auto add(const Description& description, std::span<const int> inputs) noexcept -> int {
        const int given = static_cast<int>(inputs.size());
        check_input_count(description, given);
        if (nodes_ != nullptr) {
            Node& node = nodes_[node_count_];
            node.name = name_;
            node.operation = description.operation;
            node.rule = description.rule;
            node.first_input = edge_count_;
            node.input_count = given;
            node.source = node.makes = node_count_;
            for (int i = 0; i < given; ++i) edges_[edge_count_ + i] = inputs[static_cast<std::size_t>(i)];
        }
        edge_count_ += given;
        return node_count_++;
    }

    /// Declares what the outermost graph gives; replaces what an inner graph declared.
    constexpr void set_outputs(std::span<const int> outputs) noexcept {
        output_count_ = static_cast<int>(outputs.size());
        if (outputs_ != nullptr)
            for (int i = 0; i < output_count_; ++i) outputs_[i] = outputs[static_cast<std::size_t>(i)];
        if (output_count_ > output_capacity_) output_capacity_ = output_count_;
    }

    /// The name that nodes added from now on carry.
    constexpr void set_name(std::string_view name) noexcept { name_ = name; }
    constexpr auto name() const noexcept -> std::string_view { return name_; }

    constexpr void report(Problem problem, int layer, const Shape& first = {}, const Shape& second = {}) noexcept {
        if (diagnosis_) return;
        diagnosis_ = {problem, layer, first, second};
        diagnosis_.set_name(name_);
    }

    constexpr auto node_count() const noexcept -> int { return node_count_; }
    constexpr auto edge_count() const noexcept -> int { return edge_count_; }
    constexpr auto output_count() const noexcept -> int { return output_count_; }
    /// The most outputs that any graph on the way declared: the room that set_outputs needs.
    constexpr auto output_capacity() const noexcept -> int { return output_capacity_; }
    constexpr auto diagnosis() const noexcept -> const Diagnosis& { return diagnosis_; }

private:
    constexpr void check_input_count(const Description& description, int given) noexcept {
        const bool is_input = description.operation.op == Op::input;
        if (is_input && given > 0)
            report(Problem::input_in_the_middle, node_count_);
        else if (given == 0 && description.min_inputs > 0)
            report(Problem::no_input, node_count_);
        else if (given < description.min_inputs || (description.max_inputs >= 0 && given > description.max_inputs))
            report(Problem::wrong_input_count, node_count_, Shape{given}, Shape{description.min_inputs, description.max_inputs});
    }

    Node* nodes_ = nullptr;
    int* edges_ = nullptr;
    int* outputs_ = nullptr;
    int node_count_ = 0, edge_count_ = 0, output_count_ = 0, output_capacity_ = 1;
    std::string_view name_{};
    Diagnosis diagnosis_{};
};

/// A layer that is one operator.
template <class L>
concept LeafLayer = requires {
    { L::description } -> std::convertible_to<const Description&>;
};

/// A layer made of others: appends their nodes and returns the number of the one that holds its result.
template <class L>
concept CompositeLayer = requires(Builder& builder, std::span<const int> inputs) {
    { L::flatten(builder, inputs) } -> std::same_as<int>;
};

template <class L>
concept Layer = LeafLayer<L> || CompositeLayer<L>;

/// Appends layer L, applied to the tensors `inputs`.
template <class L>
constexpr auto append(Builder& builder, std::span<const int> inputs) -> int {
    static_assert(Layer<L>,
                  "mdl: this type is not a layer; write a layer of mdl/layers, a Sequential, Concat, Add, Mul, Residual or Graph of "
                  "layers, or a struct derived from one of them");
    if constexpr (CompositeLayer<L>)
        return L::flatten(builder, inputs);
    else if constexpr (LeafLayer<L> && L::description.operation.op == Op::constant)
        return builder.add(L::description, {});  // a branch that reads nothing: Add<Identity, Constant<1, 8>>
    else if constexpr (LeafLayer<L>)
        return L::description.operation.op == Op::identity && inputs.size() == 1 ? inputs[0] : builder.add(L::description, inputs);
    else
        return 0;
}

using AppendFunction = int (*)(Builder&, std::span<const int>);

}  // namespace mdl::graph
