// mdl: Caffe's phases and inputs.
// SPDX-License-Identifier: MIT
#include "caffe/inputs.hpp"

#include <algorithm>

#include "caffe/layer_call.hpp"
#include "caffe/translate.hpp"
#include "failure.hpp"

namespace mdl::tool {

namespace {

auto meets(const caffe::NetStateRule& rule, const caffe::NetState& state) -> bool {
    const auto has = [&](const std::string& stage) {
        return std::find(state.stage().begin(), state.stage().end(), stage) != state.stage().end();
    };
    if (rule.has_phase() && rule.phase() != caffe::TEST) return false;
    if (rule.has_min_level() && state.level() < rule.min_level()) return false;
    if (rule.has_max_level() && state.level() > rule.max_level()) return false;
    return std::all_of(rule.stage().begin(), rule.stage().end(), has) &&
           std::none_of(rule.not_stage().begin(), rule.not_stage().end(), has);
}

auto dims_of(const caffe::BlobShape& shape) -> Dims { return {shape.dim().begin(), shape.dim().end()}; }

/// One shape for each name, or one for all.
template <class Shapes>
auto pair_up(const std::string& owner, const google::protobuf::RepeatedPtrField<std::string>& names, const Shapes& shapes, bool one_for_all)
    -> std::vector<NetInput> {
    if (shapes.size() > 0 && shapes.size() != names.size() && !(one_for_all && shapes.size() == 1))
        fail(Exit::bad_input, owner.empty() ? "the net" : owner, " declares ", names.size(), " inputs and ", shapes.size(),
             " shapes; mend the net");
    std::vector<NetInput> inputs;
    for (int k = 0; k < names.size(); ++k) {
        NetInput input{names[k], {}, owner};
        if (shapes.size() > 0) input.dims = dims_of(shapes[shapes.size() == 1 ? 0 : k]);
        inputs.push_back(std::move(input));
    }
    return inputs;
}

}  // namespace

auto is_included(const caffe::LayerParameter& layer, const caffe::NetState& state) -> bool {
    const auto met = [&](const caffe::NetStateRule& rule) { return meets(rule, state); };
    if (layer.include_size() > 0 && layer.exclude_size() > 0)
        fail(Exit::bad_input, describe(layer), " has include and exclude rules; Caffe wants one kind: mend the net");
    if (layer.include_size() > 0) return std::any_of(layer.include().begin(), layer.include().end(), met);
    return std::none_of(layer.exclude().begin(), layer.exclude().end(), met);
}

auto declared_inputs(const caffe::NetParameter& net) -> std::vector<NetInput> {
    if (net.input_dim_size() == 0) return pair_up({}, net.input(), net.input_shape(), false);
    if (net.input_shape_size() > 0 || net.input_dim_size() != 4 * net.input_size())
        fail(Exit::bad_input, "the net declares ", net.input_size(), " inputs and ", net.input_dim_size(),
             " input_dim; Caffe wants four for each input, and no input_shape beside: mend the net");
    std::vector<NetInput> inputs;
    for (int k = 0; k < net.input_size(); ++k) {
        const auto first = net.input_dim().begin() + 4 * k;
        inputs.push_back({net.input(k), Dims(first, first + 4), {}});
    }
    return inputs;
}

auto layer_inputs(const caffe::LayerParameter& layer) -> std::vector<NetInput> {
    const std::string owner = describe(layer);
    if (layer.type() == "Input") return pair_up(owner, layer.top(), layer.input_param().shape(), true);
    if (layer.type() == "DummyData" && layer.dummy_data_param().shape_size() > 0)
        return pair_up(owner, layer.top(), layer.dummy_data_param().shape(), true);
    std::vector<NetInput> inputs;
    for (const auto& top : layer.top()) inputs.push_back({top, {}, owner});
    const auto& memory = layer.memory_data_param();
    if (layer.type() == "MemoryData" && !inputs.empty() && memory.has_batch_size())
        inputs[0].dims = {memory.batch_size(), memory.channels(), memory.height(), memory.width()};
    return inputs;
}

auto has_input_shape(const caffe::NetParameter& net) -> bool {
    const auto gives_shape = [&](const caffe::LayerParameter& layer) {
        if (!is_data_layer(layer.type()) || !is_included(layer, net.state())) return false;
        const auto inputs = layer_inputs(layer);
        return !inputs.empty() && !inputs[0].dims.empty();
    };
    return (net.input_size() > 0 && net.input_shape_size() + net.input_dim_size() > 0) ||
           std::any_of(net.layer().begin(), net.layer().end(), gives_shape);
}

}  // namespace mdl::tool
