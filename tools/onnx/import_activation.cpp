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

/// Clip's bounds: attributes up to opset 10, inputs since.
void clip(Call& call) {
    if (call.opset() >= 11 && ((call.has(1) && !call.is_constant(1)) || (call.has(2) && !call.is_constant(2)))) {
        int x = call.layer(0);
        if (call.has(1)) x = add_binary(call, Binary::maximum, {x, call.layer(1)});
        if (call.has(2)) x = add_binary(call, Binary::minimum, {x, call.layer(2)});
        return call.result(x);
    }
    constexpr float most = std::numeric_limits<float>::max();
    float low = -most, high = most;
    if (call.opset() < 11) {
        low = std::max(low, call.attributes.real("min", low));
        high = std::min(high, call.attributes.real("max", high));
    } else {
        const auto bound = [&](int k, const char* what, float otherwise) {
            if (!call.has(k)) return otherwise;
            const Tensor& tensor = call.constant(k, what);
            if (tensor.count() != 1) call.refuse(text("has ", tensor.count(), " values as its ", what));
            return static_cast<float>(tensor.real(0));
        };
        low = std::max(low, bound(1, "lower bound", low));
        high = std::min(high, bound(2, "upper bound", high));
    }
    if (low == -most && high == most) return call.result(call.layer(0));
    if (low == 0 && high == most) return activation(call, ActivationKind::relu);
    if (!(low <= high)) call.refuse(text("clips to the empty range from ", low, " to ", high));
    activation(call, ActivationKind::clip, low, high);
}

/// Any slope that broadcasts, computed ones too: max(x, 0) + slope * min(x, 0).
void general_prelu(Call& call) {
    const int x = call.layer(0);
    const int below = add_activation(call, x, ActivationKind::clip, -std::numeric_limits<float>::max(), 0);
    const int sloped = add_binary(call, Binary::multiply, {below, call.layer(1)});
    call.result(add_binary(call, Binary::add, {add_activation(call, x, ActivationKind::relu), sloped}));
}

/// A slope for each channel, whatever way it broadcasts, is a layer of its own.
void prelu(Call& call) {
    const Shape shape = call.shape(0);
    const auto rank = static_cast<std::size_t>(shape.rank);
    if (!call.is_constant(1) || shape.rank < 2 || call.constant_floats(1, "slope").dims.size() > rank) return general_prelu(call);
    const Tensor& slope = call.constant_floats(1, "slope");
    Dims dims(rank - slope.dims.size(), 1);
    dims.insert(dims.end(), slope.dims.begin(), slope.dims.end());
    for (std::size_t axis = 0; axis < rank; ++axis)
        if (dims[axis] != 1 && (axis != 1 || dims[axis] != shape[1])) return general_prelu(call);
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

/// 1 where the first largest along an axis stands, else 0. Up to opset 12 the axes from `axis` on count as one.
void hardmax(Call& call) {
    const Shape shape = call.shape(0);
    const bool flattens = call.opset() < 13;
    const auto axis = static_cast<int>(normalised_axis(call.attributes.integer("axis", flattens ? 1 : -1), static_cast<std::size_t>(shape.rank)));
    const Shape flat = flattens ? Shape{static_cast<int>(shape.count(0, axis)), static_cast<int>(shape.count(axis, shape.rank))} : shape;
    const int x = add_reshape(call, call.layer(0), flat), along = flattens ? 1 : axis;
    Operation largest;
    largest.op = Op::reduce;
    largest.reduction = Reduction::arg_max;
    largest.dims = Shape{along};
    std::vector<float> positions(static_cast<std::size_t>(flat[along]));
    for (std::size_t i = 0; i < positions.size(); ++i) positions[i] = static_cast<float>(i);
    Shape column;
    for (int a = along; a < flat.rank; ++a) column.push(a == along ? flat[along] : 1);
    const int counted = call.add_constant(Tensor::of_floats(to_dims(column), std::move(positions)), column);
    call.result(add_reshape(call, add_binary(call, Binary::equal, {call.add(largest, {x}), counted}), shape));
}

}  // namespace

void add_activations(LoweringTable& table) {
    table["Relu"] = [](Call& call) { activation(call, ActivationKind::relu); };
    table["Sigmoid"] = [](Call& call) { activation(call, ActivationKind::sigmoid); };
    table["Tanh"] = [](Call& call) { activation(call, ActivationKind::tanh); };
    table["HardSwish"] = [](Call& call) { activation(call, ActivationKind::hard_swish); };
    table["Abs"] = [](Call& call) { activation(call, ActivationKind::abs); };
    table["Acos"] = [](Call& call) { activation(call, ActivationKind::acos); };
    table["Acosh"] = [](Call& call) { activation(call, ActivationKind::acosh); };
    table["Asin"] = [](Call& call) { activation(call, ActivationKind::asin); };
    table["Asinh"] = [](Call& call) { activation(call, ActivationKind::asinh); };
    table["Atan"] = [](Call& call) { activation(call, ActivationKind::atan); };
    table["Atanh"] = [](Call& call) { activation(call, ActivationKind::atanh); };
    table["Ceil"] = [](Call& call) { activation(call, ActivationKind::ceil); };
    table["Cos"] = [](Call& call) { activation(call, ActivationKind::cos); };
    table["Cosh"] = [](Call& call) { activation(call, ActivationKind::cosh); };
    table["Erf"] = [](Call& call) { activation(call, ActivationKind::erf); };
    table["Exp"] = [](Call& call) { activation(call, ActivationKind::exp); };
    table["Floor"] = [](Call& call) { activation(call, ActivationKind::floor); };
    table["IsNaN"] = [](Call& call) { activation(call, ActivationKind::is_nan); };
    table["Log"] = [](Call& call) { activation(call, ActivationKind::log); };
    table["Mish"] = [](Call& call) { activation(call, ActivationKind::mish); };
    table["Reciprocal"] = [](Call& call) { activation(call, ActivationKind::reciprocal); };
    table["Round"] = [](Call& call) { activation(call, ActivationKind::round); };
    table["Sign"] = [](Call& call) { activation(call, ActivationKind::sign); };
    table["Sin"] = [](Call& call) { activation(call, ActivationKind::sin); };
    table["Sinh"] = [](Call& call) { activation(call, ActivationKind::sinh); };
    table["Softplus"] = [](Call& call) { activation(call, ActivationKind::softplus); };
    table["Softsign"] = [](Call& call) { activation(call, ActivationKind::softsign); };
    table["Sqrt"] = [](Call& call) { activation(call, ActivationKind::sqrt); };
    table["Tan"] = [](Call& call) { activation(call, ActivationKind::tan); };
    table["Celu"] = [](Call& call) {
        const float alpha = call.attributes.real("alpha", 1);
        if (!(alpha > 0)) call.refuse(text("divides by its alpha of ", alpha, "; mdl supports a positive one"));
        activation(call, ActivationKind::celu, alpha);
    };
    table["Gelu"] = [](Call& call) {
        const auto approximate = call.attributes.string("approximate", "none");
        if (approximate != "none" && approximate != "tanh") call.refuse(text("approximates by '", approximate, "', which mdl does not know"));
        activation(call, approximate == "tanh" ? ActivationKind::gelu_tanh : ActivationKind::gelu);
    };
    table["IsInf"] = [](Call& call) {
        const bool positive = call.attributes.integer("detect_positive", 1) != 0, negative = call.attributes.integer("detect_negative", 1) != 0;
        activation(call, ActivationKind::is_inf, positive ? 1 : 0, negative ? 1 : 0);
    };
    table["Selu"] = [](Call& call) {
        const float alpha = call.attributes.real("alpha", 1.67326319217681884765625f);
        activation(call, ActivationKind::selu, alpha, call.attributes.real("gamma", 1.05070102214813232421875f));
    };
    table["Shrink"] = [](Call& call) {
        const float lambda = call.attributes.real("lambd", 0.5f);
        activation(call, ActivationKind::shrink, lambda, call.attributes.real("bias", 0));
    };
    table["ThresholdedRelu"] = [](Call& call) { activation(call, ActivationKind::thresholded_relu, call.attributes.real("alpha", 1)); };
    table["LeakyRelu"] = [](Call& call) { activation(call, ActivationKind::leaky_relu, call.attributes.real("alpha", 0.01f)); };
    table["Elu"] = [](Call& call) { activation(call, ActivationKind::elu, call.attributes.real("alpha", 1)); };
    table["HardSigmoid"] = [](Call& call) {
        const float alpha = call.attributes.real("alpha", 0.2f);
        activation(call, ActivationKind::hard_sigmoid, alpha, call.attributes.real("beta", 0.5f));
    };
    table["Clip"] = clip;
    table["PRelu"] = prelu;
    table["Hardmax"] = hardmax;
    table["Softmax"] = [](Call& call) { softmax(call, Op::softmax); };
    table["LogSoftmax"] = [](Call& call) { softmax(call, Op::log_softmax); };
}

}  // namespace mdl::tool
