// mdl: lowering of elementwise arithmetic, between computed tensors and with constants.
// SPDX-License-Identifier: MIT
#include <limits>

#include "failure.hpp"
#include "onnx/call.hpp"

namespace mdl::tool {

namespace {

/// The constant as one value for each channel of `shape`, or null where it varies along another axis.
auto per_channel(const Tensor& constant, const Shape& shape) -> Floats {
    const auto rank = static_cast<std::size_t>(shape.rank);
    if (shape.rank < 2 || constant.dims.size() > rank) return nullptr;
    Dims dims(rank - constant.dims.size(), 1);
    dims.insert(dims.end(), constant.dims.begin(), constant.dims.end());
    for (std::size_t axis = 0; axis < rank; ++axis)
        if (dims[axis] != 1 && (axis != 1 || dims[axis] != shape[1])) return nullptr;
    if (dims[1] == shape[1]) return constant.floats;
    // One value for all: worth a vector of channels where channels are what the layer after it works in.
    if (shape.rank != 2 && shape.rank != 4) return nullptr;
    return make_floats(std::vector<float>(static_cast<std::size_t>(shape[1]), constant.floats->front()));
}

template <class Function>
auto mapped(const Floats& values, Function function) -> Floats {
    std::vector<float> result = *values;
    for (auto& value : result) value = function(value);
    return make_floats(std::move(result));
}

auto filled(const Floats& like, float value) -> Floats { return make_floats(std::vector<float>(like->size(), value)); }

void scale(Call& call, int input, Floats weight, Floats bias) {
    Operation operation;
    operation.op = Op::scale;
    operation.bias = bias != nullptr;
    std::vector<Floats> weights{std::move(weight)};
    if (bias) weights.push_back(std::move(bias));
    call.result(call.add(operation, {input}, std::move(weights)));
}

/// x (op) c and c (op) x as a Scale layer; false where there is none that does it.
auto as_scale(Call& call, Binary binary, int x, const Tensor& tensor, bool constant_first) -> bool {
    const Floats c = per_channel(tensor, call.network().shape(x));
    if (!c) return false;
    if (binary == Binary::add) return scale(call, x, filled(c, 1), c), true;
    if (binary == Binary::multiply) return scale(call, x, c, nullptr), true;
    if (binary == Binary::subtract && constant_first) return scale(call, x, filled(c, -1), c), true;
    if (binary == Binary::subtract) return scale(call, x, filled(c, 1), mapped(c, [](float v) { return -v; })), true;
    if (binary == Binary::divide && !constant_first) return scale(call, x, mapped(c, [](float v) { return 1 / v; }), nullptr), true;
    return false;
}

auto as_clip(Call& call, Binary binary, int x, const Tensor& tensor) -> bool {
    if (tensor.count() != 1 || tensor.dims.size() > static_cast<std::size_t>(call.network().shape(x).rank)) return false;
    if (binary != Binary::maximum && binary != Binary::minimum) return false;
    constexpr float most = std::numeric_limits<float>::max();
    const float c = tensor.floats->front();
    Operation operation;
    operation.op = Op::activation;
    operation.activation = binary == Binary::minimum ? Activation{ActivationKind::clip, -most, c}
                           : c == 0                  ? Activation{ActivationKind::relu}
                                                     : Activation{ActivationKind::clip, c, most};
    call.result(call.add(operation, {x}));
    return true;
}

auto add_binary(Call& call, Binary binary, std::vector<int> inputs) -> int {
    Operation operation;
    operation.op = Op::binary;
    operation.binary = binary;
    return call.add(operation, std::move(inputs));
}

void binary(Call& call, Binary kind) {
    if (call.input_count() != 2) call.refuse("needs two inputs");
    for (const int k : {0, 1}) {
        if (!call.is_constant(k)) continue;
        const Tensor& constant = call.constant_floats(k, "constant operand");
        const int x = call.layer(1 - k);
        if (as_scale(call, kind, x, constant, k == 0) || as_clip(call, kind, x, constant)) return;
    }
    call.result(add_binary(call, kind, {call.layer(0), call.layer(1)}));
}

/// Sum, Max and Min take any number of inputs.
void variadic(Call& call, Binary kind) {
    if (call.input_count() == 1) return call.result(call.layer(0));
    if (call.input_count() == 2) return binary(call, kind);
    int sum = add_binary(call, kind, {call.layer(0), call.layer(1)});
    for (int k = 2; k < call.input_count(); ++k) sum = add_binary(call, kind, {sum, call.layer(k)});
    call.result(sum);
}

/// -x, and x^2 where that is what Pow does.
void negate(Call& call) {
    const Tensor minus_one = Tensor::of_floats({}, {-1.0f});
    const int x = call.layer(0);
    if (as_scale(call, Binary::multiply, x, minus_one, false)) return;
    call.result(add_binary(call, Binary::multiply, {x, call.add_constant(minus_one, Shape{1})}));
}

void power(Call& call) {
    const Tensor& exponent = call.constant(1, "exponent");
    if (!exponent.is_uniform() || exponent.real(0) != 2) call.refuse("raises to another power than 2; mdl supports squares");
    call.result(add_binary(call, Binary::multiply, {call.layer(0), call.layer(0)}));
}

}  // namespace

void add_arithmetic(LoweringTable& table) {
    table["Add"] = [](Call& call) { binary(call, Binary::add); };
    table["Sub"] = [](Call& call) { binary(call, Binary::subtract); };
    table["Mul"] = [](Call& call) { binary(call, Binary::multiply); };
    table["Div"] = [](Call& call) { binary(call, Binary::divide); };
    table["Neg"] = negate;
    table["Pow"] = power;
    table["Sum"] = [](Call& call) { variadic(call, Binary::add); };
    table["Max"] = [](Call& call) { variadic(call, Binary::maximum); };
    table["Min"] = [](Call& call) { variadic(call, Binary::minimum); };
}

}  // namespace mdl::tool
