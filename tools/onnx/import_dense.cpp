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

void gemm(Call& call) {
    if (call.attributes.integer("transA", 0) != 0) call.refuse("transposes its input (transA); mdl supports transA=0");
    const bool transposed = call.attributes.integer("transB", 0) != 0;
    const float alpha = call.attributes.real("alpha", 1), beta = call.attributes.real("beta", 1);
    call.require_rank(0, 2);
    const Tensor& weight = matrix(call, 1);
    const auto out = weight.dims[transposed ? 0 : 1];
    Floats bias;
    if (call.has(2)) {
        const Tensor& given = call.constant_floats(2, "bias");
        if (given.count() != 1 && (given.count() != out || given.dims.back() != out))
            call.refuse(text("adds a constant of shape ", to_text(given.dims), " to ", out,
                             " outputs; mdl supports one value for each output"));
        std::vector<float> values(static_cast<std::size_t>(out));
        for (std::size_t o = 0; o < values.size(); ++o) values[o] = beta * (*given.floats)[given.count() == 1 ? 0 : o];
        bias = make_floats(std::move(values));
    }
    call.result(add_product(call, call.layer(0), weight, transposed, alpha, std::move(bias)));
}

void matmul(Call& call) {
    if (!call.is_constant(1)) call.refuse("multiplies two computed tensors; mdl supports a constant right-hand matrix");
    if (call.shape(0).rank < 2)
        call.refuse(text("multiplies a tensor of shape ", to_text(call.shape(0)), "; mdl supports two axes and more"));
    const Shape shape = call.shape(0);
    if (shape.rank == 2) return call.result(add_product(call, call.layer(0), matrix(call, 1), false, 1, nullptr));
    // More axes: every row of the last one is a vector by itself.
    const auto reshape = [&](int layer, const Shape& dims) {
        Operation operation;
        operation.op = Op::reshape;
        operation.dims = dims;
        return call.add(operation, {layer});
    };
    const int columns = shape[shape.rank - 1];
    const int rows = reshape(call.layer(0), Shape{static_cast<int>(shape.count() / columns), columns});
    const int product = add_product(call, rows, matrix(call, 1), false, 1, nullptr);
    Shape result = shape;
    result[shape.rank - 1] = call.network().shape(product)[1];
    call.result(reshape(product, result));
}

}  // namespace

void add_dense(LoweringTable& table) {
    table["Gemm"] = gemm;
    table["MatMul"] = matmul;
}

}  // namespace mdl::tool
