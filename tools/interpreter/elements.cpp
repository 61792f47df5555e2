// mdl: operators of the reference interpreter that find elements and read or write them one by one.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <numeric>

#include "interpreter/node.hpp"

namespace mdl::tool::interpreter {

namespace {

auto top_k(const Node& node) -> Outputs {
    const Array& x = node.input();
    const int axis = node.axis(node.integer("axis", -1), x.rank());
    const std::int64_t k = node.has(1) ? node.integers(std::size_t{1}).at(0) : node.integer("k", 0);
    const bool largest = node.integer("largest", 1) != 0;
    node.attributes.ignore("sorted");
    if (k < 0 || k > x.size(axis)) fail(Exit::bad_input, "asks for ", k, " of ", x.size(axis), " elements; the model is wrong");
    Dims dims = x.dims;
    dims[static_cast<std::size_t>(axis)] = k;
    Array values(dims, x.is_integer), positions(dims, true);
    const std::int64_t outer = x.count(0, axis), size = x.size(axis), inner = x.count(axis + 1, x.rank());
    std::vector<std::int64_t> order(static_cast<std::size_t>(size));
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::int64_t i = 0; i < inner; ++i) {
            const auto at = [&](std::int64_t p) { return x[(o * size + p) * inner + i]; };
            std::iota(order.begin(), order.end(), std::int64_t{0});
            std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return largest ? at(a) > at(b) : at(a) < at(b); });
            for (std::int64_t r = 0; r < k; ++r) {
                const std::int64_t p = order[static_cast<std::size_t>(r)], to = (o * k + r) * inner + i;
                values[to] = at(p);
                positions[to] = static_cast<double>(p);
            }
        }
    return {std::move(values), std::move(positions)};
}

/// An index of an axis, from its front.
auto front(double index, std::int64_t size) -> std::int64_t {
    const auto given = static_cast<std::int64_t>(index), from_front = given < 0 ? given + size : given;
    if (from_front < 0 || from_front >= size) fail(Exit::bad_input, "names element ", given, " of ", size, "; the model is wrong");
    return from_front;
}

/// Number of the element at `at`, but at `index` of `axis`.
auto replaced(const Coordinates& at, const Dims& dims, int axis, std::int64_t index) -> std::int64_t {
    std::int64_t number = 0;
    for (std::size_t a = 0; a < dims.size(); ++a) {
        const std::int64_t i = static_cast<int>(a) == axis ? index : at[static_cast<int>(a)];
        if (i >= dims[a]) fail(Exit::bad_input, "has more indices along axis ", a, " than there are elements; the model is wrong");
        number = number * dims[a] + i;
    }
    return number;
}

auto gather_elements(const Node& node) -> Outputs {
    const Array &x = node.input(0), &indices = node.input(1);
    const int axis = node.axis(node.integer("axis", 0), x.rank());
    if (indices.rank() != x.rank()) fail(Exit::bad_input, "has indices of another rank than its data; the model is wrong");
    Array y(indices.dims, x.is_integer);
    Coordinates at(indices.dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) y[i] = x[replaced(at, x.dims, axis, front(indices[i], x.size(axis)))];
    return {std::move(y)};
}

/// What an element becomes by an update.
auto combined(const std::string& how, double old, double update) -> double {
    if (how == "none") return update;
    if (how == "add") return old + update;
    if (how == "mul") return old * update;
    if (how == "max") return std::max(old, update);
    if (how == "min") return std::min(old, update);
    fail(Exit::bad_input, "combines by '", how, "', which the reference interpreter does not know");
}

auto scatter_elements(const Node& node) -> Outputs {
    Array y = node.input(0);
    const Array &indices = node.input(1), &updates = node.input(2);
    const int axis = node.axis(node.integer("axis", 0), y.rank());
    const std::string how = node.string("reduction", "none");
    if (indices.dims != updates.dims || indices.rank() != y.rank())
        fail(Exit::bad_input, "has indices, data and updates that do not fit; the model is wrong");
    Coordinates at(indices.dims);
    for (std::int64_t i = 0; i < indices.count(); ++i, at.next()) {
        double& to = y[replaced(at, y.dims, axis, front(indices[i], y.size(axis)))];
        to = combined(how, to, updates[i]);
    }
    return {std::move(y)};
}

/// Where the rows begin that the last axis of `indices` points at, behind `batch` axes that data and indices share.
auto rows_at(const Array& x, const Array& indices, int batch) -> std::vector<std::int64_t> {
    if (indices.rank() <= batch || x.rank() < batch + indices.dims.back())
        fail(Exit::bad_input, "has indices that do not fit its data; the model is wrong");
    const auto depth = static_cast<int>(indices.dims.back());
    const std::int64_t rows = indices.count(0, indices.rank() - 1), batches = x.count(0, batch), row = x.count(batch + depth, x.rank());
    if (batches == 0 || rows % batches != 0) fail(Exit::bad_input, "has indices of another batch than its data; the model is wrong");
    std::vector<std::int64_t> begins;
    for (std::int64_t r = 0; r < rows; ++r) {
        std::int64_t number = r / (rows / batches);
        for (int k = 0; k < depth; ++k) number = number * x.size(batch + k) + front(indices[r * depth + k], x.size(batch + k));
        begins.push_back(number * row);
    }
    return begins;
}

auto gather_nd(const Node& node) -> Outputs {
    const Array &x = node.input(0), &indices = node.input(1);
    const auto batch = static_cast<int>(std::clamp<std::int64_t>(node.integer("batch_dims", 0), 0, x.rank()));
    const auto begins = rows_at(x, indices, batch);
    const int depth = batch + static_cast<int>(indices.dims.back());
    Dims dims(indices.dims.begin(), indices.dims.end() - 1);
    dims.insert(dims.end(), x.dims.begin() + depth, x.dims.end());
    Array y(dims, x.is_integer);
    const std::int64_t row = x.count(depth, x.rank());
    for (std::size_t r = 0; r < begins.size(); ++r)
        std::copy_n(x.values.begin() + begins[r], row, y.values.begin() + static_cast<std::int64_t>(r) * row);
    return {std::move(y)};
}

auto scatter_nd(const Node& node) -> Outputs {
    Array y = node.input(0);
    const Array& updates = node.input(2);
    const auto begins = rows_at(y, node.input(1), 0);
    const std::string how = node.string("reduction", "none");
    const std::int64_t row = y.count(static_cast<int>(node.input(1).dims.back()), y.rank());
    if (updates.count() != row * static_cast<std::int64_t>(begins.size()))
        fail(Exit::bad_input, "has updates that do not fit its indices; the model is wrong");
    for (std::int64_t i = 0; i < updates.count(); ++i) {
        double& to = y[begins[static_cast<std::size_t>(i / row)] + i % row];
        to = combined(how, to, updates[i]);
    }
    return {std::move(y)};
}

auto one_hot(const Node& node) -> Outputs {
    const Array &indices = node.input(0), &values = node.input(2);
    const auto depth = static_cast<std::int64_t>(node.input(1).values.at(0));
    const int rank = indices.rank() + 1, axis = node.axis(node.integer("axis", -1), rank);
    Dims dims = indices.dims;
    dims.insert(dims.begin() + axis, depth);
    Array y(dims, values.is_integer);
    Coordinates at(dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) {
        std::int64_t number = 0;
        for (int a = 0; a < rank; ++a)
            if (a != axis) number = number * dims[static_cast<std::size_t>(a)] + at[a];
        const double index = indices[number];
        y[i] = values.values.at((index < 0 ? index + static_cast<double>(depth) : index) == static_cast<double>(at[axis]) ? 1 : 0);
    }
    return {std::move(y)};
}

auto reverse_sequence(const Node& node) -> Outputs {
    const Array& x = node.input(0);
    const std::int64_t time_axis = node.integer("time_axis", 0), batch_axis = node.integer("batch_axis", 1);
    const bool fits = (time_axis == 0 && batch_axis == 1) || (time_axis == 1 && batch_axis == 0);
    if (x.rank() < 2 || !fits) fail(Exit::bad_input, "has other axes of time and batch than 0 and 1; the model is wrong");
    const int time = static_cast<int>(time_axis), batch = static_cast<int>(batch_axis);
    const Dims lengths = node.integers(std::size_t{1});
    Array y(x.dims, x.is_integer);
    Coordinates at(x.dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) {
        const std::int64_t length = lengths.at(static_cast<std::size_t>(at[batch])), t = at[time];
        y[i] = x[replaced(at, x.dims, time, t < length ? length - 1 - t : t)];
    }
    return {std::move(y)};
}

/// Zeros, and the maxima at their positions; where another shape is asked for, more zeros behind or the rest cut off.
auto max_unpool(const Node& node) -> Outputs {
    const Array &x = node.input(0), &positions = node.input(1);
    const auto axes = static_cast<std::size_t>(std::max(0, x.rank() - 2));
    const Dims kernel = node.integers("kernel_shape", {}), strides = node.integers("strides", Dims(axes, 1)),
               pads = node.integers("pads", Dims(2 * axes, 0));
    Dims dims = x.dims;
    for (std::size_t a = 0; a < axes; ++a) dims[a + 2] = (dims[a + 2] - 1) * strides.at(a) + kernel.at(a) - pads.at(a) - pads.at(a + axes);
    Array whole(dims);
    for (std::int64_t i = 0; i < x.count(); ++i) whole[front(positions.values.at(static_cast<std::size_t>(i)), whole.count())] = x[i];
    if (!node.has(2)) return {std::move(whole)};
    Array y(node.integers(std::size_t{2}));
    Coordinates at(y.dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) {
        bool inside = true;
        for (int a = 0; a < y.rank(); ++a) inside &= at[a] < dims.at(static_cast<std::size_t>(a));
        if (inside) y[i] = whole[at.in(dims)];
    }
    return {std::move(y)};
}

}  // namespace

void add_elements(OperatorTable& table) {
    table["TopK"] = top_k;
    table["GatherElements"] = gather_elements;
    table["Scatter"] = table["ScatterElements"] = scatter_elements;
    table["GatherND"] = gather_nd;
    table["ScatterND"] = scatter_nd;
    table["OneHot"] = one_hot;
    table["ReverseSequence"] = reverse_sequence;
    table["MaxUnpool"] = max_unpool;
}

}  // namespace mdl::tool::interpreter
