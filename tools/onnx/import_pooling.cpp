// mdl: lowering of ONNX's pooling operators and of means over axes.
// SPDX-License-Identifier: MIT
#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"
#include "onnx/windows.hpp"

namespace mdl::tool {

namespace {

void pool(Call& call, Pooling pooling) {
    const int axes = spatial_axes(call);
    if (call.node().output_size() > 1 && !call.node().output(1).empty())
        call.refuse("gives the positions of its maxima, which mdl does not compute");
    Operation operation;
    operation.op = Op::pool;
    operation.pooling = pooling;
    operation.window = read_window(call, axes, {});
    operation.window.ceil = call.attributes.integer("ceil_mode", 0) != 0;
    if (pooling == Pooling::average) operation.window.count_padding = call.attributes.integer("count_include_pad", 0) != 0;
    if (pooling == Pooling::max) call.attributes.ignore("storage_order");
    // Without padding there is nothing to count: the plain layer says the same.
    if (operation.window.padding == Padding::given && !operation.window.is_padded()) operation.window.count_padding = false;
    result_from_map(call, call.add(operation, {as_map(call)}), axes);
}

auto add_global_pool(Call& call, Pooling pooling) -> int {
    Operation operation;
    operation.op = Op::global_pool;
    operation.pooling = pooling;
    return call.add(operation, {as_map(call)});
}

void global_pool(Call& call, Pooling pooling) {
    const int axes = spatial_axes(call);
    result_from_map(call, add_global_pool(call, pooling), axes);
}

void reduce_mean(Call& call) {
    const Shape shape = call.shape(0);
    const bool keep = call.attributes.integer("keepdims", 1) != 0;
    auto axes = call.list("axes", 1).value_or(Dims{});
    const bool nothing = call.attributes.integer("noop_with_empty_axes", 0) != 0 && axes.empty();
    if (nothing) return call.result(call.layer(0));
    std::vector<bool> reduced(static_cast<std::size_t>(shape.rank), axes.empty());
    for (const auto axis : axes) reduced[normalised_axis(axis, static_cast<std::size_t>(shape.rank))] = true;
    if (shape.rank == 4 && reduced == std::vector<bool>{false, false, true, true}) {
        const int pooled = add_global_pool(call, Pooling::average);
        if (keep) return call.result(pooled);
        Operation flatten;
        flatten.op = Op::reshape;
        flatten.axis = 1;
        return call.result(call.add(flatten, {pooled}));
    }
    Operation operation;
    operation.op = Op::reduce_mean;
    operation.keep_dims = keep;
    for (int axis = 0; axis < shape.rank; ++axis)
        if (reduced[static_cast<std::size_t>(axis)]) operation.dims.push(axis);
    call.result(call.add(operation, {call.layer(0)}));
}

}  // namespace

void add_pooling(LoweringTable& table) {
    table["MaxPool"] = [](Call& call) { pool(call, Pooling::max); };
    table["AveragePool"] = [](Call& call) { pool(call, Pooling::average); };
    table["GlobalMaxPool"] = [](Call& call) { global_pool(call, Pooling::max); };
    table["GlobalAveragePool"] = [](Call& call) { global_pool(call, Pooling::average); };
    table["ReduceMean"] = reduce_mean;
}

}  // namespace mdl::tool
