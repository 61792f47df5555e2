// mdl: lowering of ONNX's activation functions and softmax.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <limits>

#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"

namespace mdl::tool {

namespace {

void activation(Call& call, ActivationKind kind, float a = 0, float b = 0) {
    Operation operation;
    operation.op = Op::activation;
    operation.activation = {kind, a, b};
    call.result(call.add(operation, {call.layer(0)}));
}

/// Clip's bounds: attributes up to opset 10, constant inputs since.
void clip(Call& call) {
    constexpr float most = std::numeric_limits<float>::max();
    float low = -most, high = most;
    if (call.opset() < 11) {
        low = std::max(low, call.attributes.real("min", low));
        high = std::min(high, call.attributes.real("max", high));
    } else {
        const auto bound = [&](int k, const char* what, float otherwise) {
            if (!call.has(k)) return otherwise;
            const Tensor& tensor = call.constant_floats(k, what);
            if (tensor.count() != 1) call.refuse(text("has ", tensor.count(), " values as its ", what));
            return tensor.floats->front();
        };
        low = std::max(low, bound(1, "lower bound", low));
        high = std::min(high, bound(2, "upper bound", high));
    }
    if (low == -most && high == most) return call.result(call.layer(0));
    if (low == 0 && high == most) return activation(call, ActivationKind::relu);
    if (!(low <= high)) call.refuse(text("clips to the empty range from ", low, " to ", high));
    activation(call, ActivationKind::clip, low, high);
}

/// A slope for each channel, whatever way it broadcasts.
void prelu(Call& call) {
    const Shape shape = call.shape(0);
    const Tensor& slope = call.constant_floats(1, "slope");
    const auto rank = static_cast<std::size_t>(shape.rank);
    if (shape.rank < 2 || slope.dims.size() > rank)
        call.refuse(text("has a slope of shape ", to_text(slope.dims), " for a tensor of shape ", to_text(shape)));
    Dims dims(rank - slope.dims.size(), 1);
    dims.insert(dims.end(), slope.dims.begin(), slope.dims.end());
    for (std::size_t axis = 0; axis < rank; ++axis)
        if (dims[axis] != 1 && (axis != 1 || dims[axis] != shape[1]))
            call.refuse(text("has a slope of shape ", to_text(slope.dims), " for a tensor of shape ", to_text(shape),
                             "; mdl supports one for each channel"));
    Operation operation;
    operation.op = Op::prelu;
    const auto channels = static_cast<std::size_t>(shape[1]);
    auto values = dims[1] == 1 ? make_floats(std::vector<float>(channels, slope.floats->front())) : slope.floats;
    call.result(call.add(operation, {call.layer(0)}, {std::move(values)}));
}

/// Up to opset 12 the input is flattened to two axes at `axis` first; since 13 one axis is meant.
void softmax(Call& call, Op op) {
    const Shape shape = call.shape(0);
    const bool flattens = call.opset() < 13;
    const auto axis = normalised_axis(call.attributes.integer("axis", flattens ? 1 : -1), static_cast<std::size_t>(shape.rank));
    Operation operation;
    operation.op = op;
    operation.axis = static_cast<int>(axis);
    const int at = static_cast<int>(axis);
    if (!flattens || shape.count(at + 1, shape.rank) == 1) return call.result(call.add(operation, {call.layer(0)}));
    Operation flat;
    flat.op = Op::reshape;
    flat.dims = Shape{static_cast<int>(shape.count(0, at)), static_cast<int>(shape.count(at, shape.rank))};
    Operation back = flat;
    back.dims = shape;
    operation.axis = 1;
    call.result(call.add(back, {call.add(operation, {call.add(flat, {call.layer(0)})})}));
}

}  // namespace

void add_activations(LoweringTable& table) {
    table["Relu"] = [](Call& call) { activation(call, ActivationKind::relu); };
    table["Sigmoid"] = [](Call& call) { activation(call, ActivationKind::sigmoid); };
    table["Tanh"] = [](Call& call) { activation(call, ActivationKind::tanh); };
    table["Exp"] = [](Call& call) { activation(call, ActivationKind::exp); };
    table["HardSwish"] = [](Call& call) { activation(call, ActivationKind::hard_swish); };
    table["LeakyRelu"] = [](Call& call) { activation(call, ActivationKind::leaky_relu, call.attributes.real("alpha", 0.01f)); };
    table["Elu"] = [](Call& call) { activation(call, ActivationKind::elu, call.attributes.real("alpha", 1)); };
    table["HardSigmoid"] = [](Call& call) {
        const float alpha = call.attributes.real("alpha", 0.2f);
        activation(call, ActivationKind::hard_sigmoid, alpha, call.attributes.real("beta", 0.5f));
    };
    table["Clip"] = clip;
    table["PRelu"] = prelu;
    table["Softmax"] = [](Call& call) { softmax(call, Op::softmax); };
    table["LogSoftmax"] = [](Call& call) { softmax(call, Op::log_softmax); };
}

}  // namespace mdl::tool
