// mdl: stops the build, with one sentence, where a network is wrong.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

#include <mdl/base/fixed_string.hpp>
#include <mdl/graph/problem.hpp>

namespace mdl::graph {

/// Shown in a compile error: the problem, the number of the layer (from 0, in the order of execution as written), its name
/// where it has one, and the shapes (or numbers) that do not fit.
template <Problem P, int Layer, FixedString Name, Shape First, Shape Second>
struct WrongNetwork {
    static_assert(P != Problem::no_input, "mdl: this layer has no input; begin the network with an Input layer, or name its inputs with From<...>");
    static_assert(P != Problem::input_in_the_middle, "mdl: an Input layer stands in the middle; put it first, or give it a Node of its own in a Graph");
    static_assert(P != Problem::no_output, "mdl: the graph has no node and so no output; add nodes");
    static_assert(P != Problem::unknown_node, "mdl: From names a node that the Graph does not have; correct the name or add the node");
    static_assert(P != Problem::duplicate_name, "mdl: two nodes of a Graph have the same name; rename one");
    static_assert(P != Problem::cycle, "mdl: the nodes of a Graph read each other in a circle; a network must run from inputs to outputs");
    static_assert(P != Problem::unread_node, "mdl: nobody reads this node and it is no output; remove it or name it in Output<...>");
    static_assert(P != Problem::unknown_output, "mdl: Output names a node that the Graph does not have; correct the name or add the node");
    static_assert(P != Problem::wrong_input_count, "mdl: the layer takes another number of inputs; name as many in From<...> as it reads");
    static_assert(P != Problem::wrong_rank, "mdl: the layer takes a tensor of another rank; reshape or flatten before it");
    static_assert(P != Problem::kernel_larger_than_input, "mdl: the kernel is larger than its padded input; shrink the kernel or pad the input");
    static_assert(P != Problem::not_positive, "mdl: a size, stride, dilation or channel count is not positive; give at least 1");
    static_assert(P != Problem::groups_do_not_divide, "mdl: the groups do not divide the channels; choose a number that divides both input and output channels");
    static_assert(P != Problem::shapes_do_not_broadcast, "mdl: the shapes cannot be combined elementwise; axes must be equal or 1");
    static_assert(P != Problem::concat_shapes_differ, "mdl: the concatenated tensors differ in another axis than the joined one; make their sizes equal");
    static_assert(P != Problem::axis_out_of_range, "mdl: the axis does not exist; the input has fewer axes (they count from 0: batch, channels, rows, columns)");
    static_assert(P != Problem::reshape_changes_count, "mdl: the reshape changes the number of elements; its sizes must have the input's product");
    static_assert(P != Problem::two_inferred_sizes, "mdl: the reshape leaves two sizes open; write -1 once at most");
    static_assert(P != Problem::slice_out_of_range, "mdl: the slice reaches outside its input, or is empty; keep 0 <= begin < end <= size");
    static_assert(P != Problem::not_a_permutation, "mdl: the transpose does not name every axis once; give a permutation of 0 .. rank-1");
    static_assert(P != Problem::too_large, "mdl: a tensor has more than 2^31-1 elements, too many for the index type; make the network smaller");
    static_assert(P != Problem::rank_too_high, "mdl: a tensor has more axes than mdl::max_rank; merge axes with a reshape");
    static_assert(P != Problem::padding_too_large, "mdl: the padding is as large as the kernel, so a window would see nothing but padding; pad less");
    static_assert(P != Problem::lrn_size_even, "mdl: local response normalisation needs an odd size; choose 3, 5, ...");
    static_assert(P != Problem::split_does_not_divide, "mdl: the number of parts does not divide the axis; give Sizes<...> or another number of parts");
    static_assert(P != Problem::unknown_part, "mdl: this part of a Split does not exist; write \"name:0\" up to one less than the number of parts");
    static_assert(P != Problem::clip_is_empty, "mdl: the clip's lower bound lies above its upper bound; exchange them");
    static_assert(P != Problem::image_channels, "mdl: the pixel order does not fit the number of channels; Rgb, Bgr and Rgba go with 3, Grey with 1");
    static_assert(P != Problem::mean_count, "mdl: Mean and ScaleBy take one number, or one for each of at most four channels");
    static_assert(P != Problem::negative_padding, "mdl: a padding is negative; give 0 or more, and cut with Slice");
    static_assert(P != Problem::one_axis, "mdl: a position is searched along one axis; give Axes<n> with one number");
    static_assert(P != Problem::step_is_zero, "mdl: the slice steps by 0; give a step that is not 0");
    static_assert(P != Problem::reflection_too_wide, "mdl: a reflected or wrapped padding is wider than its input has elements to show; pad less, or with Edge");
    static_assert(P != Problem::inner_sizes_differ, "mdl: the matrices do not fit: the columns of the first must be the rows of the second; transpose one");
    static_assert(P != Problem::block_does_not_divide, "mdl: the block does not divide the tensor; choose a side that divides rows and columns, or whose square divides the channels");
    static_assert(P != Problem::too_few_elements, "mdl: fewer elements lie along the axis than TopK asks for; ask for at most as many");
    static_assert(P != Problem::indices_do_not_fit, "mdl: the indices do not fit: they need the data's rank, at most its sizes along all other axes and, in a scatter, the updates' shape; reshape or slice them");
    static_assert(P != Problem::too_many_positions, "mdl: a tensor has more elements than a float counts, 2^24, so their positions cannot be told; pool a smaller one");
    static_assert(P != Problem::places_do_not_fit, "mdl: the places to read do not fit: a grid is [batch, rows, columns, 2], regions are [n, 4] with one image number each; reshape them");
    static_assert(P != Problem::gates_do_not_fit, "mdl: the recurrence takes [steps, gates * units] or [steps, batch, gates * units], which Dense<gates * units> before it gives, and states of [batch, units]");
    static constexpr bool ok = P == Problem::none;
};

/// True for a sound network; otherwise the build stops at the problem's sentence. D is Holder::value, a Diagnosis.
template <class Holder>
constexpr auto is_sound() -> bool {
    constexpr Diagnosis d = Holder::value;
    if constexpr (d.problem == Problem::none)
        return true;
    else
        return WrongNetwork<d.problem, d.layer, FixedString<sizeof(d.name)>(d.name), d.first, d.second>::ok;
}

/// The sentences above for programs that check networks at run time (the converter); without "mdl: ".
constexpr auto sentence(Problem problem) noexcept -> std::string_view {
    switch (problem) {
        case Problem::none: return "the network is sound";
        case Problem::no_input: return "this layer has no input; begin the network with an Input layer, or name its inputs with From<...>";
        case Problem::input_in_the_middle: return "an Input layer stands in the middle; put it first, or give it a Node of its own in a Graph";
        case Problem::no_output: return "the graph has no node and so no output; add nodes";
        case Problem::unknown_node: return "From names a node that the Graph does not have; correct the name or add the node";
        case Problem::duplicate_name: return "two nodes of a Graph have the same name; rename one";
        case Problem::cycle: return "the nodes of a Graph read each other in a circle; a network must run from inputs to outputs";
        case Problem::unread_node: return "nobody reads this node and it is no output; remove it or name it in Output<...>";
        case Problem::unknown_output: return "Output names a node that the Graph does not have; correct the name or add the node";
        case Problem::wrong_input_count: return "the layer takes another number of inputs; name as many in From<...> as it reads";
        case Problem::wrong_rank: return "the layer takes a tensor of another rank; reshape or flatten before it";
        case Problem::kernel_larger_than_input: return "the kernel is larger than its padded input; shrink the kernel or pad the input";
        case Problem::not_positive: return "a size, stride, dilation or channel count is not positive; give at least 1";
        case Problem::groups_do_not_divide: return "the groups do not divide the channels; choose a number that divides both input and output channels";
        case Problem::shapes_do_not_broadcast: return "the shapes cannot be combined elementwise; axes must be equal or 1";
        case Problem::concat_shapes_differ: return "the concatenated tensors differ in another axis than the joined one; make their sizes equal";
        case Problem::axis_out_of_range: return "the axis does not exist; the input has fewer axes (they count from 0: batch, channels, rows, columns)";
        case Problem::reshape_changes_count: return "the reshape changes the number of elements; its sizes must have the input's product";
        case Problem::two_inferred_sizes: return "the reshape leaves two sizes open; write -1 once at most";
        case Problem::slice_out_of_range: return "the slice reaches outside its input, or is empty; keep 0 <= begin < end <= size";
        case Problem::not_a_permutation: return "the transpose does not name every axis once; give a permutation of 0 .. rank-1";
        case Problem::too_large: return "a tensor has more than 2^31-1 elements, too many for the index type; make the network smaller";
        case Problem::rank_too_high: return "a tensor has more axes than mdl::max_rank; merge axes with a reshape";
        case Problem::padding_too_large: return "the padding is as large as the kernel, so a window would see nothing but padding; pad less";
        case Problem::lrn_size_even: return "local response normalisation needs an odd size; choose 3, 5, ...";
        case Problem::split_does_not_divide: return "the number of parts does not divide the axis; give Sizes<...> or another number of parts";
        case Problem::unknown_part: return "this part of a Split does not exist; write \"name:0\" up to one less than the number of parts";
        case Problem::clip_is_empty: return "the clip's lower bound lies above its upper bound; exchange them";
        case Problem::image_channels: return "the pixel order does not fit the number of channels; Rgb, Bgr and Rgba go with 3, Grey with 1";
        case Problem::mean_count: return "Mean and ScaleBy take one number, or one for each of at most four channels";
        case Problem::negative_padding: return "a padding is negative; give 0 or more, and cut with Slice";
        case Problem::inner_sizes_differ: return "the matrices do not fit: the columns of the first must be the rows of the second; transpose one";
        case Problem::block_does_not_divide: return "the block does not divide the tensor; choose a side that divides rows and columns, or whose square divides the channels";
        case Problem::one_axis: return "a position is searched along one axis; give Axes<n> with one number";
        case Problem::step_is_zero: return "the slice steps by 0; give a step that is not 0";
        case Problem::reflection_too_wide: return "a reflected or wrapped padding is wider than its input has elements to show; pad less, or with Edge";
        case Problem::too_few_elements: return "fewer elements lie along the axis than TopK asks for; ask for at most as many";
        case Problem::indices_do_not_fit: return "the indices do not fit: they need the data's rank, at most its sizes along all other axes and, in a scatter, the updates' shape; reshape or slice them";
        case Problem::too_many_positions: return "a tensor has more elements than a float counts, 2^24, so their positions cannot be told; pool a smaller one";
        case Problem::places_do_not_fit: return "the places to read do not fit: a grid is [batch, rows, columns, 2], regions are [n, 4] with one image number each; reshape them";
        case Problem::gates_do_not_fit: return "the recurrence takes [steps, gates * units] or [steps, batch, gates * units], which Dense<gates * units> before it gives, and states of [batch, units]";
    }
    return "the network is wrong";
}

}  // namespace mdl::graph
