// mdl: operators of the reference interpreter that work element by element.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>

#include "interpreter/node.hpp"
#include "onnx/element_types.hpp"

namespace mdl::tool::interpreter {

namespace {

using Unary = double (*)(double);

template <class F>
auto map(const Array& x, F f) -> Outputs {
    Array y = x;
    for (double& value : y.values) value = f(value);
    return {std::move(y)};
}

auto unary(Unary f) -> Operator {
    return [f](const Node& node) { return map(node.input(), f); };
}

/// Functions of one number and the node's attributes a and b.
template <class F>
auto unary(const char* a, double a_default, const char* b, double b_default, F f) -> Operator {
    return [=](const Node& node) {
        const double first = node.real(a, a_default), second = b == nullptr ? 0 : node.real(b, b_default);
        return map(node.input(), [=](double x) { return f(x, first, second); });
    };
}

template <class F>
auto combine(const Array& a, const Array& b, F f) -> Array {
    Array y(broadcast_dims(a.dims, b.dims), a.is_integer && b.is_integer);
    Coordinates at(y.dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) y[i] = f(a[at.in(a.dims)], b[at.in(b.dims)]);
    return y;
}

/// Any number of operands, from left to right.
template <class F>
auto fold(F f, bool mean = false) -> Operator {
    return [f, mean](const Node& node) -> Outputs {
        Array sum = node.input();
        for (std::size_t k = 1; k < node.inputs.size(); ++k) sum = combine(sum, node.input(k), f);
        if (mean)
            for (double& value : sum.values) value /= static_cast<double>(node.inputs.size());
        return {std::move(sum)};
    };
}

template <class F>
auto test(F f) -> Operator {
    return [f](const Node& node) -> Outputs {
        Array y = combine(node.input(0), node.input(1), [f](double a, double b) { return f(a, b) ? 1.0 : 0.0; });
        y.is_integer = true;
        return {std::move(y)};
    };
}

auto divide(const Node& node) -> Outputs {
    const bool integers = node.input(0).is_integer && node.input(1).is_integer;
    return {combine(node.input(0), node.input(1), [integers](double a, double b) {
        if (integers && b == 0) fail(Exit::bad_input, "divides an integer by zero; the model is wrong");
        return integers ? std::trunc(a / b) : a / b;
    })};
}

auto modulo(const Node& node) -> Outputs {
    const bool truncates = node.integer("fmod", 0) != 0;
    return {combine(node.input(0), node.input(1), [truncates](double a, double b) { return truncates ? std::fmod(a, b) : a - b * std::floor(a / b); })};
}

auto clip(const Node& node) -> Outputs {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const double low = node.number("min", 1, -infinity), high = node.number("max", 2, infinity);
    return map(node.input(), [=](double x) { return std::isnan(x) ? x : std::min(std::max(x, low), high); });
}

auto where(const Node& node) -> Outputs {
    const Array &condition = node.input(0), &yes = node.input(1), &no = node.input(2);
    Array y(broadcast_dims(condition.dims, broadcast_dims(yes.dims, no.dims)), yes.is_integer);
    Coordinates at(y.dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) y[i] = condition[at.in(condition.dims)] != 0 ? yes[at.in(yes.dims)] : no[at.in(no.dims)];
    return {std::move(y)};
}

auto gelu(const Node& node) -> Outputs {
    const bool tanh = node.string("approximate", "none") == "tanh";
    return map(node.input(), [tanh](double x) {
        return tanh ? 0.5 * x * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))) : 0.5 * x * (1 + std::erf(x * 0.7071067811865476));
    });
}

auto is_infinite(const Node& node) -> Outputs {
    const bool positive = node.integer("detect_positive", 1) != 0, negative = node.integer("detect_negative", 1) != 0;
    return map(node.input(), [=](double x) { return std::isinf(x) && (x > 0 ? positive : negative) ? 1.0 : 0.0; });
}

auto cast(const Node& node) -> Outputs {
    Array y = node.input();
    const auto to = node.integer("to", 0);
    node.attributes.ignore("saturate");
    y.is_integer = !is_real(static_cast<int>(to));
    if (to == onnx::TensorProto::BOOL)
        for (double& value : y.values) value = value != 0 ? 1 : 0;
    else if (y.is_integer)
        for (double& value : y.values) value = std::trunc(value);
    return {std::move(y)};
}

auto sigmoid(double x) -> double { return 1 / (1 + std::exp(-x)); }
auto softplus(double x) -> double { return x > 30 ? x : std::log1p(std::exp(x)); }

}  // namespace

void add_elementwise(OperatorTable& table) {
    table["Abs"] = unary([](double x) { return std::abs(x); });
    table["Acos"] = unary([](double x) { return std::acos(x); });
    table["Acosh"] = unary([](double x) { return std::acosh(x); });
    table["Asin"] = unary([](double x) { return std::asin(x); });
    table["Asinh"] = unary([](double x) { return std::asinh(x); });
    table["Atan"] = unary([](double x) { return std::atan(x); });
    table["Atanh"] = unary([](double x) { return std::atanh(x); });
    table["Ceil"] = unary([](double x) { return std::ceil(x); });
    table["Cos"] = unary([](double x) { return std::cos(x); });
    table["Cosh"] = unary([](double x) { return std::cosh(x); });
    table["Erf"] = unary([](double x) { return std::erf(x); });
    table["Exp"] = unary([](double x) { return std::exp(x); });
    table["Floor"] = unary([](double x) { return std::floor(x); });
    table["HardSwish"] = unary([](double x) { return x * std::min(std::max(x / 6 + 0.5, 0.0), 1.0); });
    table["IsNaN"] = unary([](double x) { return std::isnan(x) ? 1.0 : 0.0; });
    table["Log"] = unary([](double x) { return std::log(x); });
    table["Mish"] = unary([](double x) { return x * std::tanh(softplus(x)); });
    table["Neg"] = unary([](double x) { return -x; });
    table["Not"] = unary([](double x) { return x == 0 ? 1.0 : 0.0; });
    table["Reciprocal"] = unary([](double x) { return 1 / x; });
    table["Relu"] = unary([](double x) { return x < 0 ? 0 : x; });
    table["Round"] = unary([](double x) { return std::nearbyint(x); });
    table["Sigmoid"] = unary(sigmoid);
    table["Sign"] = unary([](double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : x; });
    table["Sin"] = unary([](double x) { return std::sin(x); });
    table["Sinh"] = unary([](double x) { return std::sinh(x); });
    table["Softplus"] = unary(softplus);
    table["Softsign"] = unary([](double x) { return x / (1 + std::abs(x)); });
    table["Sqrt"] = unary([](double x) { return std::sqrt(x); });
    table["Tan"] = unary([](double x) { return std::tan(x); });
    table["Tanh"] = unary([](double x) { return std::tanh(x); });
    table["Celu"] = unary("alpha", 1, nullptr, 0, [](double x, double a, double) { return std::max(0.0, x) + std::min(0.0, a * std::expm1(x / a)); });
    table["Elu"] = unary("alpha", 1, nullptr, 0, [](double x, double a, double) { return x < 0 ? a * std::expm1(x) : x; });
    table["HardSigmoid"] = unary("alpha", 0.2, "beta", 0.5, [](double x, double a, double b) { return std::min(std::max(a * x + b, 0.0), 1.0); });
    table["LeakyRelu"] = unary("alpha", 0.01, nullptr, 0, [](double x, double a, double) { return x < 0 ? a * x : x; });
    table["Selu"] = unary("alpha", 1.67326319217681884765625, "gamma", 1.05070102214813232421875,
                          [](double x, double a, double g) { return g * (x > 0 ? x : a * std::expm1(x)); });
    table["Shrink"] = unary("lambd", 0.5, "bias", 0, [](double x, double l, double b) { return x < -l ? x + b : x > l ? x - b : 0; });
    table["ThresholdedRelu"] = unary("alpha", 1, nullptr, 0, [](double x, double a, double) { return x > a ? x : 0; });
    table["Clip"] = clip;
    table["Gelu"] = gelu;
    table["IsInf"] = is_infinite;
    table["Cast"] = cast;
    table["Where"] = where;
    table["Div"] = divide;
    table["Mod"] = modulo;
    table["Add"] = table["Sum"] = fold([](double a, double b) { return a + b; });
    table["Sub"] = fold([](double a, double b) { return a - b; });
    table["Mul"] = fold([](double a, double b) { return a * b; });
    table["Max"] = fold([](double a, double b) { return std::isnan(a) || a > b ? a : b; });
    table["Min"] = fold([](double a, double b) { return std::isnan(a) || a < b ? a : b; });
    table["Mean"] = fold([](double a, double b) { return a + b; }, true);
    table["Pow"] = fold([](double a, double b) { return std::pow(a, b); });
    table["PRelu"] = fold([](double a, double b) { return a < 0 ? a * b : a; });
    table["And"] = test([](double a, double b) { return a != 0 && b != 0; });
    table["Or"] = test([](double a, double b) { return a != 0 || b != 0; });
    table["Xor"] = test([](double a, double b) { return (a != 0) != (b != 0); });
    table["Equal"] = test([](double a, double b) { return a == b; });
    table["Greater"] = test([](double a, double b) { return a > b; });
    table["GreaterOrEqual"] = test([](double a, double b) { return a >= b; });
    table["Less"] = test([](double a, double b) { return a < b; });
    table["LessOrEqual"] = test([](double a, double b) { return a <= b; });
}

}  // namespace mdl::tool::interpreter
