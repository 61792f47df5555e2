// mdl: the patterns, one function each.
// SPDX-License-Identifier: MIT
#include "onnx/patterns.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "failure.hpp"
#include "onnx/norm_patterns.hpp"
#include "onnx/pattern.hpp"

namespace mdl::tool {

namespace {

/// Everything that read `from` reads `to`.
void redirect(Network& network, int from, int to) {
    for (auto& layer : network.layers) std::replace(layer.inputs.begin(), layer.inputs.end(), from, to);
    for (auto& output : network.outputs)
        if (output.layer == from) output.layer = to;
}

/// clip(x + 3, 0, 6): the number of x, or -1.
auto relu6_of_shifted(const Network& network, int layer) -> int {
    const Layer& clip = network.at(layer);
    if (!is(clip, ActivationKind::clip) || clip.operation.activation.a != 0 || clip.operation.activation.b != 6) return -1;
    const Layer& shift = network.at(clip.inputs[0]);
    return is_scale(shift, 1, 3) ? shift.inputs[0] : -1;
}

/// clip(x + 3, 0, 6) / 6 is a hard sigmoid.
void hard_sigmoid(Network& network, int i) {
    if (!is_scale(network.at(i), 1.0f / 6, 0)) return;
    const int x = relu6_of_shifted(network, network.at(i).inputs[0]);
    if (x >= 0) become(network, i, Activation{ActivationKind::hard_sigmoid, 1.0f / 6, 0.5f}, x);
}

/// x * clip(x + 3, 0, 6) / 6 is a hard swish.
void hard_swish(Network& network, int i) {
    if (!is_scale(network.at(i), 1.0f / 6, 0)) return;
    const Layer& product = network.at(network.at(i).inputs[0]);
    if (!is(product, Binary::multiply)) return;
    for (const std::size_t side : {0u, 1u}) {
        const int x = product.inputs[side];
        if (relu6_of_shifted(network, product.inputs[1 - side]) == x)
            return become(network, i, Activation{ActivationKind::hard_swish}, x);
    }
}

/// x * sigmoid(x) is a SiLU, x * hard_sigmoid(x) a hard swish.
void gated_by_itself(Network& network, int i) {
    if (!is(network.at(i), Binary::multiply)) return;
    for (const std::size_t side : {0u, 1u}) {
        const int x = network.at(i).inputs[side];
        const Layer& gate = network.at(network.at(i).inputs[1 - side]);
        if (gate.inputs.empty() || gate.inputs[0] != x) continue;
        const Activation& f = gate.operation.activation;
        if (is(gate, ActivationKind::sigmoid)) return become(network, i, Activation{ActivationKind::silu}, x);
        if (is(gate, ActivationKind::hard_sigmoid) && is_near(f.a, 1.0f / 6) && is_near(f.b, 0.5f))
            return become(network, i, Activation{ActivationKind::hard_swish}, x);
    }
}

/// [n, c, h, w] -> [n, g, c/g, h, w] -> [n, c/g, g, h, w] -> [n, c, h, w] shuffles the channels.
void channel_shuffle(Network& network, int i) {
    if (!is(network.at(i), Op::reshape)) return;
    const Layer& transpose = network.at(network.at(i).inputs[0]);
    if (!is(transpose, Op::transpose) || !(transpose.operation.dims == Shape{0, 2, 1, 3, 4})) return;
    const Layer& split = network.at(transpose.inputs[0]);
    if (!is(split, Op::reshape)) return;
    const Shape before = network.shape(split.inputs[0]), parts = split.inference.shape;
    if (before.rank != 4 || !(before == network.shape(i))) return;
    if (parts[0] != before[0] || parts[1] * parts[2] != before[1] || parts[3] != before[2] || parts[4] != before[3]) return;
    Operation operation;
    operation.op = Op::channel_shuffle;
    operation.groups = parts[1];
    become(network, i, operation, split.inputs[0]);
}

/// A constant added after a convolution or dense layer that has no bias is its bias.
void bias_after_product(Network& network, int i, const std::vector<int>& readers) {
    const Layer& layer = network.at(i);
    Floats bias;
    int product = -1;
    if (is(layer, Op::scale) && layer.operation.bias && uniform(layer.weights[0]) == 1.0f) {
        product = layer.inputs[0];
        bias = layer.weights[1];
    } else if (is(layer, Binary::add)) {
        for (const std::size_t side : {0u, 1u})
            if (is(network.at(layer.inputs[1 - side]), Op::constant)) {
                product = layer.inputs[side];
                bias = network.at(layer.inputs[1 - side]).weights[0];
                const Shape constant = network.shape(layer.inputs[1 - side]);
                if (constant.rank > network.shape(product).rank || constant[constant.rank - 1] != constant.count()) return;
                if (!is(network.at(product), Op::dense)) return;
            }
    }
    if (product < 0 || readers[static_cast<std::size_t>(product)] != 1) return;
    Layer& target = network.at(product);
    const bool dense = is(target, Op::dense);
    if ((!dense && !is(target, Op::convolution)) || target.operation.bias) return;
    if (static_cast<std::int64_t>(bias->size()) != target.inference.shape[dense ? target.inference.shape.rank - 1 : 1]) return;
    if (dense && is(layer, Op::scale) && target.inference.shape.rank != 2) return;
    target.operation.bias = true;
    target.weights.push_back(bias);
    target.inference = infer(target.operation, {network.shape(target.inputs[0])});
    target.tensor = layer.tensor;
    redirect(network, i, product);
}

/// A scale, or a batch norm that shifts nothing, and a scale of what it gives are one layer where one of the two factors is 1:
/// Caffe's BatchNorm and Scale, or a product and a sum with constants. The arithmetic stays exactly the same.
void affine_chain(Network& network, int i, const std::vector<int>& readers) {
    const Layer& second = network.at(i);
    if (!is(second, Op::scale) || readers[static_cast<std::size_t>(second.inputs[0])] != 1) return;
    const Layer& first = network.at(second.inputs[0]);
    const bool norm = is(first, Op::batch_norm);
    if (!norm && !is(first, Op::scale)) return;
    const bool leading = uniform(first.weights[0]) == 1.0f;
    if (!leading && uniform(second.weights[0]) != 1.0f) return;
    if (first.weights.size() > 1 && uniform(first.weights[1]) != 0.0f) return;
    Operation operation = first.operation;
    std::vector<Floats> weights = first.weights;
    if (leading) weights[0] = second.weights[0];
    if (second.operation.bias) {
        operation.bias |= !norm;
        weights.resize(std::max<std::size_t>(weights.size(), 2));
        weights[1] = second.weights[1];
    }
    const int input = first.inputs[0];
    become(network, i, operation, input, std::move(weights));
}

/// concat(a, b, c) where concat(a, b) exists already is concat(that, c): DenseNet's blocks, as its author wrote them.
void growing_concat(Network& network, int i, std::map<std::pair<int, std::vector<int>>, int>& seen) {
    Layer& layer = network.at(i);
    if (!is(layer, Op::concat)) return;
    const std::vector<int> whole = layer.inputs;
    if (whole.size() > 256) return;  // no author's block, and every prefix is looked for
    std::vector<int> prefix = whole;
    while (prefix.size() > 2) {
        prefix.pop_back();
        const auto found = seen.find({layer.operation.axis, prefix});
        if (found == seen.end()) continue;
        std::vector<int> rest(whole.begin() + static_cast<std::ptrdiff_t>(prefix.size()), whole.end());
        layer.inputs = {found->second};
        layer.inputs.insert(layer.inputs.end(), rest.begin(), rest.end());
        break;
    }
    seen.emplace(std::pair(layer.operation.axis, whole), i);
}

/// An input [1, h, w, c] that is only read as [1, c, h, w] is an image whose pixels lie together; several images are a tensor.
void interleaved_input(Network& network, int i, const std::vector<int>& readers) {
    const Layer& transpose = network.at(i);
    if (!is(transpose, Op::transpose) || !(transpose.operation.dims == Shape{0, 3, 1, 2})) return;
    const int image = transpose.inputs[0];
    Layer& input = network.at(image);
    const Shape& shape = input.inference.shape;
    if (!is(input, Op::input) || readers[static_cast<std::size_t>(image)] != 1 || shape[0] != 1 || shape[3] > 4) return;
    input.operation.dims = transpose.inference.shape;
    input.operation.image.layout = PixelLayout::hwc;
    input.inference = infer(input.operation, {});
    input.tensor = transpose.tensor;
    redirect(network, i, image);
}

/// Every output is made by a layer of its own that carries the output's name; an input passed through becomes a reshape to
/// its own shape, for an Identity makes no node.
void own_outputs(Network& network) {
    std::vector<bool> taken(network.layers.size(), false);
    for (auto& output : network.outputs) {
        const auto layer = static_cast<std::size_t>(output.layer);
        const Op op = network.layers[layer].operation.op;
        if (op == Op::input || op == Op::constant || (layer < taken.size() && taken[layer])) {
            Layer pass;
            pass.operation.op = Op::reshape;
            pass.operation.dims = network.shape(output.layer);
            pass.inputs = {output.layer};
            pass.tensor = output.name;
            output.layer = append(network, std::move(pass));
        } else {
            taken[layer] = true;
        }
        network.at(output.layer).name = output.name;
    }
}

}  // namespace

void recognise_patterns(Network& network) {
    std::map<std::pair<int, std::vector<int>>, int> concats;
    drop_unread(network);
    for (int i = 0; i < static_cast<int>(network.layers.size()); ++i) {
        const auto readers = network.reader_counts();
        interleaved_input(network, i, readers);
        bias_after_product(network, i, readers);
        hard_sigmoid(network, i);
        hard_swish(network, i);
        gated_by_itself(network, i);
        channel_shuffle(network, i);
        response_normalisation(network, i);
        layer_normalisation(network, i);
        layer_normalisation_weights(network, i, readers);
        group_normalisation(network, i);
        group_normalisation_weights(network, i, readers);
        growing_concat(network, i, concats);
    }
    // Last: the patterns above look for scales by themselves.
    const auto readers = network.reader_counts();
    for (int i = 0; i < static_cast<int>(network.layers.size()); ++i) affine_chain(network, i, readers);
    own_outputs(network);
    drop_unread(network);
}

}  // namespace mdl::tool
