// mdl: operators of the reference interpreter that move elements, and those that make or tell shapes.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <numeric>

#include "interpreter/node.hpp"

namespace mdl::tool::interpreter {

namespace {

auto same(const Node& node) -> Outputs {
    for (const char* name : {"ratio", "seed"}) node.attributes.ignore(name);
    return {node.input()};
}

auto reshape_to(const Array& x, Dims dims) -> Outputs {
    Array y = x;
    y.dims = std::move(dims);
    return {std::move(y)};
}

auto reshape(const Node& node) -> Outputs {
    return reshape_to(node.input(), reshaped(node.input().dims, node.list("shape", 1).value_or(Dims{}), node.integer("allowzero", 0) != 0));
}

auto flatten(const Node& node) -> Outputs {
    const Array& x = node.input();
    const std::int64_t given = node.integer("axis", 1);
    const int axis = given == x.rank() ? x.rank() : node.axis(given, x.rank());
    return reshape_to(x, {x.count(0, axis), x.count(axis, x.rank())});
}

auto squeeze(const Node& node) -> Outputs {
    const Array& x = node.input();
    const Dims axes = node.list("axes", 1).value_or(Dims{});
    std::vector<bool> dropped(x.dims.size(), false);
    for (std::size_t axis = 0; axis < x.dims.size(); ++axis) dropped[axis] = axes.empty() && x.dims[axis] == 1;
    for (const auto axis : axes) dropped[static_cast<std::size_t>(node.axis(axis, x.rank()))] = true;
    Dims dims;
    for (std::size_t axis = 0; axis < x.dims.size(); ++axis)
        if (!dropped[axis]) dims.push_back(x.dims[axis]);
    return reshape_to(x, std::move(dims));
}

auto unsqueeze(const Node& node) -> Outputs {
    const Array& x = node.input();
    const Dims axes = node.list("axes", 1).value_or(Dims{});
    const int rank = x.rank() + static_cast<int>(axes.size());
    Dims dims(static_cast<std::size_t>(rank), 0);
    for (const auto axis : axes) dims[static_cast<std::size_t>(node.axis(axis, rank))] = 1;
    auto next = x.dims.begin();
    for (auto& dim : dims)
        if (dim == 0) dim = *next++;
    return reshape_to(x, std::move(dims));
}

/// y[at] = x[from(at)] for every element of a tensor of shape `dims`.
template <class From>
auto pick(const Array& x, Dims dims, From from) -> Array {
    Array y(std::move(dims), x.is_integer);
    Coordinates at(y.dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) y[i] = x[from(at)];
    return y;
}

auto strides_of(const Dims& dims) -> Dims {
    Dims strides(dims.size(), 1);
    for (std::size_t axis = dims.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * dims[axis];
    return strides;
}

auto transpose(const Node& node) -> Outputs {
    const Array& x = node.input();
    Dims order(x.dims.size());
    std::iota(order.rbegin(), order.rend(), 0);
    order = node.integers("perm", order);
    const Dims strides = strides_of(x.dims);
    Dims dims, steps;
    for (const auto axis : order) dims.push_back(x.dims.at(static_cast<std::size_t>(axis))), steps.push_back(strides[static_cast<std::size_t>(axis)]);
    return {pick(x, dims, [&](const Coordinates& at) { return std::inner_product(steps.begin(), steps.end(), at.all().begin(), std::int64_t{0}); })};
}

auto concat(const Node& node) -> Outputs {
    const int rank = node.input().rank(), axis = node.axis(node.integer("axis", 1), rank);
    Array y(node.input().dims, node.input().is_integer);
    auto& size = y.dims[static_cast<std::size_t>(axis)];
    size = 0;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) size += node.input(k).size(axis);
    y.values.clear();
    for (std::int64_t outer = 0; outer < y.count(0, axis); ++outer)
        for (std::size_t k = 0; k < node.inputs.size(); ++k) {
            const Array& part = node.input(k);
            const std::int64_t run = part.count(axis, rank);
            y.values.insert(y.values.end(), part.values.begin() + outer * run, part.values.begin() + (outer + 1) * run);
        }
    return {std::move(y)};
}

/// Elements [begin, end) of an axis.
auto cut(const Array& x, int axis, std::int64_t begin, std::int64_t end) -> Array {
    Dims dims = x.dims;
    dims[static_cast<std::size_t>(axis)] = end - begin;
    const Dims strides = strides_of(x.dims);
    return pick(x, dims, [&](const Coordinates& at) {
        return std::inner_product(strides.begin(), strides.end(), at.all().begin(), begin * strides[static_cast<std::size_t>(axis)]);
    });
}

auto split(const Node& node) -> Outputs {
    const Array& x = node.input();
    const int axis = node.axis(node.integer("axis", 0), x.rank());
    const std::int64_t size = x.size(axis), parts = node.integer("num_outputs", node.proto.output_size());
    Dims sizes = node.list("split", 1).value_or(Dims{});
    if (sizes.empty())
        for (std::int64_t k = 0, part = (size + parts - 1) / parts; k < parts; ++k) sizes.push_back(std::max<std::int64_t>(0, std::min(part, size - k * part)));
    Outputs all;
    std::int64_t begin = 0;
    for (const auto part : sizes) {
        if (part < 0 || begin + part > size) fail(Exit::bad_input, "splits ", size, " elements into more; the model is wrong");
        all.push_back(cut(x, axis, begin, begin + part));
        begin += part;
    }
    return all;
}

auto slice(const Node& node) -> Outputs {
    const Array& x = node.input();
    const Dims starts = node.list("starts", 1).value_or(Dims{}), ends = node.list("ends", 2).value_or(Dims{});
    Dims axes(starts.size());
    std::iota(axes.begin(), axes.end(), 0);
    axes = node.list("axes", 3).value_or(axes);
    const Dims given_steps = node.has(4) ? node.integers(std::size_t{4}) : Dims(starts.size(), 1);
    if (ends.size() != starts.size() || axes.size() != starts.size() || given_steps.size() != starts.size())
        fail(Exit::bad_input, "has starts, ends, axes and steps of different lengths; the model is wrong");
    const Dims strides = strides_of(x.dims);
    Dims dims = x.dims, steps = strides;
    std::int64_t origin = 0;
    for (std::size_t k = 0; k < starts.size(); ++k) {
        const auto axis = static_cast<std::size_t>(node.axis(axes[k], x.rank()));
        const std::int64_t size = x.dims[axis], step = given_steps[k];
        if (step == 0) fail(Exit::bad_input, "has a step of 0; the model is wrong");
        const auto bound = [&](std::int64_t value) {
            if (value < 0) value = std::max<std::int64_t>(value, -size - 1) + size;
            return std::clamp<std::int64_t>(value, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
        };
        const std::int64_t begin = bound(starts[k]), end = bound(ends[k]);
        dims[axis] = std::max<std::int64_t>(0, step > 0 ? (end - begin + step - 1) / step : (begin - end - step - 1) / -step);
        steps[axis] = strides[axis] * step;
        origin += begin * strides[axis];
    }
    return {pick(x, dims, [&](const Coordinates& at) { return std::inner_product(steps.begin(), steps.end(), at.all().begin(), origin); })};
}

auto pad(const Node& node) -> Outputs {
    const Array& x = node.input();
    const std::string mode = node.string("mode", "constant");
    const Dims pads = node.list("pads", 1).value_or(node.integers("paddings", {}));
    const double value = node.number("value", 2, 0);
    Dims axes(x.dims.size());
    std::iota(axes.begin(), axes.end(), 0);
    if (node.has(3)) axes = node.integers(std::size_t{3});
    if (pads.size() != 2 * axes.size()) fail(Exit::bad_input, "has ", pads.size(), " pads for ", axes.size(), " axes; the model is wrong");
    Dims before(x.dims.size(), 0), dims = x.dims;
    for (std::size_t k = 0; k < axes.size(); ++k) {
        const auto axis = static_cast<std::size_t>(node.axis(axes[k], x.rank()));
        before[axis] = pads[k];
        dims[axis] += pads[k] + pads[k + axes.size()];
    }
    Array y(dims, x.is_integer);
    Coordinates at(y.dims);
    for (std::int64_t i = 0; i < y.count(); ++i, at.next()) {
        std::int64_t from = 0;
        bool inside = true;
        for (int axis = 0; axis < x.rank(); ++axis) {
            const std::int64_t size = x.size(axis);
            std::int64_t p = at[axis] - before[static_cast<std::size_t>(axis)];
            if (mode == "edge") p = std::clamp<std::int64_t>(p, 0, size - 1);
            if (mode == "wrap") p = (p % size + size) % size;
            if (mode == "reflect" && size > 1) {
                const std::int64_t period = 2 * (size - 1);
                p = (p % period + period) % period;
                p = p < size ? p : period - p;
            }
            inside &= p >= 0 && p < size;
            from = from * size + p;
        }
        y[i] = inside ? x[from] : value;
    }
    return {std::move(y)};
}

auto tile(const Node& node) -> Outputs {
    const Array& x = node.input();
    const Dims repeats = node.integers(std::size_t{1});
    if (repeats.size() != x.dims.size()) fail(Exit::bad_input, "repeats ", repeats.size(), " axes of ", x.rank(), "; the model is wrong");
    Dims dims = x.dims;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) dims[axis] *= repeats[axis];
    return {pick(x, dims, [&](const Coordinates& at) {
        std::int64_t from = 0;
        for (int axis = 0; axis < x.rank(); ++axis) from = from * x.size(axis) + at[axis] % x.size(axis);
        return from;
    })};
}

auto expand(const Node& node) -> Outputs {
    const Array& x = node.input();
    return {pick(x, broadcast_dims(x.dims, node.integers(std::size_t{1})), [&](const Coordinates& at) { return at.in(x.dims); })};
}

auto gather(const Node& node) -> Outputs {
    const Array &x = node.input(0), &indices = node.input(1);
    const int axis = node.axis(node.integer("axis", 0), x.rank());
    Dims dims(x.dims.begin(), x.dims.begin() + axis);
    dims.insert(dims.end(), indices.dims.begin(), indices.dims.end());
    dims.insert(dims.end(), x.dims.begin() + axis + 1, x.dims.end());
    Array y(dims, x.is_integer);
    y.values.clear();
    const std::int64_t outer = x.count(0, axis), size = x.size(axis), inner = x.count(axis + 1, x.rank());
    for (std::int64_t o = 0; o < outer; ++o)
        for (const double given : indices.values) {
            const auto index = static_cast<std::int64_t>(given) + (given < 0 ? size : 0);
            if (index < 0 || index >= size) fail(Exit::bad_input, "gathers element ", given, " of ", size, "; the model is wrong");
            const auto first = x.values.begin() + (o * size + index) * inner;
            y.values.insert(y.values.end(), first, first + inner);
        }
    return {std::move(y)};
}

/// [n, c, h, w] with c = (b, b, c') or (c', b, b) -> [n, c', h b, w b].
auto depth_to_space(const Node& node) -> Outputs {
    const Array& x = node.input();
    const std::int64_t b = node.integer("blocksize", 1), c = x.size(1) / (b * b), h = x.size(2), w = x.size(3);
    const bool channels_first = node.string("mode", "DCR") == "CRD";
    return {pick(x, {x.size(0), c, h * b, w * b}, [&](const Coordinates& at) {
        const std::int64_t block = at[2] % b * b + at[3] % b;
        const std::int64_t channel = channels_first ? at[1] * b * b + block : block * c + at[1];
        return ((at[0] * x.size(1) + channel) * h + at[2] / b) * w + at[3] / b;
    })};
}

auto space_to_depth(const Node& node) -> Outputs {
    const Array& x = node.input();
    const std::int64_t b = node.integer("blocksize", 1), c = x.size(1), h = x.size(2), w = x.size(3);
    return {pick(x, {x.size(0), c * b * b, h / b, w / b}, [&](const Coordinates& at) {
        const std::int64_t block = at[1] / c, channel = at[1] % c;
        return ((at[0] * c + channel) * h + at[2] * b + block / b) * w + at[3] * b + block % b;
    })};
}

auto list_of(const Dims& values) -> Array {
    Array y(Dims{static_cast<std::int64_t>(values.size())}, true);
    std::copy(values.begin(), values.end(), y.values.begin());
    return y;
}

auto shape(const Node& node) -> Outputs {
    const Array& x = node.input();
    const auto bound = [&](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + x.rank() : at, 0, x.rank()); };
    const std::int64_t start = bound(node.integer("start", 0)), end = std::max(start, bound(node.integer("end", x.rank())));
    return {list_of(Dims(x.dims.begin() + start, x.dims.begin() + end))};
}

auto size(const Node& node) -> Outputs {
    Array y(Dims{}, true);
    y[0] = static_cast<double>(node.input().count());
    return {std::move(y)};
}

auto constant(const Node& node) -> Outputs {
    if (const auto* value = node.attributes.find("value")) {
        Array y(decode(value->t(), node.folder));
        y.element = value->t().data_type();
        return {std::move(y)};
    }
    if (const auto* list = node.attributes.find("value_ints")) return {list_of(Dims(list->ints().begin(), list->ints().end()))};
    const auto* many = node.attributes.find("value_floats");
    const auto* whole = node.attributes.find("value_int");
    Array y(many != nullptr ? Dims{many->floats_size()} : Dims{}, whole != nullptr);
    if (many != nullptr) std::copy(many->floats().begin(), many->floats().end(), y.values.begin());
    else y[0] = whole != nullptr ? static_cast<double>(whole->i()) : node.real("value_float", 0);
    return {std::move(y)};
}

auto constant_of_shape(const Node& node) -> Outputs {
    const auto* value = node.attributes.find("value");
    const Array filler = value == nullptr ? Array(Dims{1}) : Array(decode(value->t(), node.folder));
    Array y(node.integers(std::size_t{0}), filler.is_integer);
    std::fill(y.values.begin(), y.values.end(), filler.values.at(0));
    return {std::move(y)};
}

auto range(const Node& node) -> Outputs {
    const double start = node.input(0).values.at(0), limit = node.input(1).values.at(0), step = node.input(2).values.at(0);
    const double count = step == 0 ? -1 : std::max(0.0, std::ceil((limit - start) / step));
    if (!(count >= 0 && count < 1e9)) fail(Exit::bad_input, "makes an endless range; the model is wrong");
    Array y(Dims{static_cast<std::int64_t>(count)}, node.input(0).is_integer);
    for (std::int64_t i = 0; i < y.count(); ++i) y[i] = start + static_cast<double>(i) * step;
    return {std::move(y)};
}

}  // namespace

void add_rearrangement(OperatorTable& table) {
    table["Identity"] = table["Dropout"] = same;
    table["Reshape"] = reshape;
    table["Flatten"] = flatten;
    table["Squeeze"] = squeeze;
    table["Unsqueeze"] = unsqueeze;
    table["Transpose"] = transpose;
    table["Concat"] = concat;
    table["Split"] = split;
    table["Slice"] = slice;
    table["Pad"] = pad;
    table["Tile"] = tile;
    table["Expand"] = expand;
    table["Gather"] = gather;
    table["DepthToSpace"] = depth_to_space;
    table["SpaceToDepth"] = space_to_depth;
    table["Shape"] = shape;
    table["Size"] = size;
    table["Constant"] = constant;
    table["ConstantOfShape"] = constant_of_shape;
    table["Range"] = range;
}

}  // namespace mdl::tool::interpreter
