// mdl: the converter's network, and its agreement with the library's layers.
// SPDX-License-Identifier: MIT
#include "network.hpp"

#include <mdl/graph/diagnose.hpp>
#include <mdl/layers/activation.hpp>
#include <mdl/layers/binary_rule.hpp>
#include <mdl/layers/convolution.hpp>
#include <mdl/layers/dense.hpp>
#include <mdl/layers/elements.hpp>
#include <mdl/layers/identity.hpp>
#include <mdl/layers/input.hpp>
#include <mdl/layers/matmul.hpp>
#include <mdl/layers/normalization.hpp>
#include <mdl/layers/padding.hpp>
#include <mdl/layers/pick.hpp>
#include <mdl/layers/pooling.hpp>
#include <mdl/layers/rearrange.hpp>
#include <mdl/layers/recurrence.hpp>
#include <mdl/layers/reduce.hpp>
#include <mdl/layers/resize.hpp>
#include <mdl/layers/sampling.hpp>
#include <mdl/layers/softmax.hpp>
#include <mdl/layers/transposed_convolution.hpp>

#include "failure.hpp"

namespace mdl::tool {

namespace {

/// The rule of a layer type with this operation's attributes.
template <class Layer>
auto like(const Operation& operation) -> graph::Description {
    graph::Description description = Layer::description;
    description.operation = operation;
    return description;
}

}  // namespace

auto describe(const Operation& op) -> graph::Description {
    switch (op.op) {
        case Op::input: return like<InputTensor<1>>(op);
        case Op::constant: return like<Constant<1>>(op);
        case Op::identity: return like<Identity>(op);
        case Op::convolution: return op.depthwise ? like<DepthwiseConv<>>(op) : like<Conv<1>>(op);
        case Op::dense: return like<Dense<1>>(op);
        case Op::pool: return like<Pool<Max, Kernel<1>>>(op);
        case Op::global_pool: return like<GlobalPool<Max>>(op);
        case Op::batch_norm: return like<BatchNorm<>>(op);
        case Op::scale: return like<Scale<>>(op);
        case Op::prelu: return like<Prelu>(op);
        case Op::lrn: return like<Lrn<Size<1>>>(op);
        case Op::activation: return like<Relu>(op);
        case Op::softmax: return like<Softmax>(op);
        case Op::log_softmax: return like<LogSoftmax>(op);
        case Op::binary: return layers::binary_description(op.binary);
        case Op::concat: return layers::concat_description(op.axis);
        case Op::slice: return layers::slice_description(op.axis, op.begin, op.end, op.step);
        case Op::reshape: return op.dims.rank == 0 ? layers::flatten_description(op.axis) : layers::reshape_description(op.dims);
        case Op::transpose: return layers::transpose_description(op.dims);
        case Op::channel_shuffle: return layers::channel_shuffle_description(op.groups);
        case Op::pad: return like<ZeroPad<0, 0, 0, 0>>(op);
        case Op::reduce: return like<ReduceMean<>>(op);
        case Op::tile: return layers::tile_description(op.dims);
        case Op::gather: return layers::gather_description(op.axis);
        case Op::select: return layers::select_description();
        case Op::depth_to_space: return layers::depth_to_space_description(op.size, op.channels_outer);
        case Op::space_to_depth: return layers::space_to_depth_description(op.size);
        case Op::resize: return layers::resize_description(op);
        case Op::transposed_convolution: return layers::transposed_convolution_description(op);
        case Op::matmul: return layers::matmul_description();
        case Op::layer_norm: return layers::layer_norm_description(op.axis, op.epsilon, op.bias);
        case Op::group_norm: return layers::group_norm_description(op.groups, op.epsilon);
        case Op::top_k: return like<TopK<1>>(op);
        case Op::gather_elements: return layers::gather_elements_description(op.axis);
        case Op::scatter_elements: return layers::scatter_elements_description(op.axis, op.scattering);
        case Op::max_positions: return layers::max_positions_description(op.window);
        case Op::grid_sample: return layers::grid_sample_description(op);
        case Op::roi_align: return layers::roi_align_description(op);
        case Op::recurrence: return layers::recurrence_description(op);
        case Op::to_blocks:
        case Op::to_rows:
        case Op::channel_gather: break;
    }
    fail(Exit::bad_input, "an operation has no layer; report this as a mistake of mdl");
}

auto infer(const Operation& operation, const std::vector<Shape>& inputs) -> graph::Inference {
    const graph::Description description = describe(operation);
    Operation completed = description.operation;
    const int given = static_cast<int>(inputs.size());
    if (given < description.min_inputs || (description.max_inputs >= 0 && given > description.max_inputs))
        fail(Exit::bad_input, "has ", given, " inputs, which is another number than it takes");
    graph::Inference found = description.rule(completed, inputs);
    if (found.problem != graph::Problem::none) {
        const auto shown = [](const Shape& shape) { return shape.rank > 0 ? " [" + to_text(shape) + "]" : std::string(); };
        fail(Exit::bad_input, "does not fit its input: ", graph::sentence(found.problem), shown(found.first), shown(found.second));
    }
    return found;
}

auto append(Network& network, Layer layer) -> int {
    std::vector<Shape> shapes;
    for (const int input : layer.inputs) shapes.push_back(network.shape(input));
    layer.inference = infer(layer.operation, shapes);
    // A few bytes may ask for gigabytes: of activations here, of tables in the lowering.
    if (constexpr std::int64_t most = std::int64_t{1} << 27; layer.inference.shape.count() > most)
        fail(Exit::bad_input, "makes a tensor of shape ", to_text(layer.inference.shape), ", too large for a phone: mdl takes at most 2^27 elements; make the network smaller");
    if (layer.inference.weight_count != static_cast<int>(layer.weights.size()))
        fail(Exit::bad_input, "has ", layer.weights.size(), " weight tensors where ", layer.inference.weight_count, " belong");
    for (int w = 0; w < layer.inference.weight_count; ++w) {
        const Shape& shape = layer.inference.weights[w].shape;
        const auto& values = layer.weights[static_cast<std::size_t>(w)];
        if (values == nullptr || static_cast<std::int64_t>(values->size()) != shape.count())
            fail(Exit::bad_input, "has ", values == nullptr ? 0 : values->size(), " weights where its shape [", to_text(shape),
                 "] says ", shape.count(), "; the file is damaged");
    }
    network.layers.push_back(std::move(layer));
    return static_cast<int>(network.layers.size()) - 1;
}

auto Network::reader_counts() const -> std::vector<int> {
    std::vector<int> counts(layers.size(), 0);
    for (const auto& layer : layers)
        for (const int input : layer.inputs) ++counts[static_cast<std::size_t>(input)];
    for (const auto& output : outputs) ++counts[static_cast<std::size_t>(output.layer)];
    return counts;
}

void reorder(Network& network, const std::vector<int>& order) {
    std::vector<int> number(network.layers.size(), -1);
    std::vector<Layer> layers;
    for (const int old : order) {
        number[static_cast<std::size_t>(old)] = static_cast<int>(layers.size());
        layers.push_back(std::move(network.layers[static_cast<std::size_t>(old)]));
        for (int& input : layers.back().inputs) input = number[static_cast<std::size_t>(input)];
    }
    network.layers = std::move(layers);
    std::erase_if(network.inputs, [&](const NamedTensor& tensor) { return number[static_cast<std::size_t>(tensor.layer)] < 0; });
    for (auto* tensors : {&network.inputs, &network.outputs})
        for (auto& tensor : *tensors) tensor.layer = number[static_cast<std::size_t>(tensor.layer)];
}

void drop_unread(Network& network) {
    std::vector<bool> needed(network.layers.size(), false);
    for (const auto& output : network.outputs) needed[static_cast<std::size_t>(output.layer)] = true;
    std::vector<int> order;
    for (int i = static_cast<int>(network.layers.size()) - 1; i >= 0; --i) {
        if (!needed[static_cast<std::size_t>(i)]) continue;
        order.push_back(i);
        for (const int input : network.at(i).inputs) needed[static_cast<std::size_t>(input)] = true;
    }
    reorder(network, {order.rbegin(), order.rend()});
}

auto to_text(const Shape& shape) -> std::string {
    if (shape.rank == 0) return "scalar";
    std::string result;
    for (int axis = 0; axis < shape.rank; ++axis) result += (axis == 0 ? "" : "x") + std::to_string(shape[axis]);
    return result;
}

}  // namespace mdl::tool
