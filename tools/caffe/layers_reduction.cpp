// mdl: Caffe's reductions and positions of maxima.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "caffe/layer_call.hpp"
#include "failure.hpp"

namespace mdl::tool::caffe_layers {

namespace {

/// Over `axis` and all behind it, times a coefficient.
void reduction(LayerCall& call) {
    call.require(1, 1);
    const auto& param = call.layer.reduction_param();
    const Blob& x = call.bottom();
    const int first = call.axis(param.axis(), x.rank());
    Dims axes;
    for (int axis = first; axis < x.rank(); ++axis) axes.push_back(axis);
    const auto op = [&] {
        switch (param.operation()) {
            case caffe::ReductionParameter::ASUM:
                return "ReduceL1";
            case caffe::ReductionParameter::SUMSQ:
                return "ReduceSumSquare";
            case caffe::ReductionParameter::MEAN:
                return "ReduceMean";
            default:
                return "ReduceSum";
        }
    };
    const std::string reduced = call.node(op(), {x.tensor, call.integers(axes)}).integer("keepdims", 0).output();
    call.result(call.times(reduced, param.coeff()), Dims(x.dims.begin(), x.dims.begin() + first));
}

/// The position of the largest number, of equal ones the last; without an axis over all of an image's numbers.
void arg_max(LayerCall& call) {
    call.require(1, 1);
    const auto& param = call.layer.argmax_param();
    const Blob& x = call.bottom();
    if (param.top_k() != 1)
        call.refuse(text("gives the ", param.top_k(), " largest; mdl supports the largest one: set top_k to 1, and sort in the app"));
    if (param.has_axis()) {
        const int axis = call.axis(param.axis(), x.rank());
        Dims dims = x.dims;
        dims[static_cast<std::size_t>(axis)] = 1;
        if (param.out_max_val())
            return call.result(call.node("ReduceMax", {x.tensor, call.integers({axis})}).integer("keepdims", 1).output(), dims);
        auto node = call.node("ArgMax", {x.tensor});
        node.integer("axis", axis).integer("keepdims", 1).integer("select_last_index", 1);
        return call.result(call.node("Cast", {node.output()}).integer("to", onnx::TensorProto::FLOAT).output(), dims);
    }
    if (param.out_max_val())
        call.refuse(
            "gives positions and values in one blob (out_max_val without an axis), which mdl does not support; give an axis, or do it in "
            "the app");
    const std::string rows = call.reshaped(x.tensor, {x.dim(0), x.count(1, x.rank())});
    auto node = call.node("ArgMax", {rows});
    node.integer("axis", 1).integer("keepdims", 1).integer("select_last_index", 1);
    const std::string positions = call.node("Cast", {node.output()}).integer("to", onnx::TensorProto::FLOAT).output();
    Dims dims(std::max<std::size_t>(x.dims.size(), 3), 1);
    dims[0] = x.dim(0);
    call.result(call.reshaped(positions, dims), dims);
}

}  // namespace

void add_reductions(LayerTable& table) {
    table["ArgMax"] = arg_max;
    table["Reduction"] = reduction;
}

}  // namespace mdl::tool::caffe_layers
