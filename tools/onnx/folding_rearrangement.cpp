// mdl: folding of operators that make and rearrange constants.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "onnx/constant_folding.hpp"
#include "onnx/folding.hpp"

namespace mdl::tool::folding {

namespace {

/// A tensor of shape `dims` whose element i is `from`'s element `index(i)`.
template <class Index>
auto pick(const Fold& fold, const Tensor& from, Dims dims, Index index) -> Tensor {
    const auto count = static_cast<std::int64_t>(fold.room(dims));
    Tensor result;
    result.dims = std::move(dims);
    const auto fill = [&](const auto& source, auto& target) {
        target.resize(static_cast<std::size_t>(count));
        for (std::int64_t i = 0; i < count; ++i)
            target[static_cast<std::size_t>(i)] = source.at(static_cast<std::size_t>(index(i)));
    };
    if (from.is_float()) {
        std::vector<float> values;
        fill(*from.floats, values);
        result.floats = std::make_shared<const std::vector<float>>(std::move(values));
    } else {
        fill(from.integers, result.integers);
    }
    return result;
}

auto with_dims(const Tensor& tensor, Dims dims) -> Tensor {
    Tensor result = tensor;
    result.dims = std::move(dims);
    return result;
}

auto constant(const Fold& fold) -> Tensor {
    auto& attributes = fold.attributes;
    if (const auto* a = attributes.find("value")) return decode(a->t(), fold.folder);
    if (const auto* a = attributes.find("value_float")) return Tensor::of_floats({}, {a->f()});
    if (const auto* a = attributes.find("value_int")) return Tensor::of_integers({}, {a->i()});
    if (const auto* a = attributes.find("value_floats"))
        return Tensor::of_floats({a->floats_size()}, {a->floats().begin(), a->floats().end()});
    if (const auto* a = attributes.find("value_ints"))
        return Tensor::of_integers({a->ints_size()}, {a->ints().begin(), a->ints().end()});
    fail(Exit::bad_input, "holds a constant of a kind that mdl does not read; export it as a float32 or int64 tensor");
}

auto constant_of_shape(const Fold& fold) -> Tensor {
    const Dims dims = fold.integers(0);
    const std::size_t count = fold.room(dims);
    Tensor value = Tensor::of_floats({1}, {0.0f});
    if (const auto* a = fold.attributes.find("value")) value = decode(a->t(), fold.folder);
    if (value.count() != 1) fail(Exit::bad_input, "needs one value; the file is damaged");
    if (value.is_float()) return Tensor::of_floats(dims, std::vector<float>(count, value.floats->front()));
    return Tensor::of_integers(dims, std::vector<std::int64_t>(count, value.integers.front()));
}

auto shape_of(const Fold& fold) -> Tensor {
    const Dims& dims = fold.input(0).dims;
    const auto rank = static_cast<std::int64_t>(dims.size());
    const auto bound = [&](std::int64_t at) { return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank); };
    const auto start = bound(fold.attributes.integer("start", 0)),
               end = std::max(start, bound(fold.attributes.integer("end", rank)));
    return Tensor::of_integers({end - start}, {dims.begin() + start, dims.begin() + end});
}

auto size_of(const Fold& fold) -> Tensor { return Tensor::of_integers({}, {count_of(fold.input(0).dims)}); }

auto gather(const Fold& fold) -> Tensor {
    const Tensor& data = fold.input(0);
    const auto& indices = fold.integers(1);
    const std::size_t axis = normalised_axis(fold.attributes.integer("axis", 0), data.dims.size());
    const std::int64_t size = data.dims[axis];
    std::int64_t inner = 1;
    for (std::size_t a = axis + 1; a < data.dims.size(); ++a) inner *= data.dims[a];
    Dims dims(data.dims.begin(), data.dims.begin() + static_cast<std::ptrdiff_t>(axis));
    dims.insert(dims.end(), fold.input(1).dims.begin(), fold.input(1).dims.end());
    dims.insert(dims.end(), data.dims.begin() + static_cast<std::ptrdiff_t>(axis) + 1, data.dims.end());
    for (const auto index : indices)
        if (index < -size || index >= size) fail(Exit::bad_input, "reads element ", index, " of ", size, "; the model is wrong");
    const auto chosen = static_cast<std::int64_t>(indices.size());
    return pick(fold, data, std::move(dims), [&](std::int64_t i) {
        const std::int64_t k = indices[static_cast<std::size_t>(i / inner % chosen)];
        return (i / inner / chosen * size + (k < 0 ? k + size : k)) * inner + i % inner;
    });
}

auto slice(const Fold& fold) -> Tensor {
    const Tensor& data = fold.input(0);
    const auto starts = fold.list("starts", 1), ends = fold.list("ends", 2), axes = fold.list("axes", 3),
               steps = fold.list("steps", 4);
    if (!starts || !ends || starts->size() != ends->size() || (axes && axes->size() != starts->size()) ||
        (steps && steps->size() != starts->size()))
        fail(Exit::bad_input, "has starts, ends and axes that do not fit together; the model is wrong");
    Dims dims = data.dims, walk = strides_of(data.dims);
    std::vector<bool> sliced(dims.size(), false);
    std::int64_t origin = 0;
    for (std::size_t k = 0; k < starts->size(); ++k) {
        const std::size_t axis = normalised_axis(axes ? (*axes)[k] : static_cast<std::int64_t>(k), data.dims.size());
        const std::int64_t size = data.dims[axis], step = steps ? (*steps)[k] : 1;
        if (step == 0 || step < -most_elements || step > most_elements) fail(Exit::bad_input, "has the step ", step, "; the model is wrong");
        if (sliced[axis]) fail(Exit::bad_input, "names an axis twice; the model is wrong");
        sliced[axis] = true;
        const auto bound = [&](std::int64_t at) {
            if (at < 0) at = at < -size ? -1 : at + size;
            return step > 0 ? std::clamp<std::int64_t>(at, 0, size) : std::clamp<std::int64_t>(at, -1, size - 1);
        };
        const std::int64_t begin = bound((*starts)[k]), end = bound((*ends)[k]);
        dims[axis] = std::max<std::int64_t>(0, step > 0 ? (end - begin + step - 1) / step : (begin - end - step - 1) / -step);
        origin += begin * walk[axis];
        walk[axis] *= step;
    }
    const Walk index(dims, walk, origin);
    return pick(fold, data, dims, index);
}

auto concat(const Fold& fold) -> Tensor {
    const Tensor& first = fold.input(0);
    const std::size_t axis = normalised_axis(fold.attributes.integer("axis", 0), first.dims.size());
    Tensor result = first;
    std::vector<float> floats;
    std::int64_t outer = 1;
    for (std::size_t a = 0; a < axis; ++a) outer *= first.dims[a];
    result.dims[axis] = 0;
    for (std::size_t k = 0; k < fold.inputs.size(); ++k) {
        const Tensor& part = fold.input(k);
        if (part.dims.size() != first.dims.size() || part.is_float() != first.is_float())
            fail(Exit::bad_input, "joins constants that do not fit together; the model is wrong");
        for (std::size_t a = 0; a < first.dims.size(); ++a)
            if (a != axis && part.dims[a] != first.dims[a])
                fail(Exit::bad_input, "joins constants that do not fit together; the model is wrong");
        result.dims[axis] += part.dims[axis];
    }
    result.integers.clear();
    for (std::int64_t o = 0; o < outer; ++o)
        for (std::size_t k = 0; k < fold.inputs.size(); ++k) {
            const Tensor& part = fold.input(k);
            const std::int64_t run = part.count() / std::max<std::int64_t>(outer, 1);
            for (std::int64_t i = o * run; i < (o + 1) * run; ++i)
                if (part.is_float()) floats.push_back((*part.floats)[static_cast<std::size_t>(i)]);
                else result.integers.push_back(part.integers[static_cast<std::size_t>(i)]);
        }
    if (first.is_float()) result.floats = std::make_shared<const std::vector<float>>(std::move(floats));
    return result;
}

auto unsqueeze(const Fold& fold) -> Tensor {
    Dims dims = fold.input(0).dims;
    auto axes = fold.list("axes", 1);
    if (!axes) fail(Exit::bad_input, "names no axes; the model is wrong");
    const std::size_t rank = dims.size() + axes->size();
    std::vector<bool> added(rank, false);
    for (const auto axis : *axes) added[normalised_axis(axis, rank)] = true;
    Dims result;
    std::size_t next = 0;
    for (std::size_t a = 0; a < rank; ++a) {
        if (!added[a] && next >= dims.size()) fail(Exit::bad_input, "names an axis twice; the model is wrong");
        result.push_back(added[a] ? 1 : dims[next++]);
    }
    return with_dims(fold.input(0), result);
}

auto squeeze(const Fold& fold) -> Tensor {
    const Dims& dims = fold.input(0).dims;
    const auto axes = fold.list("axes", 1);
    std::vector<bool> gone(dims.size(), false);
    for (std::size_t a = 0; a < dims.size(); ++a) gone[a] = !axes && dims[a] == 1;
    if (axes)
        for (const auto axis : *axes) gone[normalised_axis(axis, dims.size())] = true;
    Dims result;
    for (std::size_t a = 0; a < dims.size(); ++a) {
        if (gone[a] && dims[a] != 1) fail(Exit::bad_input, "squeezes an axis of size ", dims[a], "; the model is wrong");
        if (!gone[a]) result.push_back(dims[a]);
    }
    return with_dims(fold.input(0), result);
}

auto cast(const Fold& fold) -> Tensor {
    using Type = onnx::TensorProto;
    const Tensor& from = fold.input(0);
    const auto to = fold.attributes.integer("to", 0);
    fold.attributes.ignore("saturate");
    const bool real = to == Type::FLOAT || to == Type::DOUBLE || to == Type::FLOAT16 || to == Type::BFLOAT16;
    if (real == from.is_float() && to != Type::BOOL) return from;
    const auto n = static_cast<std::size_t>(from.count());
    if (real) return Tensor::of_floats(from.dims, {from.integers.begin(), from.integers.end()});
    std::vector<std::int64_t> values(n);
    for (std::size_t i = 0; i < n; ++i) {
        const double value = from.real(static_cast<std::int64_t>(i));
        values[i] = to == Type::BOOL ? value != 0 : to_integer(value);
    }
    return Tensor::of_integers(from.dims, std::move(values));
}

auto reshape(const Fold& fold) -> Tensor {
    return with_dims(fold.input(0), reshaped(fold.input(0).dims, fold.integers(1), fold.attributes.integer("allowzero", 0) != 0));
}

auto flatten(const Fold& fold) -> Tensor {
    const Dims& dims = fold.input(0).dims;
    const auto axis = fold.attributes.integer("axis", 1);
    const std::size_t at = axis == static_cast<std::int64_t>(dims.size()) ? dims.size() : normalised_axis(axis, dims.size());
    Dims result{1, 1};
    for (std::size_t a = 0; a < dims.size(); ++a) result[a < at ? 0 : 1] *= dims[a];
    return with_dims(fold.input(0), result);
}

auto transpose(const Fold& fold) -> Tensor {
    const Dims& dims = fold.input(0).dims;
    auto order = fold.attributes.integers("perm").value_or(Dims{});
    if (order.empty())
        for (std::size_t a = dims.size(); a-- > 0;) order.push_back(static_cast<std::int64_t>(a));
    if (order.size() != dims.size()) fail(Exit::bad_input, "has a permutation of the wrong length; the model is wrong");
    const Dims strides = strides_of(dims);
    Dims to, steps;
    std::vector<bool> named(dims.size(), false);
    for (const auto given : order) {
        const std::size_t axis = normalised_axis(given, dims.size());
        if (named[axis]) fail(Exit::bad_input, "has a permutation that names an axis twice; the model is wrong");
        named[axis] = true;
        to.push_back(dims[axis]);
        steps.push_back(strides[axis]);
    }
    return pick(fold, fold.input(0), to, Walk(to, steps));
}

auto expand(const Fold& fold) -> Tensor {
    const Dims dims = broadcast_dims(fold.input(0).dims, fold.integers(1));
    return pick(fold, fold.input(0), dims, broadcast_walk(fold.input(0).dims, dims));
}

}  // namespace

void add_rearrangement(FunctionTable& table) {
    table["Constant"] = constant;
    table["ConstantOfShape"] = constant_of_shape;
    table["Shape"] = shape_of;
    table["Size"] = size_of;
    table["Gather"] = gather;
    table["Slice"] = slice;
    table["Concat"] = concat;
    table["Unsqueeze"] = unsqueeze;
    table["Squeeze"] = squeeze;
    table["Cast"] = cast;
    table["Reshape"] = reshape;
    table["Flatten"] = flatten;
    table["Transpose"] = transpose;
    table["Expand"] = expand;
    table["Identity"] = [](const Fold& fold) { return fold.input(0); };
}

}  // namespace mdl::tool::folding
