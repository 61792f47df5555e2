// mdl: lowering of operators that find elements, and read or write them one by one.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <numeric>

#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/constant_folding.hpp"

namespace mdl::tool {

namespace {

auto add_gather(Call& call, int data, int indices, int axis) -> int {
    Operation operation;
    operation.op = Op::gather;
    operation.axis = axis;
    return call.add(operation, {data, indices});
}

/// Numbers of elements are floats while a network runs, and those count to 2^24.
void require_countable(Call& call, std::int64_t elements) {
    if (elements > 1 << 24) call.refuse(text("picks among ", elements, " elements; indices are float32 in mdl, which counts to 2^24"));
}

/// Index `given` of an axis from its front; refuses one outside of it.
auto front_index(Call& call, std::int64_t given, std::int64_t size) -> std::int64_t {
    if (given < -size || given >= size) call.refuse(text("picks element ", given, " of an axis of ", size));
    return given < 0 ? given + size : given;
}

/// TopK: positions, and the elements that stand there.
void top_k(Call& call) {
    const Shape shape = call.shape(0);
    Operation operation;
    operation.op = Op::top_k;
    operation.axis = static_cast<int>(normalised_axis(call.attributes.integer("axis", -1), static_cast<std::size_t>(shape.rank)));
    const std::int64_t k = call.opset() < 10 ? call.attributes.integer("k", 0) : call.constant_integer(1, "k");
    if (k < 1 || k > shape[operation.axis]) call.refuse(text("asks for ", k, " of ", shape[operation.axis], " elements"));
    require_countable(call, shape[operation.axis]);
    operation.size = static_cast<int>(k);
    operation.reduction = call.attributes.integer("largest", 1) != 0 ? Reduction::arg_max : Reduction::arg_min;
    call.attributes.ignore("sorted");  // they are, whether asked for or not
    const int positions = call.add(operation, {call.layer(0)});
    Operation gather;
    gather.op = Op::gather_elements;
    gather.axis = operation.axis;
    call.result(call.add(gather, {call.layer(0), positions}));
    call.result(positions, 1);
}

auto elements_axis(Call& call) -> int {
    const int axis = static_cast<int>(normalised_axis(call.attributes.integer("axis", 0), static_cast<std::size_t>(call.shape(0).rank)));
    require_countable(call, call.shape(0)[axis]);
    if (call.is_constant(1))
        for (const auto index : call.constant_integers(1, "indices")) static_cast<void>(front_index(call, index, call.shape(0)[axis]));
    return axis;
}

void gather_elements(Call& call) {
    Operation operation;
    operation.op = Op::gather_elements;
    operation.axis = elements_axis(call);
    call.result(call.add(operation, {call.layer(0), call.number_layer(1)}));
}

auto scattering(Call& call) -> Scattering {
    static const std::map<std::string_view, Scattering> ways{{"none", Scattering::replace},
                                                             {"add", Scattering::add},
                                                             {"mul", Scattering::multiply},
                                                             {"max", Scattering::maximum},
                                                             {"min", Scattering::minimum}};
    const auto name = call.attributes.string("reduction", "none");
    const auto found = ways.find(name);
    if (found == ways.end()) call.refuse(text("combines by '", name, "'; mdl supports none, add, mul, max and min"));
    return found->second;
}

void scatter_elements(Call& call) {
    Operation operation;
    operation.op = Op::scatter_elements;
    operation.axis = elements_axis(call);
    operation.scattering = scattering(call);
    call.result(call.add(operation, {call.layer(0), call.number_layer(1), call.layer(2)}));
}

/// What the last axis of the indices of GatherND and ScatterND points at: the axes [first, last) of the data, seen as one.
struct Pointed {
    Shape data{};
    int first = 0, last = 0;
    std::int64_t batches = 1;  ///< elements of the axes before, which data and indices share
    std::int64_t size = 1;     ///< elements of the axes that are pointed at
    std::int64_t rows = 1;     ///< how many are picked

    auto steps() const -> Dims {
        Dims result(static_cast<std::size_t>(last - first), 1);
        for (std::size_t k = result.size(); k-- > 1;) result[k - 1] = result[k] * data[first + static_cast<int>(k)];
        return result;
    }
    auto row_size() const -> int { return static_cast<int>(data.count(last, data.rank)); }
    /// The data as a matrix, a row for everything that may be picked.
    auto matrix() const -> Shape { return {static_cast<int>(batches * size), row_size()}; }
};

auto index_dims(Call& call) -> Dims { return call.is_constant(1) ? call.constant(1, "indices").dims : to_dims(call.shape(1)); }

auto pointed(Call& call, int batch_axes) -> Pointed {
    Pointed at;
    const Dims indices = index_dims(call);
    at.data = call.shape(0);
    at.first = batch_axes;
    if (indices.empty() || batch_axes >= static_cast<int>(indices.size()) || batch_axes >= at.data.rank)
        call.refuse("has indices of too few axes");
    if (indices.back() < 1 || indices.back() > at.data.rank - batch_axes)
        call.refuse(
            text("has ", indices.back(), " indices for the ", at.data.rank - batch_axes, " axes of a tensor of shape ", to_text(at.data)));
    at.last = batch_axes + static_cast<int>(indices.back());
    for (int axis = 0; axis < batch_axes; ++axis)
        if (indices[static_cast<std::size_t>(axis)] != at.data[axis]) call.refuse("has indices of another batch than its data");
    at.batches = at.data.count(0, at.first);
    at.size = at.data.count(at.first, at.last);
    at.rows = std::accumulate(indices.begin(), indices.end() - 1, std::int64_t{1}, std::multiplies<>());
    require_countable(call, at.batches * at.size);
    require_countable(call, at.rows);
    return at;
}

/// Constant indices as numbers of the matrix's rows.
auto constant_rows(Call& call, const Pointed& at) -> Dims {
    const auto& indices = call.constant_integers(1, "indices");
    const Dims steps = at.steps();
    Dims rows;
    for (std::int64_t r = 0; r < at.rows; ++r) {
        std::int64_t row = r / (at.rows / at.batches) * at.size;
        for (std::size_t k = 0; k < steps.size(); ++k)
            row += front_index(call, indices[static_cast<std::size_t>(r) * steps.size() + k], at.data[at.first + static_cast<int>(k)]) *
                   steps[k];
        rows.push_back(row);
    }
    return rows;
}

/// x < 0 ? x + sizes : x, the sizes along the last axis.
auto add_from_front(Call& call, int x, std::vector<float> sizes) -> int {
    const Shape last{static_cast<int>(sizes.size())};
    const int negative = add_binary(call, Binary::less, {x, add_numbers(call, Shape{1}, {0})});
    return add_binary(call, Binary::add, {x, add_binary(call, Binary::multiply, {negative, add_numbers(call, last, std::move(sizes))})});
}

/// Indices as numbers of the matrix's rows, in the shape [rows]; where they are computed, so is the sum of steps * indices.
auto add_rows(Call& call, const Pointed& at) -> int {
    const int count = static_cast<int>(at.rows);
    if (call.is_constant(1)) {
        const Dims rows = constant_rows(call, at);
        return add_numbers(call, Shape{count}, {rows.begin(), rows.end()});
    }
    const Dims steps = at.steps();
    std::vector<float> sizes;
    for (int axis = at.first; axis < at.last; ++axis) sizes.push_back(static_cast<float>(at.data[axis]));
    const int width = static_cast<int>(steps.size());
    int rows = add_from_front(call, add_reshape(call, call.layer(1), Shape{count, width}), std::move(sizes));
    if (width > 1) {
        Operation sum;
        sum.op = Op::reduce;
        sum.reduction = Reduction::sum;
        sum.dims = Shape{1};
        rows = call.add(sum, {add_binary(call, Binary::multiply, {rows, add_numbers(call, Shape{width}, {steps.begin(), steps.end()})})});
    }
    rows = add_reshape(call, rows, Shape{count});
    if (at.batches == 1) return rows;
    std::vector<float> offsets;
    for (std::int64_t r = 0; r < at.rows; ++r) offsets.push_back(static_cast<float>(r / (at.rows / at.batches) * at.size));
    return add_binary(call, Binary::add, {rows, add_numbers(call, Shape{count}, std::move(offsets))});
}

void gather_nd(Call& call) {
    const Pointed at = pointed(call, static_cast<int>(std::clamp<std::int64_t>(call.attributes.integer("batch_dims", 0), 0, max_rank)));
    Dims dims = index_dims(call);
    dims.pop_back();
    for (int axis = at.last; axis < at.data.rank; ++axis) dims.push_back(at.data[axis]);
    const int matrix = add_reshape(call, call.layer(0), at.matrix());
    call.result(add_reshape(call, add_gather(call, matrix, add_rows(call, at), 0), dims.empty() ? Shape{1} : to_shape(dims)));
}

void scatter_nd(Call& call) {
    const Pointed at = pointed(call, 0);
    Operation operation;
    operation.op = Op::scatter_elements;
    operation.axis = 0;
    operation.scattering = scattering(call);
    if (call.shape(2).count() != at.rows * at.row_size())
        call.refuse(text("has updates of shape ", to_text(call.shape(2)), ", which do not fit its indices"));
    const Shape rows{static_cast<int>(at.rows), at.row_size()};
    const int matrix = add_reshape(call, call.layer(0), at.matrix()), indices = add_reshape(call, add_rows(call, at), Shape{rows[0], 1});
    call.result(add_reshape(call, call.add(operation, {matrix, indices, add_reshape(call, call.layer(2), rows)}), at.data));
}

/// 1 where an index is the position along a new axis, chosen from two values.
void one_hot(Call& call) {
    const Shape indices = call.shape(0);
    const Tensor &depth_tensor = call.constant(1, "depth"), &values = call.constant(2, "values");
    const double depth = depth_tensor.count() > 0 ? depth_tensor.real(0) : 0;
    if (!(depth >= 1 && depth <= 1 << 24)) call.refuse(text("has the depth ", depth));
    if (values.count() != 2) call.refuse("needs two values");
    const int rank = indices.rank + 1, size = static_cast<int>(depth);
    const int axis = static_cast<int>(normalised_axis(call.attributes.integer("axis", -1), static_cast<std::size_t>(rank)));
    Shape widened, along;
    for (int a = 0, from = 0; a < rank; ++a) {
        if (a == max_rank) call.refuse(text("makes a tensor of ", rank, " axes; mdl supports at most ", max_rank));
        widened.push(a == axis ? 1 : indices[from++]);
        along.push(a == axis ? size : 1);
    }
    std::vector<float> positions(static_cast<std::size_t>(size));
    std::iota(positions.begin(), positions.end(), 0.0f);
    const int index = add_from_front(call, add_reshape(call, call.number_layer(0), widened), {static_cast<float>(size)});
    const int hot = add_binary(call, Binary::equal, {index, add_numbers(call, along, std::move(positions))});
    const auto off = static_cast<float>(values.real(0)), on = static_cast<float>(values.real(1));
    if (off == 0 && on == 1) return call.result(hot);
    Operation choice;
    choice.op = Op::select;
    call.result(call.add(choice, {hot, add_numbers(call, Shape{1}, {on}), add_numbers(call, Shape{1}, {off})}));
}

/// The first `length` steps of each sequence in the other order: a fixed permutation of the rows that time and batch make.
void reverse_sequence(Call& call) {
    const Shape shape = call.shape(0);
    const auto time = call.attributes.integer("time_axis", 0), batch = call.attributes.integer("batch_axis", 1);
    const auto& lengths = call.constant_integers(1, "lengths of the sequences");
    const bool fits = (time == 0 && batch == 1) || (time == 1 && batch == 0);
    if (shape.rank < 2 || !fits) call.refuse("has other axes of time and batch than 0 and 1");
    const int steps = shape[static_cast<int>(time)], sequences = shape[static_cast<int>(batch)];
    if (lengths.size() != static_cast<std::size_t>(sequences)) call.refuse("has another number of lengths than of sequences");
    require_countable(call, std::int64_t{steps} * sequences);
    std::vector<float> from(static_cast<std::size_t>(steps) * static_cast<std::size_t>(sequences));
    const auto row = [&](std::int64_t step, std::int64_t sequence) {
        return time == 0 ? step * sequences + sequence : sequence * steps + step;
    };
    for (int s = 0; s < sequences; ++s) {
        const std::int64_t length = lengths[static_cast<std::size_t>(s)];
        if (length < 0 || length > steps) call.refuse(text("reverses ", length, " of ", steps, " steps"));
        for (int t = 0; t < steps; ++t)
            from[static_cast<std::size_t>(row(t, s))] = static_cast<float>(row(t < length ? length - 1 - t : t, s));
    }
    const Shape rows{steps * sequences, static_cast<int>(shape.count(2, shape.rank))};
    const int picked = add_gather(call, add_reshape(call, call.layer(0), rows), add_numbers(call, Shape{rows[0]}, std::move(from)), 0);
    call.result(add_reshape(call, picked, shape));
}

}  // namespace

void add_elements(LoweringTable& table) {
    table["TopK"] = top_k;
    table["GatherElements"] = gather_elements;
    table["GatherND"] = gather_nd;
    table["Scatter"] = scatter_elements;
    table["ScatterElements"] = scatter_elements;
    table["ScatterND"] = scatter_nd;
    table["OneHot"] = one_hot;
    table["ReverseSequence"] = reverse_sequence;
}

}  // namespace mdl::tool
