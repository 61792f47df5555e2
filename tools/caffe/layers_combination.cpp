// mdl: Caffe's layers that join blobs, and those that take parts of them.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "caffe/layer_call.hpp"
#include "failure.hpp"

namespace mdl::tool::caffe_layers {

namespace {

void require_same_shape(const LayerCall& call) {
    for (int k = 1; k < call.bottom_count(); ++k)
        if (call.bottom(k).dims != call.bottom().dims)
            call.refuse(
                text("combines blobs of shapes ", to_text(call.bottom().dims), " and ", to_text(call.bottom(k).dims), "; mend the net"));
}

void eltwise(LayerCall& call) {
    call.require(2, -1);
    require_same_shape(call);
    const auto& param = call.layer.eltwise_param();
    const bool sum = param.operation() == caffe::EltwiseParameter::SUM;
    if (param.coeff_size() > 0 && (!sum || param.coeff_size() != call.bottom_count()))
        call.refuse(text("has ", param.coeff_size(), " coefficients for ", call.bottom_count(), " bottoms", sum ? "" : " and does not sum",
                         "; mend the net"));
    std::vector<std::string> inputs;
    for (int k = 0; k < call.bottom_count(); ++k)
        inputs.push_back(call.times(call.bottom(k).tensor, param.coeff_size() > 0 ? param.coeff(k) : 1));
    if (param.operation() != caffe::EltwiseParameter::PROD) {
        const char* const op = !sum ? "Max" : inputs.size() == 2 ? "Add" : "Sum";
        return call.result(call.node(op, inputs).output(), call.bottom().dims);
    }
    std::string product = inputs[0];
    for (std::size_t k = 1; k < inputs.size(); ++k) product = call.node("Mul", {product, inputs[k]}).output();
    call.result(product, call.bottom().dims);
}

/// a x + y, a for each channel.
void axpy(LayerCall& call) {
    call.require(3, 3);
    const Blob &a = call.bottom(0), &x = call.bottom(1), &y = call.bottom(2);
    const bool fits =
        x.rank() == 4 && x.dims == y.dims && a.rank() >= 2 && a.dim(0) == x.dim(0) && a.dim(1) == x.dim(1) && a.count(2, a.rank()) == 1;
    if (!fits)
        call.refuse(text("combines blobs of shapes ", to_text(a.dims), ", ", to_text(x.dims), " and ", to_text(y.dims), "; mend the net"));
    const std::string factors = a.rank() == 4 ? a.tensor : call.reshaped(a.tensor, {x.dim(0), x.dim(1), 1, 1});
    const std::string product = call.node("Mul", {x.tensor, factors}).output();
    call.result(call.node("Add", {product, y.tensor}).output(), x.dims);
}

void concat(LayerCall& call) {
    call.require(1, -1);
    const auto& param = call.layer.concat_param();
    if (param.has_axis() && param.has_concat_dim()) call.refuse("gives both axis and concat_dim; mend the net");
    const Blob& first = call.bottom();
    const int axis = call.axis(param.has_concat_dim() ? std::int64_t{param.concat_dim()} : param.axis(), first.rank());
    Dims dims = first.dims;
    std::vector<std::string> inputs{first.tensor};
    for (int k = 1; k < call.bottom_count(); ++k) {
        const Blob& part = call.bottom(k);
        Dims same = part.dims;
        if (part.rank() == first.rank()) same[static_cast<std::size_t>(axis)] = first.dim(axis);
        if (same != first.dims)
            call.refuse(
                text("joins blobs of shapes ", to_text(first.dims), " and ", to_text(part.dims), " along axis ", axis, "; mend the net"));
        dims[static_cast<std::size_t>(axis)] += part.dim(axis);
        inputs.push_back(part.tensor);
    }
    call.result(inputs.size() == 1 ? inputs[0] : call.node("Concat", inputs).integer("axis", axis).output(), dims);
}

void slice(LayerCall& call) {
    call.require(1, 1, 1, -1);
    const auto& param = call.layer.slice_param();
    if (param.has_axis() && param.has_slice_dim()) call.refuse("gives both axis and slice_dim; mend the net");
    const Blob& x = call.bottom();
    const int axis = call.axis(param.has_slice_dim() ? std::int64_t{param.slice_dim()} : param.axis(), x.rank());
    const std::int64_t size = x.dim(axis), tops = call.top_count();
    Dims ends(param.slice_point().begin(), param.slice_point().end()), parts;
    if (ends.empty() && size % tops == 0)
        for (std::int64_t k = 1; k < tops; ++k) ends.push_back(k * (size / tops));
    ends.push_back(size);
    std::int64_t begin = 0;
    for (const auto end : ends) {
        if (end <= begin || end > size) call.refuse(text("cuts axis ", axis, " of ", size, " at ", end, "; mend the net"));
        parts.push_back(end - begin);
        begin = end;
    }
    if (static_cast<std::int64_t>(parts.size()) != tops)
        call.refuse(text("cuts axis ", axis, " of ", size, " into ", parts.size(), " parts and has ", tops, " tops; mend the net"));
    if (tops == 1) return call.result(x.tensor, x.dims);
    const auto node = call.node("Split", {x.tensor, call.integers(parts)}, static_cast<int>(tops)).integer("axis", axis);
    for (int k = 0; k < call.top_count(); ++k) {
        Dims dims = x.dims;
        dims[static_cast<std::size_t>(axis)] = parts[static_cast<std::size_t>(k)];
        call.result(node.output(k), dims, k);
    }
}

/// From `axis` on the second blob's sizes, from the offsets on.
void crop(LayerCall& call) {
    call.require(2, 2);
    const auto& param = call.layer.crop_param();
    const Blob &x = call.bottom(0), &like = call.bottom(1);
    const int first = call.axis(param.axis(), x.rank());
    if (like.rank() != x.rank())
        call.refuse(text("cuts a blob of shape ", to_text(x.dims), " to the sizes of one of shape ", to_text(like.dims), "; mend the net"));
    if (param.offset_size() > 1 && param.offset_size() != x.rank() - first)
        call.refuse(text("has ", param.offset_size(), " offsets for ", x.rank() - first, " axes; mend the net"));
    Dims dims = x.dims, starts, ends, axes;
    for (int axis = first; axis < x.rank(); ++axis) {
        const std::int64_t offset = param.offset_size() == 0 ? 0 : param.offset(param.offset_size() == 1 ? 0 : axis - first);
        if (x.dim(axis) - offset < like.dim(axis))
            call.refuse(
                text("cuts ", like.dim(axis), " from ", offset, " on out of ", x.dim(axis), " along axis ", axis, "; mend the net"));
        dims[static_cast<std::size_t>(axis)] = like.dim(axis);
        if (like.dim(axis) == x.dim(axis)) continue;
        starts.push_back(offset), ends.push_back(offset + like.dim(axis)), axes.push_back(axis);
    }
    if (axes.empty()) return call.result(x.tensor, dims);
    call.result(call.node("Slice", {x.tensor, call.integers(starts), call.integers(ends), call.integers(axes)}).output(), dims);
}

}  // namespace

void add_combinations(LayerTable& table) {
    table["Axpy"] = axpy;
    table["Concat"] = concat;
    table["Crop"] = crop;
    table["Eltwise"] = eltwise;
    table["Slice"] = slice;
}

}  // namespace mdl::tool::caffe_layers
