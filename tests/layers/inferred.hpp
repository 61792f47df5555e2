// mdl: runs a layer's shape rule, for the tests of the rules.
// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <limits>
#include <span>

#include <mdl/graph/node.hpp>

namespace mdl::test {

using graph::Problem;
using graph::Role;

inline constexpr int most = std::numeric_limits<int>::max();

/// What the rule finds, and the operation as the rule completes it.
struct Inferred : graph::Inference {
    Operation operation{};

    constexpr auto shows(Problem wanted, const Shape& left, const Shape& right = {}) const -> bool {
        return problem == wanted && first == left && second == right;
    }
    constexpr auto weighs(std::initializer_list<graph::WeightSpec> wanted) const -> bool {
        if (problem != Problem::none || weight_count != static_cast<int>(wanted.size())) return false;
        const graph::WeightSpec* own = weights;
        for (const graph::WeightSpec& spec : wanted)
            if (!(*own++ == spec)) return false;
        return true;
    }
    constexpr auto is(const Shape& wanted) const -> bool { return problem == Problem::none && shape == wanted; }
};

constexpr auto infer(const graph::Description& description, std::initializer_list<Shape> in) -> Inferred {
    Inferred result;
    result.operation = description.operation;
    static_cast<graph::Inference&>(result) = description.rule(result.operation, std::span<const Shape>(in.begin(), in.size()));
    return result;
}

template <class Layer>
constexpr auto infer(std::initializer_list<Shape> in) -> Inferred {
    return infer(Layer::description, in);
}

/// A rule applied to the operation that it has completed finds the same again.
constexpr auto is_settled(const graph::Description& description, std::initializer_list<Shape> in) -> bool {
    const Inferred once = infer(description, in);
    graph::Description again = description;
    again.operation = once.operation;
    const Inferred twice = infer(again, in);
    return once.problem == Problem::none && twice.is(once.shape) && twice.operation == once.operation;
}

}  // namespace mdl::test
