// mdl: translation of TensorFlow Lite's products of matrices.
// SPDX-License-Identifier: MIT
#include <utility>

#include "onnx/constant_folding.hpp"
#include "tflite/step.hpp"

namespace mdl::tool::tflite_reader {

namespace {

/// A matrix with a feature map in each row is multiplied in planes: the columns of constant weights move instead of the map.
auto multiplies_maps(Step& step, const Value& x, std::int64_t in) -> bool {
    if (x.map.empty() || !x.flat.empty() || !x.rows.empty() || !step.is_constant(1)) return false;
    return x.map_dims[1] * x.map_dims[2] * x.map_dims[3] == in;
}

/// Weights [out, in].
void fully_connected(Step& step) {
    const auto& options = step.options<tflite::FullyConnectedOptions>();
    if (options.weights_format() != tflite::WeightsFormat::DEFAULT)
        step.refuse("has weights shuffled for one kind of CPU; convert the model again with weights as they are");
    if (step.rank(1) != 2) step.refuse(text("has weights of shape ", to_text(step.dims(1)), "; a matrix belongs there"));
    const std::int64_t out = step.dims(1)[0], in = step.dims(1)[1], count = step.input(0).count();
    if (in < 1 || count % in != 0)
        step.refuse(text("multiplies a tensor of shape ", to_text(step.dims(0)), " by weights of shape ", to_text(step.dims(1)),
                         ", which do not fit"));
    const std::int64_t rows = count / in;
    std::string x, weights = step.in_rows(1);
    if (const Value matrix = reshaped_value(step.input(0), {rows, in}); multiplies_maps(step, matrix, in)) {
        const Dims& from = matrix.map_dims;
        x = step.add("Reshape", {matrix.map, step.list({rows, in})});
        weights = step.add("Reshape", {weights, step.list({out, from[1], from[2], from[3]})});
        weights = step.add("Reshape", {step.add("Transpose", {weights}, {{"perm", Dims{0, 3, 1, 2}}}), step.list({out, in})});
    } else {
        x = as_shape(step.writer(), step.input(0), {rows, in});
    }
    std::vector<std::string> inputs{x, weights};
    if (step.has(2)) inputs.push_back(step.in_rows(2));
    const std::string y = step.activated(step.add("Gemm", inputs, {{"transB", std::int64_t{1}}}), options.activation());
    Value product;
    product.dims = {rows, out};
    product.rows = y;
    product.name = step.name();
    Dims dims = product.dims;
    if (options.keep_num_dims()) {
        dims = step.dims(0);
        if (dims.empty() || dims.back() != in)
            step.refuse(text("keeps the axes of a tensor of shape ", to_text(dims), ", whose last is not ", in));
        dims.back() = out;
    }
    step.result(reshaped_value(product, dims));
}

/// Input k, its last two axes exchanged where `adjoint`.
auto factor(Step& step, std::size_t k, bool adjoint) -> std::pair<std::string, Dims> {
    const std::string x = step.in_rows(k);
    Dims dims = step.dims(k), order;
    if (dims.size() < 2) step.refuse(text("multiplies a tensor of shape ", to_text(dims), ", which is no matrix"));
    if (!adjoint) return {x, dims};
    for (std::size_t axis = 0; axis < dims.size(); ++axis) order.push_back(static_cast<std::int64_t>(axis));
    std::swap(order[dims.size() - 1], order[dims.size() - 2]);
    std::swap(dims[dims.size() - 1], dims[dims.size() - 2]);
    return {step.add("Transpose", {x}, {{"perm", order}}), dims};
}

void batch_matmul(Step& step) {
    const auto* const options = step.find_options<tflite::BatchMatMulOptions>();
    const auto [x, x_dims] = factor(step, 0, options != nullptr && options->adj_x());
    const auto [y, y_dims] = factor(step, 1, options != nullptr && options->adj_y());
    if (x_dims.back() != y_dims[y_dims.size() - 2])
        step.refuse(text("multiplies matrices of shapes ", to_text(x_dims), " and ", to_text(y_dims), ", which do not fit"));
    Dims dims = broadcast_dims(Dims(x_dims.begin(), x_dims.end() - 2), Dims(y_dims.begin(), y_dims.end() - 2));
    dims.push_back(x_dims[x_dims.size() - 2]);
    dims.push_back(y_dims.back());
    step.result(Layout::rows, step.add("MatMul", {x, y}), dims);
}

}  // namespace

void add_dense(TranslationTable& table) {
    using enum tflite::BuiltinOperator;
    table[FULLY_CONNECTED] = fully_connected;
    table[BATCH_MATMUL] = batch_matmul;
}

}  // namespace mdl::tool::tflite_reader
