// mdl: Caffe's layers that map each number by itself, and softmax.
// SPDX-License-Identifier: MIT
#include <cmath>

#include "caffe/layer_call.hpp"
#include "failure.hpp"

namespace mdl::tool::caffe_layers {

namespace {

/// A layer that is one ONNX operator without attributes.
void same(LayerCall& call, const char* op) {
    call.require(1, 1);
    call.result(call.node(op, {call.bottom().tensor}).output(), call.bottom().dims);
}

void relu(LayerCall& call) {
    call.require(1, 1);
    const float slope = call.layer.relu_param().negative_slope();
    auto node = call.node(slope == 0 ? "Relu" : "LeakyRelu", {call.bottom().tensor});
    if (slope != 0) node.real("alpha", slope);
    call.result(node.output(), call.bottom().dims);
}

void clip_to(LayerCall& call, float low, float high) {
    call.require(1, 1);
    if (!(low <= high)) call.refuse(text("clips to the empty range from ", low, " to ", high, "; mend the net"));
    call.result(call.node("Clip", {call.bottom().tensor, call.constant(low), call.constant(high)}).output(), call.bottom().dims);
}

void clip(LayerCall& call) {
    const auto& param = call.layer.clip_param();
    if (!param.has_min() || !param.has_max()) call.refuse("lacks min or max in its clip_param; mend the net");
    clip_to(call, param.min(), param.max());
}

void prelu(LayerCall& call) {
    call.require(1, 1);
    const Blob& x = call.bottom();
    if (x.rank() < 2) call.refuse(text("works on a blob of shape ", to_text(x.dims), ", which has no channels; mend the net"));
    call.require_blobs(1);
    const bool shared = call.layer.prelu_param().channel_shared();
    const Dims own = shared ? Dims{} : Dims{x.dim(1)};
    Dims widened(static_cast<std::size_t>(x.rank()) - 1, 1);
    if (!shared) widened[0] = x.dim(1);
    call.result(
        call.node("PRelu", {x.tensor, call.constant(shared ? Dims{1} : widened, call.weights(0, own, {Filler::constant, 0.25f}))}).output(),
        x.dims);
}

void elu(LayerCall& call) {
    call.require(1, 1);
    call.result(call.node("Elu", {call.bottom().tensor}).real("alpha", call.layer.elu_param().alpha()).output(), call.bottom().dims);
}

/// (shift + scale x)^power.
void power(LayerCall& call) {
    call.require(1, 1);
    const auto& param = call.layer.power_param();
    if (param.power() == 0 || param.scale() == 0)
        call.refuse("gives the same number whatever it reads (power or scale is 0); replace it by that number");
    std::string x = call.plus(call.times(call.bottom().tensor, param.scale()), param.shift());
    if (param.power() != 1) x = call.node("Pow", {x, call.constant(param.power())}).output();
    call.result(x, call.bottom().dims);
}

/// -1 stands for e.
auto log_of_base(const LayerCall& call, float base) -> double {
    if (base == -1) return 1;
    if (!(base > 0) || std::isinf(base))
        call.refuse(text("has the base ", base, "; Caffe wants a positive one, or -1 for e: mend the net"));
    return std::log(static_cast<double>(base));
}

/// base^(shift + scale x).
void exponential(LayerCall& call) {
    call.require(1, 1);
    const auto& param = call.layer.exp_param();
    const double log_base = log_of_base(call, param.base());
    const std::string x = call.times(call.bottom().tensor, static_cast<float>(log_base * static_cast<double>(param.scale())));
    const auto factor = static_cast<float>(std::exp(log_base * static_cast<double>(param.shift())));
    call.result(call.times(call.node("Exp", {x}).output(), factor), call.bottom().dims);
}

/// log(shift + scale x) to a base.
void logarithm(LayerCall& call) {
    call.require(1, 1);
    const auto& param = call.layer.log_param();
    const double log_base = log_of_base(call, param.base());
    if (log_base == 0) call.refuse("takes the logarithm to base 1; mend the net");
    const std::string x = call.plus(call.times(call.bottom().tensor, param.scale()), param.shift());
    call.result(call.times(call.node("Log", {x}).output(), static_cast<float>(1 / log_base)), call.bottom().dims);
}

/// x sigmoid(beta x).
void swish(LayerCall& call) {
    call.require(1, 1);
    const std::string& x = call.bottom().tensor;
    const std::string gate = call.node("Sigmoid", {call.times(x, call.layer.swish_param().beta())}).output();
    call.result(call.node("Mul", {x, gate}).output(), call.bottom().dims);
}

/// 1 where x is larger, else 0.
void threshold(LayerCall& call) {
    call.require(1, 1);
    const std::string truth =
        call.node("Greater", {call.bottom().tensor, call.constant(call.layer.threshold_param().threshold())}).output();
    call.result(call.node("Cast", {truth}).integer("to", onnx::TensorProto::FLOAT).output(), call.bottom().dims);
}

void softmax(LayerCall& call) {
    call.require(1, 1);
    const int axis = call.axis(call.layer.softmax_param().axis(), call.bottom().rank());
    call.result(call.node("Softmax", {call.bottom().tensor}).integer("axis", axis).output(), call.bottom().dims);
}

}  // namespace

void add_activations(LayerTable& table) {
    table["AbsVal"] = [](LayerCall& call) { same(call, "Abs"); };
    table["BNLL"] = [](LayerCall& call) { same(call, "Softplus"); };
    table["Sigmoid"] = [](LayerCall& call) { same(call, "Sigmoid"); };
    table["TanH"] = [](LayerCall& call) { same(call, "Tanh"); };
    table["Clip"] = clip;
    table["ELU"] = elu;
    table["Exp"] = exponential;
    table["Log"] = logarithm;
    table["Mish"] = [](LayerCall& call) { same(call, "Mish"); };
    table["PReLU"] = prelu;
    table["Power"] = power;
    table["ReLU"] = relu;
    table["ReLU6"] = [](LayerCall& call) { clip_to(call, 0, 6); };
    table["Softmax"] = softmax;
    table["Swish"] = swish;
    table["Threshold"] = threshold;
}

}  // namespace mdl::tool::caffe_layers
