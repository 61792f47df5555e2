// mdl: what can be wrong with a network, as values that compile errors and the converter both show.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <mdl/tensor/shape.hpp>

namespace mdl::graph {

/// Each has its sentence in graph/diagnose.hpp.
enum class Problem : std::uint8_t {
    none,
    no_input,
    input_in_the_middle,
    no_output,
    unknown_node,
    duplicate_name,
    cycle,
    unread_node,
    unknown_output,
    wrong_input_count,
    wrong_rank,
    kernel_larger_than_input,
    not_positive,
    groups_do_not_divide,
    shapes_do_not_broadcast,
    concat_shapes_differ,
    axis_out_of_range,
    reshape_changes_count,
    two_inferred_sizes,
    slice_out_of_range,
    not_a_permutation,
    too_large,
    rank_too_high,
    padding_too_large,
    lrn_size_even,
    split_does_not_divide,
    unknown_part,
    clip_is_empty,
    image_channels,
    mean_count,
    negative_padding,
    one_axis,
    step_is_zero,
    reflection_too_wide,
    inner_sizes_differ,
    block_does_not_divide,
    too_few_elements,
    indices_do_not_fit,
    too_many_positions,
    places_do_not_fit,
    gates_do_not_fit,
};

/// A problem, the number of the layer (counted from 0 in the order as written) and the two shapes that show it.
struct Diagnosis {
    Problem problem = Problem::none;
    int layer = -1;
    Shape first{}, second{};
    char name[40]{};  ///< the node's name in a Graph, cut to fit
    constexpr explicit operator bool() const noexcept { return problem != Problem::none; }

    constexpr void set_name(std::string_view text) noexcept {
        for (std::size_t i = 0; i < sizeof(name) - 1 && i < text.size(); ++i) name[i] = text[i];
    }
};

}  // namespace mdl::graph
