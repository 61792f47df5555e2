// mdl: the patterns of normalisation, one function each.
// SPDX-License-Identifier: MIT
#include "onnx/norm_patterns.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "onnx/pattern.hpp"

namespace mdl::tool {

namespace {

/// The layer's input through reshapes.
auto behind_reshapes(const Network& network, int layer) -> int {
    while (is(network.at(layer), Op::reshape)) layer = network.at(layer).inputs[0];
    return layer;
}

/// What a layer adds one constant to, and the constant; {-1, 0} where it does something else.
auto sum_with_constant(const Network& network, int layer) -> std::pair<int, float> {
    const Layer& sum = network.at(layer);
    if (is(sum, Op::scale) && sum.operation.bias && uniform(sum.weights[0]) == 1.0f && uniform(sum.weights[1]))
        return {sum.inputs[0], *uniform(sum.weights[1])};
    if (!is(sum, Binary::add)) return {-1, 0.0f};
    for (const std::size_t side : {0u, 1u}) {
        const Layer& constant = network.at(sum.inputs[side]);
        if (is(constant, Op::constant) && uniform(constant.weights[0])) return {sum.inputs[1 - side], *uniform(constant.weights[0])};
    }
    return {-1, 0.0f};
}

/// What a layer takes the mean of, over its last axes, and the first of them; {-1, 0} where it does something else.
auto mean_over_last_axes(const Network& network, int layer) -> std::pair<int, int> {
    const Operation& op = network.at(layer).operation;
    if (op.op != Op::reduce || op.reduction != Reduction::mean || !op.keep_dims || op.dims.rank == 0) return {-1, 0};
    const int input = network.at(layer).inputs[0], rank = network.shape(input).rank, first = rank - op.dims.rank;
    for (int k = 0; k < op.dims.rank; ++k)
        if ((op.dims[k] < 0 ? op.dims[k] + rank : op.dims[k]) < first) return {-1, 0};
    return {input, first};
}

/// What a layer subtracts its mean over the last axes from, and the first of them; {-1, 0} where it does something else.
auto centred_over_last_axes(const Network& network, int layer) -> std::pair<int, int> {
    if (!is(network.at(layer), Binary::subtract)) return {-1, 0};
    const auto mean = mean_over_last_axes(network, network.at(layer).inputs[1]);
    return mean.first == network.at(layer).inputs[0] ? mean : std::pair(-1, 0);
}

}  // namespace

void response_normalisation(Network& network, int i) {
    if (!is(network.at(i), Binary::divide)) return;
    const int x = network.at(i).inputs[0];
    const Shape shape = network.shape(x);
    const Layer& power = network.at(network.at(i).inputs[1]);
    const bool root = is(power, ActivationKind::sqrt);
    if (shape.rank != 4 || (!root && !is(power, ActivationKind::power))) return;
    float alpha = 1, k = 0;
    int at = power.inputs[0];
    for (; is(network.at(at), Op::scale); at = network.at(at).inputs[0]) {
        const auto& weights = network.at(at).weights;
        const auto factor = uniform(weights[0]), shift = weights.size() > 1 ? uniform(weights[1]) : std::optional<float>(0.0f);
        if (!factor || !shift) return;
        k += alpha * *shift;
        alpha *= *factor;
    }
    const Layer& mean = network.at(behind_reshapes(network, at));
    const Window& window = mean.operation.window;
    const int size = window.kernel_h;
    if (!is(mean, Op::pool) || mean.operation.pooling != Pooling::average || window.kernel_w != 1 || window.stride_h != 1 ||
        window.is_padded())
        return;
    const Layer& pad = network.at(behind_reshapes(network, mean.inputs[0]));
    const Shape padded = pad.inference.shape;
    if (!is(pad, Op::pad) || pad.operation.fill != Fill::constant || pad.operation.alpha != 0 || size % 2 == 0) return;
    const int axis = padded.rank - 3;
    if (axis < 1 || padded[axis] != shape[1] + size - 1 || pad.operation.dims[axis] != size / 2 ||
        padded.count() * shape[1] != shape.count() * padded[axis])
        return;
    const Layer& square = network.at(behind_reshapes(network, pad.inputs[0]));
    if (!is(square, Binary::multiply) || square.inputs[0] != x || square.inputs[1] != x) return;
    Operation operation;
    operation.op = Op::lrn;
    operation.size = size;
    operation.alpha = alpha, operation.k = k;
    operation.beta = root ? 0.5f : power.operation.activation.a;
    become(network, i, operation, x);
}

void layer_normalisation(Network& network, int i) {
    if (!is(network.at(i), Binary::divide)) return;
    const auto [x, axis] = centred_over_last_axes(network, network.at(i).inputs[0]);
    const Layer& root = network.at(network.at(i).inputs[1]);
    if (x < 0 || !is(root, ActivationKind::sqrt)) return;
    const auto [variance, epsilon] = sum_with_constant(network, root.inputs[0]);
    if (variance < 0) return;
    const auto [square, square_axis] = mean_over_last_axes(network, variance);
    if (square < 0 || square_axis != axis || !is(network.at(square), Binary::multiply)) return;
    for (const int factor : network.at(square).inputs)
        if (centred_over_last_axes(network, factor) != std::pair(x, axis)) return;
    const Shape& shape = network.shape(x);
    if (!(shape == network.shape(i))) return;
    Operation operation;
    operation.op = Op::layer_norm;
    operation.axis = axis == shape.rank - 1 ? -1 : axis;
    operation.epsilon = epsilon;
    const auto count = static_cast<std::size_t>(shape.count(axis, shape.rank));
    become(network, i, operation, x, {std::make_shared<const std::vector<float>>(count, 1.0f)});
}

void layer_normalisation_weights(Network& network, int i, const std::vector<int>& readers) {
    const Layer& layer = network.at(i);
    int norm = -1;
    bool adds = false;
    Floats values;
    Shape lies;
    if (is(layer, Op::scale) && network.shape(i).rank == 2) {
        adds = layer.operation.bias;
        if (adds && uniform(layer.weights[0]) != 1.0f) return;
        norm = layer.inputs[0];
        values = layer.weights[adds ? 1 : 0];
        lies = Shape{network.shape(i)[1]};
    } else if (is(layer, Binary::multiply) || is(layer, Binary::add)) {
        adds = is(layer, Binary::add);
        for (const std::size_t side : {0u, 1u})
            if (is(network.at(layer.inputs[1 - side]), Op::constant)) {
                norm = layer.inputs[side];
                values = network.at(layer.inputs[1 - side]).weights[0];
                lies = network.shape(layer.inputs[1 - side]);
            }
    }
    if (norm < 0 || readers[static_cast<std::size_t>(norm)] != 1 || !is(network.at(norm), Op::layer_norm) ||
        !(network.shape(norm) == network.shape(i)))
        return;
    Operation operation = network.at(norm).operation;
    std::vector<Floats> weights = network.at(norm).weights;
    const int rank = network.shape(norm).rank, axes = rank - (operation.axis < 0 ? operation.axis + rank : operation.axis);
    const auto count = static_cast<std::int64_t>(weights[0]->size());
    if (lies.rank < axes || lies.count(lies.rank - axes, lies.rank) != count || lies.count() != count) return;
    if (operation.bias || (!adds && uniform(weights[0]) != 1.0f)) return;
    if (adds)
        weights.push_back(values);
    else
        weights[0] = values;
    operation.bias = adds;
    become(network, i, operation, network.at(norm).inputs[0], std::move(weights));
}

void group_normalisation(Network& network, int i) {
    if (!is(network.at(i), Op::reshape)) return;
    const Layer& norm = network.at(network.at(i).inputs[0]);
    if (!is(norm, Op::group_norm) || !is(network.at(norm.inputs[0]), Op::reshape)) return;
    const int x = network.at(norm.inputs[0]).inputs[0];
    const Shape &shape = network.shape(x), &apart = network.shape(norm.inputs[0]);
    if (shape.rank < 3 || !(shape == network.shape(i)) || apart[0] != shape[0] || shape[1] % apart[1] != 0) return;
    Operation operation = norm.operation;
    if (operation.groups != 0 && operation.groups != apart[1]) return;
    operation.groups = apart[1] == shape[1] ? 0 : apart[1];
    const auto each_channel = [&](const Floats& values) {
        std::vector<float> all;
        for (int c = 0; c < shape[1]; ++c) all.push_back((*values)[static_cast<std::size_t>(c / (shape[1] / apart[1]))]);
        return std::make_shared<const std::vector<float>>(std::move(all));
    };
    become(network, i, operation, x, {each_channel(norm.weights[0]), each_channel(norm.weights[1])});
}

void group_normalisation_weights(Network& network, int i, const std::vector<int>& readers) {
    const Layer& scale = network.at(i);
    if (!is(scale, Op::scale) || readers[static_cast<std::size_t>(scale.inputs[0])] != 1) return;
    const Layer& norm = network.at(scale.inputs[0]);
    // Only what leaves the arithmetic as it is.
    if (!is(norm, Op::group_norm) || uniform(norm.weights[1]) != 0.0f ||
        (uniform(norm.weights[0]) != 1.0f && uniform(scale.weights[0]) != 1.0f))
        return;
    std::vector<Floats> weights = norm.weights;
    if (uniform(weights[0]) == 1.0f) weights[0] = scale.weights[0];
    if (scale.operation.bias) weights[1] = scale.weights[1];
    const Operation operation = norm.operation;
    become(network, i, operation, norm.inputs[0], std::move(weights));
}

}  // namespace mdl::tool
