// mdl: lowering of reshape, flatten, squeeze, unsqueeze, transpose and padding.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"

namespace mdl::tool {

namespace {

void reshape_to(Call& call, const Dims& dims) {
    const Shape from = call.shape(0), to = dims.empty() ? Shape{1} : to_shape(dims);
    if (from == to) return call.result(call.layer(0));
    Operation operation;
    operation.op = Op::reshape;
    if (to.rank == 2 && from.rank > 2 && to[0] == from[0]) {
        operation.axis = 1;
    } else {
        operation.dims = to;
    }
    call.result(call.add(operation, {call.layer(0)}));
}

void reshape(Call& call) {
    const bool allow_zero = call.attributes.integer("allowzero", 0) != 0;
    reshape_to(call, reshaped(to_dims(call.shape(0)), call.constant_integers(1, "shape"), allow_zero));
}

void flatten(Call& call) {
    const Shape shape = call.shape(0);
    const auto axis = call.attributes.integer("axis", 1);
    const int at = axis == shape.rank ? shape.rank : static_cast<int>(normalised_axis(axis, static_cast<std::size_t>(shape.rank)));
    reshape_to(call, {shape.count(0, at), shape.count(at, shape.rank)});
}

void squeeze(Call& call) {
    const Shape shape = call.shape(0);
    const auto axes = call.list("axes", 1);
    std::vector<bool> gone(static_cast<std::size_t>(shape.rank), false);
    if (axes)
        for (const auto axis : *axes) gone[normalised_axis(axis, static_cast<std::size_t>(shape.rank))] = true;
    Dims dims;
    for (int axis = 0; axis < shape.rank; ++axis) {
        const bool drop = axes ? gone[static_cast<std::size_t>(axis)] : shape[axis] == 1;
        if (drop && shape[axis] != 1)
            call.refuse(text("squeezes axis ", axis, " of a tensor of shape ", to_text(shape), ", which is not 1"));
        if (!drop) dims.push_back(shape[axis]);
    }
    reshape_to(call, dims);
}

void unsqueeze(Call& call) {
    const Shape shape = call.shape(0);
    const auto axes = call.list("axes", 1);
    if (!axes) call.refuse("names no axes");
    const std::size_t rank = static_cast<std::size_t>(shape.rank) + axes->size();
    std::vector<bool> added(rank, false);
    for (const auto axis : *axes) added[normalised_axis(axis, rank)] = true;
    if (static_cast<std::size_t>(std::count(added.begin(), added.end(), true)) != axes->size()) call.refuse("names an axis twice");
    Dims dims;
    int next = 0;
    for (std::size_t axis = 0; axis < rank; ++axis) dims.push_back(added[axis] ? 1 : shape[next++]);
    reshape_to(call, dims);
}

void transpose(Call& call) {
    const Shape shape = call.shape(0);
    auto order = call.attributes.integers("perm").value_or(Dims{});
    if (order.empty())
        for (int axis = shape.rank; axis-- > 0;) order.push_back(axis);
    if (order.size() != static_cast<std::size_t>(shape.rank)) call.refuse("has a permutation of the wrong length");
    Operation operation;
    operation.op = Op::transpose;
    Dims dims;
    bool moves = false;  // an axis of size 1 may go anywhere: the elements keep their order
    int last = -1;
    for (const auto from : order) {
        const int axis = static_cast<int>(normalised_axis(from, static_cast<std::size_t>(shape.rank)));
        operation.dims.push(axis);
        dims.push_back(shape[axis]);
        if (shape[axis] == 1) continue;
        moves |= axis < last;
        last = axis;
    }
    if (!moves) return reshape_to(call, dims);
    call.result(call.add(operation, {call.layer(0)}));
}

/// What negative padding takes away.
auto crop(Call& call, int layer, int axis, std::int64_t before, std::int64_t after) -> int {
    const int size = call.network().shape(layer)[axis];
    if (before < -size || after < -size || before + after <= -size)
        call.refuse(text("crops all of axis ", axis, " of a tensor of shape ", to_text(call.network().shape(layer))));
    Operation operation;
    operation.op = Op::slice;
    operation.axis = axis;
    operation.begin = static_cast<int>(std::max<std::int64_t>(0, -before));
    operation.end = static_cast<int>(size + std::min<std::int64_t>(0, after));
    return call.add(operation, {layer});
}

void pad(Call& call) {
    const Shape shape = call.shape(0);
    const auto mode = call.attributes.string("mode", "constant");
    const std::map<std::string_view, Fill> fills{{"constant", Fill::constant}, {"edge", Fill::edge}, {"reflect", Fill::reflect}, {"wrap", Fill::wrap}};
    const auto fill = fills.find(mode);
    if (fill == fills.end()) call.refuse(text("pads in mode '", mode, "', which mdl does not know; it supports constant, edge, reflect and wrap"));
    float value = 0;
    if (call.opset() < 11) value = call.attributes.real("value", 0);
    else if (call.has(2)) {
        const Tensor& given = call.constant_floats(2, "padding value");
        if (given.count() != 1) call.refuse("has more than one padding value");
        value = given.floats->front();
    }
    const auto pads = call.list("pads", 1);
    std::vector<std::int64_t> axes;
    if (call.has(3)) axes = call.constant_integers(3, "axes");
    else
        for (int axis = 0; axis < shape.rank; ++axis) axes.push_back(axis);
    if (!pads || pads->size() != 2 * axes.size()) call.refuse("has pads that do not fit its axes");
    Operation operation;
    operation.op = Op::pad;
    operation.alpha = fill->second == Fill::constant ? value : 0;
    operation.fill = fill->second;
    int layer = call.layer(0);
    for (int axis = 0; axis < shape.rank; ++axis) {
        operation.dims.push(0);
        operation.dims_end.push(0);
    }
    bool pads_something = false;
    for (std::size_t k = 0; k < axes.size(); ++k) {
        const int axis = static_cast<int>(normalised_axis(axes[k], static_cast<std::size_t>(shape.rank)));
        auto before = (*pads)[k], after = (*pads)[k + axes.size()];
        if (before < 0 || after < 0) layer = crop(call, layer, axis, before, after);
        before = std::max<std::int64_t>(before, 0), after = std::max<std::int64_t>(after, 0);
        if (before > 1 << 20 || after > 1 << 20) call.refuse("pads by more than a million, which mdl does not support");
        operation.dims[axis] = static_cast<int>(before);
        operation.dims_end[axis] = static_cast<int>(after);
        pads_something |= before + after > 0;
    }
    call.result(pads_something ? call.add(operation, {layer}) : layer);
}

}  // namespace

void add_rearrangements(LoweringTable& table) {
    table["Reshape"] = reshape;
    table["Flatten"] = flatten;
    table["Squeeze"] = squeeze;
    table["Unsqueeze"] = unsqueeze;
    table["Transpose"] = transpose;
    table["Pad"] = pad;
}

}  // namespace mdl::tool
