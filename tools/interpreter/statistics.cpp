// mdl: operators of the reference interpreter that look at many elements at once: normalisations, reductions, softmax.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "interpreter/node.hpp"

namespace mdl::tool::interpreter {

namespace {

/// Mean and variance of `count` elements.
struct Moments {
    double mean = 0, variance = 0;

    Moments(const double* x, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i) mean += x[i];
        mean /= static_cast<double>(count);
        for (std::int64_t i = 0; i < count; ++i) variance += (x[i] - mean) * (x[i] - mean);
        variance /= static_cast<double>(count);
    }
};

auto batch_norm(const Node& node) -> Outputs {
    const double epsilon = node.real("epsilon", 1e-5);
    node.attributes.ignore("momentum");
    node.attributes.ignore("spatial");
    if (node.integer("training_mode", 0) != 0) fail(Exit::bad_input, "is in training mode; export after model.eval()");
    Array y = node.input(0);
    const std::int64_t area = y.rank() < 2 ? 1 : y.count(2, y.rank()), channels = y.rank() < 2 ? y.count() : y.size(1);
    for (std::int64_t i = 0; i < y.count(); ++i) {
        const auto c = static_cast<std::size_t>(i / area % channels);
        y[i] = node.input(1).values.at(c) * (y[i] - node.input(3).values.at(c)) / std::sqrt(node.input(4).values.at(c) + epsilon) + node.input(2).values.at(c);
    }
    return {std::move(y)};
}

/// Groups of channels are normalised together; scale and shift are one a channel, or one a group (GroupNormalization-18).
auto normalise_groups(const Node& node, std::int64_t groups) -> Outputs {
    const double epsilon = node.real("epsilon", 1e-5);
    node.attributes.ignore("stash_type");
    Array y = node.input(0);
    const std::int64_t channels = y.size(1), area = y.count(2, y.rank());
    if (groups < 1 || channels % groups != 0) fail(Exit::bad_input, "has groups that do not divide its channels; the model is wrong");
    const std::int64_t size = channels / groups * area;
    const bool one_a_group = node.input(1).count() == groups;
    for (std::int64_t g = 0; g < y.size(0) * groups; ++g) {
        double* const x = y.values.data() + g * size;
        const Moments moments(x, size);
        for (std::int64_t i = 0; i < size; ++i) {
            const std::int64_t channel = (g * size + i) / area % channels;
            const auto k = static_cast<std::size_t>(one_a_group ? channel / (channels / groups) : channel);
            x[i] = (x[i] - moments.mean) / std::sqrt(moments.variance + epsilon) * node.input(1).values.at(k) + node.input(2).values.at(k);
        }
    }
    return {std::move(y)};
}

auto layer_norm(const Node& node) -> Outputs {
    const double epsilon = node.real("epsilon", 1e-5);
    node.attributes.ignore("stash_type");
    Array y = node.input(0);
    const int axis = node.axis(node.integer("axis", -1), y.rank());
    const std::int64_t size = y.count(axis, y.rank());
    const Dims inner(y.dims.begin() + axis, y.dims.end());
    for (std::int64_t first = 0; first < y.count(); first += size) {
        const Moments moments(y.values.data() + first, size);
        Coordinates at(inner);
        for (std::int64_t i = 0; i < size; ++i, at.next()) {
            double& value = y[first + i];
            value = (value - moments.mean) / std::sqrt(moments.variance + epsilon) * node.input(1)[at.in(node.input(1).dims)];
            if (node.has(2)) value += node.input(2)[at.in(node.input(2).dims)];
        }
    }
    return {std::move(y)};
}

/// x / (bias + alpha / size * sum of squares of the channels from c - floor((size - 1) / 2) to c + ceil((size - 1) / 2))^beta.
auto response_norm(const Node& node) -> Outputs {
    const Array& x = node.input(0);
    const std::int64_t size = node.integer("size", 1), area = x.count(2, x.rank()), channels = x.size(1);
    const double alpha = node.real("alpha", 1e-4) / static_cast<double>(size), beta = node.real("beta", 0.75), bias = node.real("bias", 1);
    Array y(x.dims);
    for (std::int64_t i = 0; i < x.count(); ++i) {
        const std::int64_t c = i / area % channels, low = std::max<std::int64_t>(0, c - (size - 1) / 2), high = std::min(channels - 1, c + size / 2);
        double sum = 0;
        for (std::int64_t k = low; k <= high; ++k) sum += x[i + (k - c) * area] * x[i + (k - c) * area];
        y[i] = x[i] / std::pow(bias + alpha * sum, beta);
    }
    return {std::move(y)};
}

/// Elements one step apart.
struct Line {
    double* first;
    std::int64_t length, step;
    auto operator[](std::int64_t i) const -> double& { return first[i * step]; }
};

/// Calls visit(line) with the elements along the axes [first, last), seen as one axis.
template <class Visit>
auto along(const Array& x, int first, int last, Visit visit) -> Outputs {
    Array y = x;
    const std::int64_t outer = x.count(0, first), length = x.count(first, last), inner = x.count(last, x.rank());
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::int64_t i = 0; i < inner; ++i) visit(Line{y.values.data() + o * length * inner + i, length, inner});
    return {std::move(y)};
}

/// Before opset 13 all axes from `axis` on are one, and 1 is the default.
template <class Visit>
auto soft(Visit visit) -> Operator {
    return [visit](const Node& node) {
        const int rank = node.input().rank(), axis = node.axis(node.integer("axis", node.opset < 13 ? 1 : -1), rank);
        return along(node.input(), axis, node.opset < 13 ? rank : axis + 1, visit);
    };
}

void softmax(const Line& x) {
    double largest = x[0], sum = 0;
    for (std::int64_t i = 0; i < x.length; ++i) largest = std::max(largest, x[i]);
    for (std::int64_t i = 0; i < x.length; ++i) sum += x[i] = std::exp(x[i] - largest);
    for (std::int64_t i = 0; i < x.length; ++i) x[i] /= sum;
}

void log_softmax(const Line& x) {
    double largest = x[0], sum = 0;
    for (std::int64_t i = 0; i < x.length; ++i) largest = std::max(largest, x[i]);
    for (std::int64_t i = 0; i < x.length; ++i) sum += std::exp(x[i] - largest);
    for (std::int64_t i = 0; i < x.length; ++i) x[i] -= largest + std::log(sum);
}

void hardmax(const Line& x) {
    std::int64_t best = 0;
    for (std::int64_t i = 1; i < x.length; ++i)
        if (x[i] > x[best]) best = i;
    for (std::int64_t i = 0; i < x.length; ++i) x[i] = i == best ? 1 : 0;
}

/// finish(fold(start, x...)) over the named axes, all where there are none.
template <class Fold, class Finish>
auto reduction(double start, Fold fold, Finish finish) -> Operator {
    return [=](const Node& node) -> Outputs {
        const Array& x = node.input();
        const bool keep = node.integer("keepdims", 1) != 0, nothing = node.integer("noop_with_empty_axes", 0) != 0;
        Dims axes = node.list("axes", 1).value_or(Dims{});
        if (axes.empty() && nothing) return {x};
        std::vector<bool> reduced(x.dims.size(), axes.empty());
        for (const auto axis : axes) reduced[static_cast<std::size_t>(node.axis(axis, x.rank()))] = true;
        Dims kept, dropped;
        double count = 1;
        for (std::size_t axis = 0; axis < x.dims.size(); ++axis) {
            kept.push_back(reduced[axis] ? 1 : x.dims[axis]);
            if (!reduced[axis]) dropped.push_back(x.dims[axis]);
            if (reduced[axis]) count *= static_cast<double>(x.dims[axis]);
        }
        Array y(kept, x.is_integer);
        std::fill(y.values.begin(), y.values.end(), start);
        Coordinates at(x.dims);
        for (std::int64_t i = 0; i < x.count(); ++i, at.next()) {
            double& sum = y[at.in(kept)];
            sum = fold(sum, x[i]);
        }
        for (double& value : y.values) value = finish(value, count);
        if (!keep) y.dims = dropped;
        return {std::move(y)};
    };
}

auto log_sum_exp(const Node& node) -> Outputs {
    // Where exp would overflow, all elements are shifted by the largest.
    Array shifted = node.input();
    double largest = shifted.values.empty() ? 0 : *std::max_element(shifted.values.begin(), shifted.values.end());
    if (largest < 600) largest = 0;
    for (double& value : shifted.values) value -= largest;
    Node inner{node.proto, node.inputs, node.opset, node.folder};
    inner.inputs[0] = &shifted;
    return reduction(0, [](double a, double x) { return a + std::exp(x); }, [largest](double a, double) { return std::log(a) + largest; })(inner);
}

template <class Better>
auto position(Better better) -> Operator {
    return [better](const Node& node) -> Outputs {
        const Array& x = node.input();
        const int axis = node.axis(node.integer("axis", 0), x.rank());
        const bool keep = node.integer("keepdims", 1) != 0, last = node.integer("select_last_index", 0) != 0;
        Array y(x.dims, true);
        y.dims[static_cast<std::size_t>(axis)] = 1;
        y.values.clear();
        const std::int64_t outer = x.count(0, axis), length = x.size(axis), inner = x.count(axis + 1, x.rank());
        for (std::int64_t o = 0; o < outer; ++o)
            for (std::int64_t i = 0; i < inner; ++i) {
                const double* const line = x.values.data() + o * length * inner + i;
                std::int64_t best = 0;
                for (std::int64_t k = 1; k < length; ++k)
                    if (better(line[k * inner], line[best * inner]) || (last && line[k * inner] == line[best * inner])) best = k;
                y.values.push_back(static_cast<double>(best));
            }
        if (!keep) y.dims.erase(y.dims.begin() + axis);
        return {std::move(y)};
    };
}

/// (x - mean) / (standard deviation + 1e-9) over the axes.
auto mean_variance(const Node& node) -> Outputs {
    Array y = node.input();
    std::vector<bool> taken(y.dims.size(), false);
    for (const auto axis : node.integers("axes", {0, 2, 3})) taken[static_cast<std::size_t>(node.axis(axis, y.rank()))] = true;
    Dims kept;
    for (std::size_t axis = 0; axis < y.dims.size(); ++axis) kept.push_back(taken[axis] ? 1 : y.dims[axis]);
    std::vector<Dims> groups(static_cast<std::size_t>(Array(kept).count()));
    Coordinates at(y.dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) groups[static_cast<std::size_t>(at.in(kept))].push_back(i);
    for (const Dims& group : groups) {
        std::vector<double> values;
        for (const auto i : group) values.push_back(y[i]);
        const Moments moments(values.data(), static_cast<std::int64_t>(values.size()));
        for (const auto i : group) y[i] = (y[i] - moments.mean) / (std::sqrt(moments.variance) + 1e-9);
    }
    return {std::move(y)};
}

auto lp_normalisation(const Node& node) -> Outputs {
    const auto p = static_cast<double>(node.integer("p", 2));
    const int axis = node.axis(node.integer("axis", -1), node.input().rank());
    return along(node.input(), axis, axis + 1, [&](const Line& x) {
        double sum = 0;
        for (std::int64_t i = 0; i < x.length; ++i) sum += std::pow(std::abs(x[i]), p);
        for (std::int64_t i = 0; i < x.length; ++i) x[i] /= std::pow(sum, 1 / p);
    });
}

}  // namespace

void add_statistics(OperatorTable& table) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto add = [](double a, double x) { return a + x; };
    const auto as_is = [](double a, double) { return a; };
    table["BatchNormalization"] = batch_norm;
    table["InstanceNormalization"] = [](const Node& node) { return normalise_groups(node, node.input(0).size(1)); };
    table["GroupNormalization"] = [](const Node& node) { return normalise_groups(node, node.integer("num_groups", 1)); };
    table["LayerNormalization"] = layer_norm;
    table["LRN"] = response_norm;
    table["MeanVarianceNormalization"] = mean_variance;
    table["LpNormalization"] = lp_normalisation;
    table["Softmax"] = soft(softmax);
    table["LogSoftmax"] = soft(log_softmax);
    table["Hardmax"] = soft(hardmax);
    table["ReduceSum"] = reduction(0, add, as_is);
    table["ReduceMean"] = reduction(0, add, [](double a, double n) { return a / n; });
    table["ReduceMax"] = reduction(-infinity, [](double a, double x) { return std::max(a, x); }, as_is);
    table["ReduceMin"] = reduction(infinity, [](double a, double x) { return std::min(a, x); }, as_is);
    table["ReduceProd"] = reduction(1, [](double a, double x) { return a * x; }, as_is);
    table["ReduceL1"] = reduction(0, [](double a, double x) { return a + std::abs(x); }, as_is);
    table["ReduceL2"] = reduction(0, [](double a, double x) { return a + x * x; }, [](double a, double) { return std::sqrt(a); });
    table["ReduceSumSquare"] = reduction(0, [](double a, double x) { return a + x * x; }, as_is);
    table["ReduceLogSum"] = reduction(0, add, [](double a, double) { return std::log(a); });
    table["ReduceLogSumExp"] = log_sum_exp;
    table["ArgMax"] = position([](double a, double b) { return a > b; });
    table["ArgMin"] = position([](double a, double b) { return a < b; });
}

}  // namespace mdl::tool::interpreter
