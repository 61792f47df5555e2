// mdl: changes of layout: a transpose where elements move, a reshape where only the shape changes, nothing where neither does.
// SPDX-License-Identifier: MIT
#include "tflite/layouts.hpp"

namespace mdl::tool::tflite_reader {

namespace {

/// Rows and planes hold the elements in the same sequence.
auto is_trivial(const Dims& map) -> bool { return map[3] == 1 || map[1] * map[2] == 1; }

auto add_reshape(GraphWriter& writer, const std::string& from, const Dims& dims, const std::string& name) -> std::string {
    const auto count = static_cast<std::int64_t>(dims.size());
    return writer.add("Reshape", {from, writer.constant(Tensor::of_integers({count}, dims), name + " shape")}, {}, name);
}

/// Some ONNX value whose elements come in the sequence of the tensor's rows.
auto sequence(GraphWriter& writer, Value& value) -> const std::string& {
    if (!value.rows.empty()) return value.rows;
    if (!value.flat.empty()) return value.flat;
    if (value.map.empty()) {
        if (is_trivial(value.dims)) return value.planes;
        return value.rows = writer.add("Transpose", {value.planes}, {{"perm", Dims{0, 2, 3, 1}}}, value.name);
    }
    return value.flat = writer.add("Transpose", {value.map}, {{"perm", Dims{0, 2, 3, 1}}}, value.name);
}

}  // namespace

auto Value::count() const -> std::int64_t {
    std::int64_t product = 1;
    for (const auto dim : dims) product *= dim;
    return product;
}

auto axis_in(Layout layout, std::size_t axis) -> std::int64_t {
    return static_cast<std::int64_t>(layout == Layout::planes ? place_in_planes[axis] : axis);
}

auto list_in(Layout layout, const Dims& list) -> Dims {
    if (layout == Layout::rows) return list;
    return {list[0], list[3], list[1], list[2]};
}

auto in_rows(GraphWriter& writer, Value& value) -> const std::string& {
    if (value.rows.empty()) {
        const std::string from = sequence(writer, value);
        if (value.rows.empty()) value.rows = add_reshape(writer, from, value.dims, value.name);
    }
    return value.rows;
}

auto in_planes(GraphWriter& writer, Value& value) -> const std::string& {
    if (!value.planes.empty()) return value.planes;
    if (!value.map.empty() && value.map_dims == value.dims) return value.planes = value.map;
    if (is_trivial(value.dims))
        value.planes = add_reshape(writer, sequence(writer, value), list_in(Layout::planes, value.dims), value.name);
    else
        value.planes = writer.add("Transpose", {in_rows(writer, value)}, {{"perm", Dims{0, 3, 1, 2}}}, value.name);
    return value.planes;
}

auto in(Layout layout, GraphWriter& writer, Value& value) -> const std::string& {
    return layout == Layout::planes ? in_planes(writer, value) : in_rows(writer, value);
}

auto as_shape(GraphWriter& writer, Value& value, const Dims& dims) -> std::string {
    if (dims == value.dims) return in_rows(writer, value);
    return add_reshape(writer, sequence(writer, value), dims, value.name);
}

auto reshaped_value(const Value& value, Dims dims) -> Value {
    Value result;
    result.name = value.name;
    if (dims == value.dims)
        result = value;
    else if (!value.rows.empty())
        result.flat = value.rows;
    else if (!value.flat.empty())
        result.flat = value.flat;
    else if (!value.map.empty())
        result.map = value.map, result.map_dims = value.map_dims;
    else if (is_trivial(value.dims))
        result.flat = value.planes;
    else
        result.map = value.planes, result.map_dims = value.dims;
    result.dims = std::move(dims);
    return result;
}

}  // namespace mdl::tool::tflite_reader
