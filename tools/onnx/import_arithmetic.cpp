// mdl: lowering of elementwise arithmetic, between computed tensors and with constants.
// SPDX-License-Identifier: MIT
#include <cmath>
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

/// All inputs, from left to right.
auto sum_up(Call& call, Binary kind) -> int {
    int sum = add_binary(call, kind, {call.layer(0), call.layer(1)});
    for (int k = 2; k < call.input_count(); ++k) sum = add_binary(call, kind, {sum, call.layer(k)});
    return sum;
}

/// Both operands have one type: what is computed beside a constant of integers is an integer, whatever a translator says of it.
auto has_integers(Call& call) -> bool {
    const auto is_integer_constant = [&](int k) { return call.is_constant(k) && call.is_integer(k); };
    return (call.is_integer(0) && call.is_integer(1)) || is_integer_constant(0) || is_integer_constant(1);
}

/// Input 1 of a division of integers.
auto divisor(Call& call) -> int {
    if (call.is_constant(1))
        for (std::int64_t i = 0; i < call.constant(1, "divisor").count(); ++i)
            if (call.constant(1, "divisor").real(i) == 0) call.refuse("divides an integer by zero; the model is wrong");
    return call.number_layer(1);
}

/// Whole numbers, of which floats hold those up to 2^24. Without its remainder a quotient is exact.
void integer_binary(Call& call, Binary kind) {
    int a = call.number_layer(0);
    const int b = kind == Binary::divide ? divisor(call) : call.number_layer(1);
    if (kind == Binary::divide) a = add_binary(call, Binary::subtract, {a, add_binary(call, Binary::modulo, {a, b})});
    call.result(add_binary(call, kind, {a, b}));
}

void binary(Call& call, Binary kind) {
    if (call.input_count() != 2) call.refuse("needs two inputs");
    if (has_integers(call)) return integer_binary(call, kind);
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
    call.result(sum_up(call, kind));
}

void mean(Call& call) {
    const int sum = call.input_count() == 1 ? call.layer(0) : sum_up(call, Binary::add);
    const Tensor share = Tensor::of_floats({}, {1.0f / static_cast<float>(call.input_count())});
    if (!as_scale(call, Binary::multiply, sum, share, false)) call.result(add_factor(call, sum, share.floats->front()));
}

void negate(Call& call) {
    const int x = call.layer(0);
    if (as_scale(call, Binary::multiply, x, Tensor::of_floats({}, {-1.0f}), false)) return;
    call.result(add_activation(call, x, ActivationKind::negate));
}

/// One exponent for all is a map of its own; some have a name.
void power(Call& call) {
    if (!call.is_constant(1) || !call.constant(1, "exponent").is_uniform() ||
        call.constant(1, "exponent").dims.size() > static_cast<std::size_t>(call.shape(0).rank) || call.constant(1, "exponent").count() != 1)
        return call.result(add_binary(call, Binary::power, {call.layer(0), call.layer(1)}));
    const auto exponent = static_cast<float>(call.constant(1, "exponent").real(0));
    if (exponent < 0 || exponent != std::floor(exponent)) call.require_reals(0);
    const int x = call.layer(0);
    if (exponent == 1) return call.result(x);
    if (exponent == 2) return call.result(add_binary(call, Binary::multiply, {x, x}));
    if (exponent == 0.5f) return call.result(add_activation(call, x, ActivationKind::sqrt));
    if (exponent == -1) return call.result(add_activation(call, x, ActivationKind::reciprocal));
    call.result(add_activation(call, x, ActivationKind::power, exponent));
}

/// fmod=0, of integers: the remainder has the divisor's sign.
void modulo(Call& call) {
    if (call.attributes.integer("fmod", 0) != 0) return call.result(add_binary(call, Binary::modulo, {call.number_layer(0), call.number_layer(1)}));
    const int b = divisor(call), remainder = add_binary(call, Binary::modulo, {call.number_layer(0), b});
    call.result(add_binary(call, Binary::modulo, {add_binary(call, Binary::add, {remainder, b}), b}));
}

void differ(Call& call) {
    const int equal = add_binary(call, Binary::equal, {call.number_layer(0), call.number_layer(1)});
    call.result(add_binary(call, Binary::equal, {equal, add_numbers(call, Shape{1}, {0})}));
}

/// Comparisons, and logic on truth values, which are 1 and 0.
void compare(Call& call, Binary kind) { call.result(add_binary(call, kind, {call.number_layer(0), call.number_layer(1)})); }

void negate_truth(Call& call) {
    const int zero = call.add_constant(Tensor::of_floats({}, {0.0f}), Shape{1});
    call.result(add_binary(call, Binary::equal, {call.layer(0), zero}));
}

}  // namespace

void add_arithmetic(LoweringTable& table) {
    table["Add"] = [](Call& call) { binary(call, Binary::add); };
    table["Sub"] = [](Call& call) { binary(call, Binary::subtract); };
    table["Mul"] = [](Call& call) { binary(call, Binary::multiply); };
    table["Div"] = [](Call& call) { binary(call, Binary::divide); };
    table["Neg"] = negate;
    table["Mean"] = mean;
    table["Mod"] = modulo;
    table["Less"] = [](Call& call) { compare(call, Binary::less); };
    table["LessOrEqual"] = [](Call& call) { compare(call, Binary::less_or_equal); };
    table["Greater"] = [](Call& call) { compare(call, Binary::greater); };
    table["GreaterOrEqual"] = [](Call& call) { compare(call, Binary::greater_or_equal); };
    table["And"] = [](Call& call) { compare(call, Binary::minimum); };
    table["Or"] = [](Call& call) { compare(call, Binary::maximum); };
    table["Xor"] = differ;
    table["Not"] = negate_truth;
    table["Equal"] = [](Call& call) { compare(call, Binary::equal); };
    table["Pow"] = power;
    table["Sum"] = [](Call& call) { variadic(call, Binary::add); };
    table["Max"] = [](Call& call) { variadic(call, Binary::maximum); };
    table["Min"] = [](Call& call) { variadic(call, Binary::minimum); };
}

}  // namespace mdl::tool
