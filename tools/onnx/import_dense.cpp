// mdl: lowering of ONNX's Gemm and MatMul.
// SPDX-License-Identifier: MIT
#include "failure.hpp"
#include "onnx/call.hpp"

namespace mdl::tool {

namespace {

/// [in, out] -> [out, in], times `factor`.
auto canonical(const Tensor& matrix, bool transposed, float factor) -> Floats {
    if (transposed && factor == 1.0f) return matrix.floats;
    const auto& from = *matrix.floats;
    std::vector<float> to(from.size());
    const auto rows = static_cast<std::size_t>(matrix.dims[0]), columns = static_cast<std::size_t>(matrix.dims[1]);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c) to[transposed ? r * columns + c : c * rows + r] = factor * from[r * columns + c];
    return make_floats(std::move(to));
}

auto matrix(Call& call, int k) -> const Tensor& {
    const Tensor& tensor = call.constant_floats(k, "weight matrix");
    if (tensor.dims.size() != 2) call.refuse(text("has a weight of shape ", to_text(tensor.dims), "; mdl supports a matrix"));
    return tensor;
}

auto add_product(Call& call, int input, const Tensor& weight, bool transposed, float factor, Floats bias) -> int {
    const auto out = weight.dims[transposed ? 0 : 1], in = weight.dims[transposed ? 1 : 0];
    const Shape shape = call.network().shape(input);
    if (shape[shape.rank - 1] != in)
        call.refuse(text("multiplies a tensor of shape ", to_text(shape), " by a matrix with ", in, " rows"));
    Operation operation;
    operation.op = Op::dense;
    operation.out_channels = static_cast<int>(out);
    operation.bias = bias != nullptr;
    std::vector<Floats> weights{canonical(weight, transposed, factor)};
    if (bias) weights.push_back(std::move(bias));
    return call.add(operation, {input}, std::move(weights));
}

auto add_matmul(Call& call, int a, int b) -> int {
    Operation operation;
    operation.op = Op::matmul;
    return call.add(operation, {a, b});
}

/// Gemm's bias as one value for each output, or null where it is another matrix.
auto dense_bias(Call& call, std::int64_t out, float beta) -> Floats {
    const Tensor& given = call.constant_floats(2, "bias");
    if (given.count() != 1 && (given.count() != out || given.dims.back() != out)) return nullptr;
    std::vector<float> values(static_cast<std::size_t>(out));
    for (std::size_t o = 0; o < values.size(); ++o) values[o] = beta * (*given.floats)[given.count() == 1 ? 0 : o];
    return make_floats(std::move(values));
}

void gemm(Call& call) {
    const bool transposes_a = call.attributes.integer("transA", 0) != 0, transposes_b = call.attributes.integer("transB", 0) != 0;
    const float alpha = call.attributes.real("alpha", 1), beta = call.attributes.real("beta", 1);
    call.require_rank(0, 2);
    const int a = transposes_a ? add_transpose(call, call.layer(0), Shape{1, 0}) : call.layer(0);
    int product = -1;
    bool biased = !call.has(2);
    if (call.is_constant(1)) {
        const Tensor& weight = matrix(call, 1);
        Floats bias;
        if (call.is_constant(2)) bias = dense_bias(call, weight.dims[transposes_b ? 0 : 1], beta);
        biased |= bias != nullptr;
        product = add_product(call, a, weight, transposes_b, alpha, std::move(bias));
    } else {
        call.require_rank(1, 2);
        const int b = transposes_b ? add_transpose(call, call.layer(1), Shape{1, 0}) : call.layer(1);
        product = add_factor(call, add_matmul(call, a, b), alpha);
    }
    call.result(biased ? product : add_binary(call, Binary::add, {product, add_factor(call, call.layer(2), beta)}));
}

/// Of a vector a matrix with one row, or one column on the right.
auto as_matrix(Call& call, int k) -> int {
    const Shape shape = call.shape(k);
    if (shape.rank > 1) return call.layer(k);
    return add_reshape(call, call.layer(k), k == 0 ? Shape{1, shape[0]} : Shape{shape[0], 1});
}

void matmul(Call& call) {
    const Shape left = call.shape(0);
    if (!call.is_constant(1) || call.constant(1, "matrix").dims.size() != 2 || left.rank < 2) {
        const Shape right = call.shape(1);
        const int product = add_matmul(call, as_matrix(call, 0), as_matrix(call, 1));
        const Shape full = call.network().shape(product);
        Shape shape;
        for (int axis = 0; axis < full.rank; ++axis) {
            const bool row = axis == full.rank - 2, column = axis == full.rank - 1;
            if ((row && left.rank == 1) || (column && right.rank == 1)) continue;
            shape.push(full[axis]);
        }
        if (shape.rank == 0) shape.push(1);
        return call.result(add_reshape(call, product, shape));
    }
    if (left.rank == 2) return call.result(add_product(call, call.layer(0), matrix(call, 1), false, 1, nullptr));
    // More axes: every row of the last one is a vector by itself.
    const int columns = left[left.rank - 1];
    const int rows = add_reshape(call, call.layer(0), Shape{static_cast<int>(left.count() / columns), columns});
    const int product = add_product(call, rows, matrix(call, 1), false, 1, nullptr);
    Shape result = left;
    result[left.rank - 1] = call.network().shape(product)[1];
    call.result(add_reshape(call, product, result));
}

}  // namespace

void add_dense(LoweringTable& table) {
    table["Gemm"] = gemm;
    table["MatMul"] = matmul;
}

}  // namespace mdl::tool
