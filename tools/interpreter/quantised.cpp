// mdl: operators of the reference interpreter that compute with stored integers, rounding as the model says.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "interpreter/node.hpp"

namespace mdl::tool::interpreter {

namespace {

using Type = onnx::TensorProto;

/// Scale and zero point of the elements of one tensor.
class Rule {
public:
    /// `axis` counts where there are several scales; blocks of `block` elements along it share one.
    Rule(const Array& data, const Array& scale, const Array* zero, std::int64_t axis, std::int64_t block) : scale_(scale), zero_(zero), block_(block) {
        if (scale.count() != 1) axis_ = static_cast<int>(normalised_axis(axis, data.dims.size()));
    }
    auto scale(const Coordinates& at) const -> double { return pick(scale_, at); }
    auto zero(const Coordinates& at) const -> double { return zero_ == nullptr ? 0 : pick(*zero_, at); }

private:
    auto pick(const Array& from, const Coordinates& at) const -> double {
        std::int64_t number = 0;
        if (block_ > 0) {
            for (int axis = 0; axis < from.rank(); ++axis) number = number * from.size(axis) + (axis == axis_ ? at[axis] / block_ : at[axis]);
        } else if (from.count() != 1) {
            number = at[axis_];
        }
        return from.values.at(static_cast<std::size_t>(number));
    }
    const Array& scale_;
    const Array* zero_;
    std::int64_t block_;
    int axis_ = 0;
};

auto dequantised(const Array& stored, const Array& scale, const Array* zero, std::int64_t axis, std::int64_t block = 0) -> Array {
    const Rule rule(stored, scale, zero, axis, block);
    Array y(stored.dims);
    Coordinates at(y.dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) y[i] = (stored[i] - rule.zero(at)) * rule.scale(at);
    return y;
}

auto quantised(const Array& reals, const Array& scale, const Array* zero, std::int64_t axis, std::int64_t block = 0, int type = 0) -> Array {
    if (type == 0) type = zero != nullptr && zero->element != 0 ? zero->element : static_cast<int>(Type::UINT8);
    const bool is_signed = type == Type::INT8 || type == Type::INT16;
    const double numbers = type == Type::UINT16 || type == Type::INT16 ? 65536 : 256, least = is_signed ? -numbers / 2 : 0;
    const Rule rule(reals, scale, zero, axis, block);
    Array y(reals.dims, true);
    y.element = type;
    Coordinates at(y.dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) {
        // The quotient is the standard's float32: it decides what lies halfway between two integers.
        const float steps = static_cast<float>(reals[i]) / static_cast<float>(rule.scale(at));
        y[i] = std::clamp(std::nearbyint(static_cast<double>(steps)) + rule.zero(at), least, least + numbers - 1);
    }
    return y;
}

auto optional(const Node& node, std::size_t k) -> const Array* { return node.has(k) ? &node.input(k) : nullptr; }

auto dequantise(const Node& node) -> Outputs {
    return {dequantised(node.input(0), node.input(1), optional(node, 2), node.integer("axis", 1), node.integer("block_size", 0))};
}

auto quantise(const Node& node) -> Outputs {
    const int type = static_cast<int>(node.integer("output_dtype", 0));
    return {quantised(node.input(0), node.input(1), optional(node, 2), node.integer("axis", 1), node.integer("block_size", 0), type)};
}

/// To 8 bits without a sign, over the range that the tensor has, zero included.
auto quantise_dynamically(const Node& node) -> Outputs {
    const Array& x = node.input();
    double low = 0, high = 0;
    for (const double value : x.values) low = std::min(low, value), high = std::max(high, value);
    Array scale{Dims{}}, zero{Dims{}, true};
    // A float32, as the model's next operators see it.
    scale[0] = static_cast<double>(static_cast<float>((high - low) / 255));
    zero[0] = scale[0] > 0 ? std::clamp(std::nearbyint(-low / scale[0]), 0.0, 255.0) : 0;
    zero.element = Type::UINT8;
    if (scale[0] == 0) scale[0] = 1;
    Array y = quantised(x, scale, &zero, 0);
    return {std::move(y), std::move(scale), std::move(zero)};
}

/// The node's reals at inputs k, with scale and zero point behind them.
auto real(const Node& node, std::size_t k, std::int64_t axis = 0) -> Array { return dequantised(node.input(k), node.input(k + 1), optional(node, k + 2), axis); }

auto with(const Node& node, const Operator& compute, const std::vector<const Array*>& inputs) -> Array {
    return compute(Node{node.proto, inputs, node.opset, node.folder}).at(0);
}

/// As integers with scale and zero point at inputs k and k + 1, or as it is where they are left out.
auto stored(const Node& node, Array made, std::size_t k) -> Outputs {
    if (!node.has(k)) return {std::move(made)};
    return {quantised(made, node.input(k), optional(node, k + 1), 0)};
}

/// A bias of integers at input k, whose scale is the product of those at inputs 1 and 4.
auto bias(const Node& node, std::size_t k) -> Array {
    Array scale = node.input(4);
    for (double& value : scale.values) value *= node.input(1).values.at(0);
    return dequantised(node.input(k), scale, nullptr, 0);
}

/// An operator on two tensors of reals, which may have several scales along an axis, and a bias where there is one.
auto product(const Operator& compute, std::int64_t first_axis, std::int64_t second_axis, std::size_t bias_at, std::size_t out) -> Operator {
    return [=](const Node& node) {
        const Array a = real(node, 0, first_axis), b = real(node, 3, second_axis), c = node.has(bias_at) && bias_at != out ? bias(node, bias_at) : Array();
        std::vector<const Array*> inputs{&a, &b};
        if (c.count() > 0) inputs.push_back(&c);
        return stored(node, with(node, compute, inputs), out);
    };
}

auto of_integers(const Operator& compute, std::int64_t axis) -> Operator {
    return [=](const Node& node) -> Outputs {
        const auto less_zero = [&](std::size_t k, std::int64_t along) {
            Array scale = node.has(k + 2) ? node.input(k + 2) : Array(Dims{});
            std::fill(scale.values.begin(), scale.values.end(), 1.0);
            return dequantised(node.input(k), scale, optional(node, k + 2), along);
        };
        const Array a = less_zero(0, -2), b = less_zero(1, axis);
        Array y = with(node, compute, {&a, &b});
        y.is_integer = true;
        return {std::move(y)};
    };
}

auto unary(const Operator& compute) -> Operator {
    return [=](const Node& node) {
        const Array x = real(node, 0);
        return stored(node, with(node, compute, {&x}), 3);
    };
}

auto binary(const Operator& compute) -> Operator {
    return [=](const Node& node) {
        const Array a = real(node, 0), b = real(node, 3);
        return stored(node, with(node, compute, {&a, &b}), 6);
    };
}

auto joined(const Operator& compute) -> Operator {
    return [=](const Node& node) {
        std::vector<Array> reals;
        std::vector<const Array*> inputs;
        for (std::size_t k = 2; k < node.inputs.size(); k += 3) reals.push_back(real(node, k));
        for (const Array& array : reals) inputs.push_back(&array);
        return stored(node, with(node, compute, inputs), 0);
    };
}

}  // namespace

void add_quantised(OperatorTable& table) {
    table["DequantizeLinear"] = dequantise;
    table["QuantizeLinear"] = quantise;
    table["DynamicQuantizeLinear"] = quantise_dynamically;
    table["ConvInteger"] = of_integers(table.at("Conv"), 0);
    table["MatMulInteger"] = of_integers(table.at("MatMul"), -1);
    table["QLinearConv"] = product(table.at("Conv"), 0, 0, 8, 6);
    table["QLinearMatMul"] = product(table.at("MatMul"), -2, -1, 6, 6);
    table["QLinearConcat"] = joined(table.at("Concat"));
    table["QLinearAdd"] = binary(table.at("Add"));
    table["QLinearMul"] = binary(table.at("Mul"));
    for (const char* name : {"AveragePool", "GlobalAveragePool", "LeakyRelu", "Sigmoid", "Softmax"}) table[std::string("QLinear") + name] = unary(table.at(name));
    const Operator gemm = table.at("Gemm");
    // The scales of a matrix of weights stand along its outputs.
    table["QGemm"] = [gemm](const Node& node) { return product(gemm, 0, node.integer("transB", 0) != 0 ? 0 : 1, 6, 7)(node); };
}

}  // namespace mdl::tool::interpreter
