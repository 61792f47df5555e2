// mdl: folding of arithmetic on constants.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "onnx/constant_folding.hpp"
#include "onnx/folding.hpp"

namespace mdl::tool::folding {

namespace {

auto range(const Fold& fold) -> Tensor {
    for (const std::size_t k : {0u, 1u, 2u})
        if (fold.input(k).count() != 1) fail(Exit::bad_input, "needs one start, limit and step; the model is wrong");
    if (fold.input(0).is_float() != fold.input(1).is_float() || fold.input(0).is_float() != fold.input(2).is_float())
        fail(Exit::bad_input, "mixes integers and reals; the model is wrong");
    const double start = fold.input(0).real(0), limit = fold.input(1).real(0), delta = fold.input(2).real(0);
    const double steps = delta == 0 ? -1 : std::max(0.0, std::ceil((limit - start) / delta));
    if (!(steps >= 0 && steps <= static_cast<double>(most_elements)))
        fail(Exit::bad_input, "makes an endless range; the model is wrong");
    const Dims dims{static_cast<std::int64_t>(steps)};
    const std::size_t count = fold.room(dims);
    if (fold.input(0).is_float()) {
        std::vector<float> floats(count);
        for (std::size_t i = 0; i < count; ++i) floats[i] = static_cast<float>(start + static_cast<double>(i) * delta);
        return Tensor::of_floats(dims, std::move(floats));
    }
    std::vector<std::int64_t> integers(count);
    auto value = static_cast<std::uint64_t>(fold.input(0).integers[0]);
    for (auto& integer : integers) {
        integer = static_cast<std::int64_t>(value);
        value += static_cast<std::uint64_t>(fold.input(2).integers[0]);
    }
    return Tensor::of_integers(dims, std::move(integers));
}

template <class Real, class Integer>
auto elementwise(const Fold& fold, Real real, Integer integer) -> Tensor {
    const Tensor &a = fold.input(0), &b = fold.input(1);
    if (a.is_float() != b.is_float()) fail(Exit::bad_input, "mixes integers and reals; the model is wrong");
    const Dims dims = broadcast_dims(a.dims, b.dims);
    const Walk at_a = broadcast_walk(a.dims, dims), at_b = broadcast_walk(b.dims, dims);
    const std::size_t count = fold.room(dims);
    const auto compute = [&](const auto& x, const auto& y, auto& out, auto function) {
        out.resize(count);
        for (std::size_t i = 0; i < count; ++i)
            out[i] = function(x[static_cast<std::size_t>(at_a(static_cast<std::int64_t>(i)))],
                              y[static_cast<std::size_t>(at_b(static_cast<std::int64_t>(i)))]);
    };
    if (a.is_float()) {
        std::vector<float> values;
        compute(*a.floats, *b.floats, values, real);
        return Tensor::of_floats(dims, std::move(values));
    }
    std::vector<std::int64_t> values;
    compute(a.integers, b.integers, values, integer);
    return Tensor::of_integers(dims, std::move(values));
}

/// Integer arithmetic wraps, as in the programs that exporters trace; in unsigned numbers so that it is defined.
template <class Operator>
auto wrapping(Operator function) {
    return [function](std::int64_t a, std::int64_t b) {
        return static_cast<std::int64_t>(function(static_cast<std::uint64_t>(a), static_cast<std::uint64_t>(b)));
    };
}

template <class Operator>
auto arithmetic(Operator function) -> Function {
    return [function](const Fold& fold) { return elementwise(fold, function, wrapping(function)); };
}

auto divide(const Fold& fold) -> Tensor {
    return elementwise(fold, std::divides<float>(), [](std::int64_t a, std::int64_t b) -> std::int64_t {
        if (b == 0) fail(Exit::bad_input, "divides a shape by zero; the model is wrong");
        return b == -1 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(a)) : a / b;
    });
}

template <class Operator>
auto unary(Operator function) -> Function {
    return [function](const Fold& fold) {
        const Tensor& from = fold.input(0);
        if (from.is_float()) {
            std::vector<float> values = *from.floats;
            for (auto& value : values) value = static_cast<float>(function(static_cast<double>(value)));
            return Tensor::of_floats(from.dims, std::move(values));
        }
        std::vector<std::int64_t> values = from.integers;
        for (auto& value : values) value = to_integer(function(static_cast<double>(value)));
        return Tensor::of_integers(from.dims, std::move(values));
    };
}

/// Comparisons give integers, 1 for true, whatever they compare.
template <class Operator>
auto comparison(Operator function) -> Function {
    return [function](const Fold& fold) {
        const Tensor &a = fold.input(0), &b = fold.input(1);
        const Dims dims = broadcast_dims(a.dims, b.dims);
        const Walk at_a = broadcast_walk(a.dims, dims), at_b = broadcast_walk(b.dims, dims);
        std::vector<std::int64_t> values(fold.room(dims));
        for (std::size_t i = 0; i < values.size(); ++i) {
            const auto at = static_cast<std::int64_t>(i);
            values[i] = function(a.real(at_a(at)), b.real(at_b(at))) ? 1 : 0;
        }
        return Tensor::of_integers(dims, std::move(values));
    };
}

/// The larger or smaller of any number of inputs.
template <class Choose>
auto extreme(Choose choose) -> Function {
    return [choose](const Fold& fold) {
        Tensor result = fold.input(0);
        for (std::size_t k = 1; k < fold.inputs.size(); ++k) {
            const std::vector<const Tensor*> pair{&result, &fold.input(k)};
            result = elementwise(Fold{fold.node, fold.attributes, pair, fold.opset, fold.folder, fold.most}, choose, choose);
        }
        return result;
    };
}

/// Of integers the remainder has the divisor's sign, unless `fmod`.
auto modulo(const Fold& fold) -> Tensor {
    const bool truncates = fold.attributes.integer("fmod", 0) != 0;
    return elementwise(
        fold, [truncates](float a, float b) { return truncates ? std::fmod(a, b) : a - b * std::floor(a / b); },
        [truncates](std::int64_t a, std::int64_t b) -> std::int64_t {
            if (b == 0) fail(Exit::bad_input, "divides a shape by zero; the model is wrong");
            const std::int64_t rest = b == -1 ? 0 : a % b;
            return !truncates && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
        });
}

auto power(const Fold& fold) -> Tensor {
    const Tensor &base = fold.input(0), &exponent = fold.input(1);
    const Dims dims = broadcast_dims(base.dims, exponent.dims);
    const Walk at_base = broadcast_walk(base.dims, dims), at_exponent = broadcast_walk(exponent.dims, dims);
    std::vector<float> reals(base.is_float() ? fold.room(dims) : 0);
    std::vector<std::int64_t> integers(base.is_float() ? 0 : fold.room(dims));
    for (std::int64_t i = 0; i < count_of(dims); ++i) {
        const double value = std::pow(base.real(at_base(i)), exponent.real(at_exponent(i)));
        if (base.is_float()) reals[static_cast<std::size_t>(i)] = static_cast<float>(value);
        else integers[static_cast<std::size_t>(i)] = to_integer(value);
    }
    return base.is_float() ? Tensor::of_floats(dims, std::move(reals)) : Tensor::of_integers(dims, std::move(integers));
}

/// Over all axes or some, which stay with size 1 or go. The sizes of tensors are what models reduce: a product of a shape.
template <class Combine>
auto reduction(double start, Combine combine, bool mean = false) -> Function {
    return [=](const Fold& fold) {
        const Tensor& from = fold.input(0);
        const auto axes = fold.list("axes", 1);
        const bool keeps = fold.attributes.integer("keepdims", 1) != 0, idle = fold.attributes.integer("noop_with_empty_axes", 0) != 0;
        const bool all = !axes || axes->empty();
        if (all && idle) return from;
        std::vector<bool> reduced(from.dims.size(), all);
        if (!all)
            for (const auto axis : *axes) reduced[normalised_axis(axis, from.dims.size())] = true;
        Dims kept = from.dims, shape;
        for (std::size_t axis = 0; axis < kept.size(); ++axis) {
            if (reduced[axis]) kept[axis] = 1;
            if (!reduced[axis] || keeps) shape.push_back(kept[axis]);
        }
        std::vector<double> sums(fold.room(kept), start);
        const Walk to = broadcast_walk(kept, from.dims);
        for (std::int64_t i = 0; i < from.count(); ++i) {
            double& sum = sums[static_cast<std::size_t>(to(i))];
            sum = combine(sum, from.real(i));
        }
        if (mean)
            for (double& sum : sums) sum /= static_cast<double>(from.count()) / static_cast<double>(sums.size());
        if (from.is_float()) return Tensor::of_floats(shape, {sums.begin(), sums.end()});
        std::vector<std::int64_t> integers;
        for (const double sum : sums) integers.push_back(to_integer(sum));
        return Tensor::of_integers(shape, std::move(integers));
    };
}

auto where(const Fold& fold) -> Tensor {
    const auto& condition = fold.integers(0);
    const Tensor &yes = fold.input(1), &no = fold.input(2);
    if (yes.is_float() != no.is_float()) fail(Exit::bad_input, "mixes integers and reals; the model is wrong");
    const Dims dims = broadcast_dims(fold.input(0).dims, broadcast_dims(yes.dims, no.dims));
    const Walk at_condition = broadcast_walk(fold.input(0).dims, dims), at_yes = broadcast_walk(yes.dims, dims),
               at_no = broadcast_walk(no.dims, dims);
    const std::size_t count = fold.room(dims);
    std::vector<float> floats(yes.is_float() ? count : 0);
    std::vector<std::int64_t> integers(yes.is_float() ? 0 : count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = static_cast<std::int64_t>(i);
        const bool first = condition[static_cast<std::size_t>(at_condition(at))] != 0;
        const Tensor& from = first ? yes : no;
        const auto k = static_cast<std::size_t>(first ? at_yes(at) : at_no(at));
        if (yes.is_float()) floats[i] = (*from.floats)[k];
        else integers[i] = from.integers[k];
    }
    return yes.is_float() ? Tensor::of_floats(dims, std::move(floats)) : Tensor::of_integers(dims, std::move(integers));
}

}  // namespace

void add_arithmetic(FunctionTable& table) {
    table["Range"] = range;
    table["Add"] = arithmetic([](auto a, auto b) { return a + b; });
    table["Sub"] = arithmetic([](auto a, auto b) { return a - b; });
    table["Mul"] = arithmetic([](auto a, auto b) { return a * b; });
    table["Div"] = divide;
    table["Floor"] = unary([](double x) { return std::floor(x); });
    table["Ceil"] = unary([](double x) { return std::ceil(x); });
    table["Sqrt"] = unary([](double x) { return std::sqrt(x); });
    table["Neg"] = unary([](double x) { return -x; });
    table["Exp"] = unary([](double x) { return std::exp(x); });
    table["Abs"] = unary([](double x) { return std::abs(x); });
    table["Equal"] = comparison(std::equal_to<double>());
    table["Less"] = comparison(std::less<double>());
    table["Greater"] = comparison(std::greater<double>());
    table["LessOrEqual"] = comparison(std::less_equal<double>());
    table["GreaterOrEqual"] = comparison(std::greater_equal<double>());
    table["And"] = comparison([](double a, double b) { return a != 0 && b != 0; });
    table["Or"] = comparison([](double a, double b) { return a != 0 || b != 0; });
    table["Not"] = unary([](double x) { return x == 0 ? 1.0 : 0.0; });
    table["Round"] = unary([](double x) { return std::nearbyint(x); });
    table["Log"] = unary([](double x) { return std::log(x); });
    table["Reciprocal"] = unary([](double x) { return 1 / x; });
    table["Max"] = extreme([](auto a, auto b) { return a > b ? a : b; });
    table["Min"] = extreme([](auto a, auto b) { return a < b ? a : b; });
    table["Mod"] = modulo;
    table["Pow"] = power;
    table["ReduceMax"] = reduction(-std::numeric_limits<double>::infinity(), [](double a, double b) { return std::max(a, b); });
    table["ReduceMin"] = reduction(std::numeric_limits<double>::infinity(), [](double a, double b) { return std::min(a, b); });
    table["ReduceProd"] = reduction(1, std::multiplies<double>());
    table["ReduceSum"] = reduction(0, std::plus<double>());
    table["ReduceMean"] = reduction(0, std::plus<double>(), true);
    table["Where"] = where;
}

}  // namespace mdl::tool::folding
