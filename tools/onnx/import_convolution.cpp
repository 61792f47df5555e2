// mdl: lowering of ONNX's Conv.
// SPDX-License-Identifier: MIT
#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/windows.hpp"

namespace mdl::tool {

namespace {

void convolution(Call& call) {
    const int axes = spatial_axes(call);
    const Tensor& weight = call.constant_floats(1, "weight");
    if (weight.dims.size() != static_cast<std::size_t>(axes) + 2)
        call.refuse(text("has weights of shape ", to_text(weight.dims), ", which do not fit its input"));
    const Dims kernel(weight.dims.begin() + 2, weight.dims.end());
    const auto groups = call.attributes.integer("group", 1);
    const int channels = call.shape(0)[1];
    if (groups < 1 || weight.dims[0] % groups != 0 || weight.dims[1] * groups != channels)
        call.refuse(text("has weights of shape ", to_text(weight.dims), " in ", groups, " groups, which do not fit the ", channels,
                         " channels of its input"));
    Operation operation;
    operation.op = Op::convolution;
    operation.window = read_window(call, axes, kernel);
    operation.bias = call.has(2);
    if (groups == channels && groups > 1) {
        operation.depthwise = true;
        operation.multiplier = static_cast<int>(weight.dims[0] / groups);
    } else {
        operation.out_channels = static_cast<int>(weight.dims[0]);
        operation.groups = static_cast<int>(groups);
    }
    std::vector<Floats> weights{weight.floats};
    if (call.has(2)) weights.push_back(call.constant_floats(2, "bias").floats);
    result_from_map(call, call.add(operation, {as_map(call)}, std::move(weights)), axes);
}

}  // namespace

void add_convolutions(LoweringTable& table) { table["Conv"] = convolution; }

}  // namespace mdl::tool
