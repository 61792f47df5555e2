// mdl: lowering of operators that join tensors and cut parts out of them: concat, split, slice.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"

namespace mdl::tool {

namespace {

void slice(Call& call) {
    const Shape shape = call.shape(0);
    const auto starts = call.list("starts", 1), ends = call.list("ends", 2), axes = call.list("axes", 3);
    if (!starts || !ends || starts->size() != ends->size() || (axes && axes->size() != starts->size()))
        call.refuse("has starts, ends and axes that do not fit together");
    const Dims steps = call.has(4) ? call.constant_integers(4, "steps") : Dims(starts->size(), 1);
    if (steps.size() != starts->size()) call.refuse("has starts and steps that do not fit together");
    int layer = call.layer(0);
    for (std::size_t k = 0; k < starts->size(); ++k) {
        const int axis = static_cast<int>(
            normalised_axis(axes ? (*axes)[k] : static_cast<std::int64_t>(k), static_cast<std::size_t>(shape.rank)));
        const std::int64_t size = shape[axis];
        const std::int64_t step = std::clamp<std::int64_t>(steps[k], -size, size);
        if (step == 0) call.refuse("steps by 0");
        // Backwards the walk ends in front of the first element, at -1.
        const auto bound = [&](std::int64_t at, std::int64_t lowest, std::int64_t highest) {
            return std::clamp<std::int64_t>(at < 0 ? (at < -size ? lowest : at + size) : at, lowest, highest);
        };
        const auto begin = step > 0 ? bound((*starts)[k], 0, size) : bound((*starts)[k], 0, size - 1);
        const auto end = step > 0 ? bound((*ends)[k], 0, size) : bound((*ends)[k], -1, size - 1);
        if (step > 0 ? begin >= end : begin <= end)
            call.refuse(text("cuts an empty part out of axis ", axis, " of a tensor of shape ", to_text(shape)));
        layer = add_slice(call, layer, axis, begin, end, step);
    }
    call.result(layer);
}

void split(Call& call) {
    const Shape shape = call.shape(0);
    const int axis = static_cast<int>(normalised_axis(call.attributes.integer("axis", 0), static_cast<std::size_t>(shape.rank)));
    const auto parts = static_cast<std::int64_t>(call.node().output_size());
    if (const auto declared = call.attributes.integer("num_outputs", parts); declared != parts)
        call.refuse(text("declares ", declared, " outputs and has ", parts));
    if (parts == 0) call.refuse("has no outputs");
    auto sizes = call.list("split", 1).value_or(Dims{});
    if (sizes.empty()) {
        const std::int64_t each = (shape[axis] + parts - 1) / parts;  // the last one may be smaller
        for (std::int64_t k = 0; k < parts; ++k) sizes.push_back(std::min(each, shape[axis] - k * each));
    }
    if (static_cast<std::int64_t>(sizes.size()) != parts) call.refuse("has another number of sizes than of outputs");
    std::int64_t begin = 0;
    for (std::size_t k = 0; k < sizes.size(); ++k) {
        if (sizes[k] < 1 || sizes[k] > shape[axis] - begin)
            call.refuse(text("cuts parts that do not fit axis ", axis, " of a tensor of shape ", to_text(shape)));
        call.result(add_slice(call, call.layer(0), axis, begin, begin + sizes[k]), static_cast<int>(k));
        begin += sizes[k];
    }
    if (begin != shape[axis])
        call.refuse(text("cuts parts that do not fill axis ", axis, " of a tensor of shape ", to_text(shape)));
}

/// Neighbouring constant indices are a slice; a single index drops the axis; any others are read from the weights file.
void gather(Call& call) {
    const Shape shape = call.shape(0);
    const int axis = static_cast<int>(normalised_axis(call.attributes.integer("axis", 0), static_cast<std::size_t>(shape.rank)));
    Operation operation;
    operation.op = Op::gather;
    operation.axis = axis;
    if (!call.is_constant(1)) return call.result(call.add(operation, {call.layer(0), call.layer(1)}));
    const auto& indices = call.constant_integers(1, "indices");
    const std::size_t index_rank = call.constant(1, "indices").dims.size();
    if (indices.empty()) call.refuse("picks no element at all");
    const auto front = [&](std::int64_t index) { return index < 0 ? index + shape[axis] : index; };
    for (const auto index : indices)
        if (front(index) < 0 || front(index) >= shape[axis]) call.refuse(text("picks element ", index, " of an axis of ", shape[axis]));
    const std::int64_t begin = front(indices[0]), end = begin + static_cast<std::int64_t>(indices.size());
    bool neighbours = index_rank <= 1;
    for (std::size_t k = 0; k < indices.size(); ++k) neighbours &= front(indices[k]) == begin + static_cast<std::int64_t>(k);
    if (!neighbours) return call.result(call.add(operation, {call.layer(0), call.number_layer(1)}));
    const int part = add_slice(call, call.layer(0), axis, begin, end);
    Shape rest;
    for (int a = 0; a < shape.rank; ++a)
        if (a != axis) rest.push(shape[a]);
    if (rest.rank == 0) rest.push(1);
    call.result(index_rank == 0 ? add_reshape(call, part, rest) : part);
}

/// Constants of one value before or after the computed parts are padding.
void concat(Call& call) {
    std::vector<int> computed;
    for (int k = 0; k < call.input_count(); ++k)
        if (!call.is_constant(k)) computed.push_back(k);
    if (computed.empty()) call.refuse("joins constants of different kinds");
    const Shape shape = call.shape(computed.front());
    const int axis = static_cast<int>(normalised_axis(call.attributes.integer("axis", 1), static_cast<std::size_t>(shape.rank)));
    const Tensor* value = nullptr;
    const auto is_padding = [&](int k) {
        const Tensor& constant = call.constant_floats(k, "part");
        if (!constant.is_uniform() || constant.dims.size() != static_cast<std::size_t>(shape.rank)) return false;
        for (int a = 0; a < shape.rank; ++a)
            if (a != axis && constant.dims[static_cast<std::size_t>(a)] != shape[a]) return false;
        if (value == nullptr) value = &constant;
        return value->floats->front() == constant.floats->front();
    };
    int first = 0, last = call.input_count() - 1;
    std::int64_t before = 0, after = 0;
    const auto size_of = [&](int k) { return call.constant_floats(k, "part").dims[static_cast<std::size_t>(axis)]; };
    while (first < computed.front() && is_padding(first)) before += size_of(first++);
    while (last > computed.back() && is_padding(last)) after += size_of(last--);
    std::vector<int> parts;
    for (int k = first; k <= last; ++k) parts.push_back(call.layer(k));
    int layer = add_concat(call, axis, std::move(parts));
    if (before + after > 0) {
        Operation operation;
        operation.op = Op::pad;
        operation.alpha = value->floats->front();
        for (int a = 0; a < shape.rank; ++a) {
            operation.dims.push(a == axis ? static_cast<int>(before) : 0);
            operation.dims_end.push(a == axis ? static_cast<int>(after) : 0);
        }
        layer = call.add(operation, {layer});
    }
    call.result(layer);
}

}  // namespace

void add_parts(LoweringTable& table) {
    table["Slice"] = slice;
    table["Split"] = split;
    table["Gather"] = gather;
    table["Concat"] = concat;
}

}  // namespace mdl::tool
