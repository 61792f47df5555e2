// mdl: one node of a network's graph.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <mdl/graph/problem.hpp>
#include <mdl/tensor/operation.hpp>
#include <mdl/tensor/shape.hpp>

namespace mdl::graph {

/// What a weights tensor is to its operator.
enum class Role : std::uint8_t { weight, bias, gamma, beta, mean, variance, slope, value };

struct WeightSpec {
    Role role = Role::weight;
    Shape shape{};
    constexpr auto operator==(const WeightSpec&) const noexcept -> bool = default;
};

inline constexpr int max_weights_per_node = 4;

/// What a layer's shape rule finds: the output's shape and the weights, or the problem and the two shapes that show it.
struct Inference {
    Shape shape{};
    Problem problem = Problem::none;
    Shape first{}, second{};
    WeightSpec weights[max_weights_per_node]{};
    int weight_count = 0;

    constexpr void add_weight(Role role, const Shape& weight_shape) noexcept { weights[weight_count++] = {role, weight_shape}; }
};

constexpr auto failed(Problem problem, const Shape& first = {}, const Shape& second = {}) noexcept -> Inference {
    Inference result;
    result.problem = problem;
    result.first = first;
    result.second = second;
    return result;
}

/// Infers a layer's output from its inputs' shapes. May complete the operation: negative axes, `Same` padding, the groups of
/// a depthwise convolution.
using ShapeRule = Inference (*)(Operation&, std::span<const Shape>);

/// What a layer type says of itself: `static constexpr graph::Description description`.
struct Description {
    Operation operation{};
    ShapeRule rule = nullptr;
    int min_inputs = 1, max_inputs = 1;  ///< max_inputs < 0: any number
};

inline constexpr int max_folded = 4;

/// What fusion put into a node. Computed value: y = outer(inner(op(prologue(x))) [+ or * residual]), where op's weights
/// have the affine maps of `folded` multiplied in.
struct Fusion {
    std::int16_t folded[max_folded]{};   ///< nodes of the written graph (batch_norm, scale) that scale op's output, in order
    std::int16_t folded_count = 0;
    std::int16_t prologue[2]{};          ///< the same on op's input, in order, before `prologue_activation`
    std::int16_t prologue_count = 0;
    std::int16_t slope = -1;             ///< prelu node of the written graph that acts as `inner` (or -1)
    bool residual = false;               ///< the node's last input is the second operand of `residual_binary`
    Binary residual_binary = Binary::add;
    Activation prologue_activation{}, inner{}, outer{};
    std::int16_t absorbed = 0;           ///< number of written nodes that this one stands for besides itself
};

/// How a tensor lies in memory.
enum class Layout : std::uint8_t {
    rows,    ///< row-major, in the order of the shape's axes
    image,   ///< as the caller's image lies in memory; of an Input only
    blocks,  ///< [ceil(C / c)][H * W][c], c channels side by side (c: lanes of the vector type); batch 1
};

/// What engine/choose decided for a node. The graph's passes see numbers only, never a kernel.
struct Choice {
    std::int16_t kernel = -1;
    Layout in = Layout::rows, out = Layout::rows;
    bool in_place = false;           ///< the output may lie where the first input (or, if not, the residual) lies
    bool view = false;               ///< the output is the first input's memory under another shape: nothing to run
    bool joins_in_place = false;     ///< concat: parts may be written straight to their place in the result
    bool mapped = false;             ///< moves channels, but nobody runs it: its readers find each channel where it was made
    std::int64_t view_offset = 0;    ///< bytes from the input's start to the view's
    std::int64_t scratch_bytes = 0;
};

/// A node; its one output is the tensor of the same number.
struct Node {
    std::string_view name{};
    Operation operation{};
    ShapeRule rule = nullptr;
    int first_input = 0, input_count = 0;  ///< range in Graph::edges
    Shape shape{};
    WeightSpec weights[max_weights_per_node]{};
    int weight_count = 0;
    int first_weight = 0;  ///< number of the node's first tensor in the weights file
    int source = -1;       ///< number of the node in the written graph; -1: made by the compiler
    int makes = -1;        ///< number of the written node whose output it computes: its own, or the last that was fused into it
    Fusion fusion{};
    Choice choice{};
};

}  // namespace mdl::graph
