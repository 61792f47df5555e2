// mdl: lowering of ONNX's pooling operators and of reductions over axes.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include <mdl/layers/limits.hpp>

#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"
#include "onnx/windows.hpp"

namespace mdl::tool {

namespace {

auto transposed(Window w) -> Window {
    std::swap(w.kernel_h, w.kernel_w);
    std::swap(w.stride_h, w.stride_w);
    std::swap(w.dilation_h, w.dilation_w);
    std::swap(w.pad_top, w.pad_left);
    std::swap(w.pad_bottom, w.pad_right);
    return w;
}

/// Three spatial axes: the window's mean or maximum along the last two is taken first, then along the first.
void pool_volume(Call& call, Operation operation) {
    const Shape shape = call.shape(0);
    auto volume = read_volume(call, {});
    operation.window = volume.plane;
    operation.window.ceil = volume.depth.ceil = call.attributes.integer("ceil_mode", 0) != 0;
    if (operation.pooling == Pooling::average) {
        const bool counts = call.attributes.integer("count_include_pad", 0) != 0;
        operation.window.count_padding = counts && (operation.window.is_padded() || operation.window.padding != Padding::given);
        volume.depth.count_padding = counts && (volume.depth.is_padded() || volume.depth.padding != Padding::given);
    } else {
        call.attributes.ignore("storage_order");
    }
    const int planes = add_reshape(call, call.layer(0), Shape{shape[0], shape[1] * shape[2], shape[3], shape[4]});
    const int flat = operation.window.is_trivial() ? planes : call.add(operation, {planes});
    const Shape small = call.network().shape(flat);
    operation.window = volume.depth;
    int columns = add_reshape(call, flat, Shape{shape[0], shape[1], shape[2], small[2] * small[3]});
    if (!volume.depth.is_trivial()) columns = call.add(operation, {columns});
    call.result(add_reshape(call, columns, Shape{shape[0], shape[1], call.network().shape(columns)[2], small[2], small[3]}));
}

/// MaxPool's second output. Counted column by column: of the map with rows and columns exchanged.
void add_positions(Call& call, Window window, int axes, bool by_columns) {
    Operation operation;
    operation.op = Op::max_positions;
    operation.window = by_columns ? transposed(window) : window;
    const Shape exchanged{0, 1, 3, 2};
    const int map = as_map(call), layer = call.add(operation, {by_columns ? add_transpose(call, map, exchanged) : map});
    result_from_map(call, by_columns ? add_transpose(call, layer, exchanged) : layer, axes, 1);
}

void pool(Call& call, Pooling pooling) {
    if (call.shape(0).rank == 5 && call.node().output_size() == 1) {
        Operation operation;
        operation.op = Op::pool;
        operation.pooling = pooling;
        return pool_volume(call, operation);
    }
    const int axes = spatial_axes(call);
    Operation operation;
    operation.op = Op::pool;
    operation.pooling = pooling;
    operation.window = read_window(call, axes, {});
    operation.window.ceil = call.attributes.integer("ceil_mode", 0) != 0;
    if (pooling == Pooling::average) operation.window.count_padding = call.attributes.integer("count_include_pad", 0) != 0;
    // Without padding there is nothing to count: the plain layer says the same.
    if (operation.window.padding == Padding::given && !operation.window.is_padded()) operation.window.count_padding = false;
    result_from_map(call, call.add(operation, {as_map(call)}), axes);
    const bool by_columns = pooling == Pooling::max && call.attributes.integer("storage_order", 0) != 0;
    if (call.node().output_size() > 1 && !call.node().output(1).empty()) add_positions(call, operation.window, axes, by_columns);
}

/// What undoes MaxPool: a map of zeros, and the maxima where they stood.
void max_unpool(Call& call) {
    const int axes = spatial_axes(call);
    const Shape small = call.shape(0);
    const Dims positions = call.is_constant(1) ? call.constant(1, "positions").dims : to_dims(call.shape(1));
    if (positions != to_dims(small)) call.refuse("has as its indices a tensor of another shape than the maxima's");
    const Window w = read_window(call, axes, {});
    const auto size = [](std::int64_t in, int stride, int kernel, int pads) { return (in - 1) * stride + kernel - pads; };
    Dims dims{small[0], small[1]};
    if (axes == 2) dims.push_back(size(small[2], w.stride_h, w.kernel_h, w.pad_top + w.pad_bottom));
    dims.push_back(size(small[axes + 1], w.stride_w, w.kernel_w, w.pad_left + w.pad_right));
    const Shape whole = to_shape(dims);
    Shape wanted = whole;
    if (call.has(2)) wanted = to_shape(call.constant_integers(2, "output shape"));
    if (wanted.rank != whole.rank || wanted[0] != whole[0] || wanted[1] != whole[1])
        call.refuse(text("has the output shape ", to_text(wanted), " on maxima of shape ", to_text(small)));
    // Of given positions ONNX's tests say that they count in the smaller map; other implementations count in the larger one.
    if (wanted != whole && !call.is_constant(1))
        call.refuse(text("asks for the shape ", to_text(wanted), " where kernel and strides make ", to_text(whole),
                         ", and it is not agreed in which of the two the positions count; leave the output shape out and add a Pad"));
    if (!layers::fits(whole) || !layers::fits(wanted)) call.refuse("makes a tensor of more than 2^31-1 elements");
    if (whole.count() > 1 << 24) call.refuse(text("writes into a map of shape ", to_text(whole), "; positions are float32 in mdl, which counts to 2^24"));
    if (call.is_constant(1))
        for (const auto at : call.constant_integers(1, "positions"))
            if (at < 0 || at >= whole.count()) call.refuse(text("has the position ", at, " in a map of ", whole.count(), " elements"));
    Operation repeat, scatter;
    repeat.op = Op::tile;
    repeat.dims = Shape{static_cast<int>(whole.count())};
    scatter.op = Op::scatter_elements;
    scatter.axis = 0;
    const Shape list{static_cast<int>(small.count())};
    const int zeros = call.add(repeat, {add_numbers(call, Shape{1}, {0})});
    int layer = call.add(scatter, {zeros, add_reshape(call, call.number_layer(1), list), add_reshape(call, call.layer(0), list)});
    layer = add_reshape(call, layer, whole);
    Operation border;
    border.op = Op::pad;
    for (int axis = 0; axis < whole.rank; ++axis) {
        layer = add_slice(call, layer, axis, 0, std::min(whole[axis], wanted[axis]));
        border.dims.push(0);
        border.dims_end.push(std::max(0, wanted[axis] - whole[axis]));
    }
    call.result(wanted == call.network().shape(layer) ? layer : call.add(border, {layer}));
}

auto add_global_pool(Call& call, Pooling pooling) -> int {
    Operation operation;
    operation.op = Op::global_pool;
    operation.pooling = pooling;
    return call.add(operation, {as_map(call)});
}

void global_pool(Call& call, Pooling pooling) {
    const Shape shape = call.shape(0);
    if (shape.rank == 5) {
        Operation operation;
        operation.op = Op::global_pool;
        operation.pooling = pooling;
        const int flat = add_reshape(call, call.layer(0), Shape{shape[0], shape[1], shape[2], shape[3] * shape[4]});
        return call.result(add_reshape(call, call.add(operation, {flat}), Shape{shape[0], shape[1], 1, 1, 1}));
    }
    const int axes = spatial_axes(call);
    result_from_map(call, add_global_pool(call, pooling), axes);
}

/// What the network does along `axes` of input 0.
void add_reduction(Call& call, Reduction reduction, const std::vector<bool>& reduced, bool keep) {
    const Shape shape = call.shape(0);
    const bool pools = reduction == Reduction::mean || reduction == Reduction::max;
    if (pools && shape.rank == 4 && reduced == std::vector<bool>{false, false, true, true}) {
        const int pooled = add_global_pool(call, reduction == Reduction::max ? Pooling::max : Pooling::average);
        if (keep) return call.result(pooled);
        Operation flatten;
        flatten.op = Op::reshape;
        flatten.axis = 1;
        return call.result(call.add(flatten, {pooled}));
    }
    Operation operation;
    operation.op = Op::reduce;
    operation.reduction = reduction;
    operation.keep_dims = keep;
    for (int axis = 0; axis < shape.rank; ++axis)
        if (reduced[static_cast<std::size_t>(axis)]) operation.dims.push(axis);
    // mdl's results have one axis at least.
    const bool scalar = !keep && operation.dims.rank == shape.rank;
    operation.keep_dims = keep || scalar;
    const int layer = call.add(operation, {call.layer(0)});
    if (!scalar) return call.result(layer);
    Operation flat;
    flat.op = Op::reshape;
    flat.dims = Shape{1};
    call.result(shape.rank == 1 ? layer : call.add(flat, {layer}));
}

void reduce(Call& call, Reduction reduction) {
    for (const auto cut : {Reduction::mean, Reduction::l2, Reduction::log_sum, Reduction::log_sum_exp})
        if (reduction == cut) call.require_reals(0);
    const Shape shape = call.shape(0);
    const bool keep = call.attributes.integer("keepdims", 1) != 0;
    const auto axes = call.list("axes", 1).value_or(Dims{});
    const bool nothing = call.attributes.integer("noop_with_empty_axes", 0) != 0 && axes.empty();
    if (nothing) return call.result(call.layer(0));
    std::vector<bool> reduced(static_cast<std::size_t>(shape.rank), axes.empty());
    for (const auto axis : axes) reduced[normalised_axis(axis, static_cast<std::size_t>(shape.rank))] = true;
    add_reduction(call, reduction, reduced, keep);
}

void find_extreme(Call& call, Reduction first, Reduction last) {
    const Shape shape = call.shape(0);
    std::vector<bool> reduced(static_cast<std::size_t>(shape.rank), false);
    reduced[normalised_axis(call.attributes.integer("axis", 0), static_cast<std::size_t>(shape.rank))] = true;
    const bool keep = call.attributes.integer("keepdims", 1) != 0;
    add_reduction(call, call.attributes.integer("select_last_index", 0) != 0 ? last : first, reduced, keep);
}

}  // namespace

void add_pooling(LoweringTable& table) {
    table["MaxPool"] = [](Call& call) { pool(call, Pooling::max); };
    table["MaxUnpool"] = max_unpool;
    table["AveragePool"] = [](Call& call) { pool(call, Pooling::average); };
    table["GlobalMaxPool"] = [](Call& call) { global_pool(call, Pooling::max); };
    table["GlobalAveragePool"] = [](Call& call) { global_pool(call, Pooling::average); };
    table["ReduceMean"] = [](Call& call) { reduce(call, Reduction::mean); };
    table["ReduceSum"] = [](Call& call) { reduce(call, Reduction::sum); };
    table["ReduceMax"] = [](Call& call) { reduce(call, Reduction::max); };
    table["ReduceMin"] = [](Call& call) { reduce(call, Reduction::min); };
    table["ReduceProd"] = [](Call& call) { reduce(call, Reduction::product); };
    table["ReduceL1"] = [](Call& call) { reduce(call, Reduction::l1); };
    table["ReduceL2"] = [](Call& call) { reduce(call, Reduction::l2); };
    table["ReduceSumSquare"] = [](Call& call) { reduce(call, Reduction::sum_of_squares); };
    table["ReduceLogSum"] = [](Call& call) { reduce(call, Reduction::log_sum); };
    table["ReduceLogSumExp"] = [](Call& call) { reduce(call, Reduction::log_sum_exp); };
    table["ArgMax"] = [](Call& call) { find_extreme(call, Reduction::arg_max, Reduction::arg_max_last); };
    table["ArgMin"] = [](Call& call) { find_extreme(call, Reduction::arg_min, Reduction::arg_min_last); };
}

}  // namespace mdl::tool
