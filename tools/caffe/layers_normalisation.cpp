// mdl: Caffe's normalisations, and the scales and biases that follow them.
// SPDX-License-Identifier: MIT
#include <algorithm>

#include "caffe/layer_call.hpp"
#include "failure.hpp"

namespace mdl::tool::caffe_layers {

namespace {

/// Stored are sums of means and variances, and the number by which both are divided.
void batch_norm(LayerCall& call) {
    call.require(1, 1);
    const auto& param = call.layer.batch_norm_param();
    const Blob& x = call.bottom();
    if (x.rank() < 2) call.refuse(text("works on a blob of shape ", to_text(x.dims), ", which has no channels; mend the net"));
    if (param.has_use_global_stats() && !param.use_global_stats())
        call.refuse(
            "normalises by the statistics of its input (use_global_stats: false); set it to true, or leave it out, for the trained ones");
    call.require_blobs(3);
    const Dims channels{x.dim(1)};
    Numbers mean = call.weights(0, channels, {Filler::constant, 0}), variance = call.weights(1, channels, {Filler::constant, 1});
    const float divisor = call.weights(2, {1}, {Filler::constant, 1})[0], factor = divisor == 0 ? 0 : 1 / divisor;
    for (auto* numbers : {&mean, &variance})
        for (float& value : *numbers) value *= factor;
    Numbers one, zero;
    one.Resize(mean.size(), 1);
    zero.Resize(mean.size(), 0);
    call.result(
        call.node("BatchNormalization", {x.tensor, call.constant(channels, std::move(one)), call.constant(channels, std::move(zero)),
                                         call.constant(channels, std::move(mean)), call.constant(channels, std::move(variance))})
            .real("epsilon", param.eps())
            .output(),
        x.dims);
}

/// The shape of what scales or shifts a blob from `axis` on, with ones behind it so that ONNX broadcasts it there.
struct Broadcast {
    Dims own{}, widened{};
};

auto broadcast(const LayerCall& call, const Dims& own, std::int64_t given_axis) -> Broadcast {
    const Blob& x = call.bottom();
    const int axis = own.empty() ? 0 : call.axis(given_axis, x.rank());
    const auto at = static_cast<std::size_t>(axis);
    if (at + own.size() > x.dims.size() || !std::equal(own.begin(), own.end(), x.dims.begin() + axis))
        call.refuse(text("applies numbers of shape ", to_text(own), " from axis ", axis, " on to a blob of shape ", to_text(x.dims),
                         "; mend the net"));
    Broadcast result{own, own};
    result.widened.resize(x.dims.size() - at, 1);
    return result;
}

/// The shape of weights that cover `num_axes` axes, -1: all to the end.
auto covered(const LayerCall& call, std::int64_t given_axis, std::int64_t num_axes) -> Dims {
    const Blob& x = call.bottom();
    const int axis = call.axis(given_axis, x.rank());
    if (num_axes < -1 || axis + num_axes > x.rank())
        call.refuse(text("covers ", num_axes, " axes from axis ", axis, " on of a blob of shape ", to_text(x.dims), "; mend the net"));
    return {x.dims.begin() + axis, num_axes < 0 ? x.dims.end() : x.dims.begin() + axis + num_axes};
}

/// `op` with the weights of blob `k`, or with the second bottom.
auto apply(LayerCall& call, const char* op, const std::string& x, int k, const Dims& own, std::int64_t axis, float initial) -> std::string {
    const Broadcast shape = broadcast(call, own, axis);
    if (k < 0)
        return call.node(op, {x, shape.widened == own ? call.bottom(1).tensor : call.reshaped(call.bottom(1).tensor, shape.widened)})
            .output();
    return call.node(op, {x, call.constant(shape.widened, call.weights(k, own, {Filler::constant, initial}))}).output();
}

void scale(LayerCall& call) {
    call.require(1, 2);
    const auto& param = call.layer.scale_param();
    const bool computed = call.bottom_count() == 2;
    if (!computed || param.bias_term()) call.require_blobs((computed ? 0 : 1) + (param.bias_term() ? 1 : 0));
    const Dims own = computed ? call.bottom(1).dims : covered(call, param.axis(), param.num_axes());
    std::string x = apply(call, "Mul", call.bottom().tensor, computed ? -1 : 0, own, param.axis(), 1);
    if (param.bias_term()) x = apply(call, "Add", x, computed ? 0 : 1, own, param.axis(), 0);
    call.result(x, call.bottom().dims);
}

void bias(LayerCall& call) {
    call.require(1, 2);
    const auto& param = call.layer.bias_param();
    const bool computed = call.bottom_count() == 2;
    if (!computed) call.require_blobs(1);
    const Dims own = computed ? call.bottom(1).dims : covered(call, param.axis(), param.num_axes());
    call.result(apply(call, "Add", call.bottom().tensor, computed ? -1 : 0, own, param.axis(), 0), call.bottom().dims);
}

void local_response(LayerCall& call) {
    call.require(1, 1);
    call.require_rank(0, 4);
    const auto& param = call.layer.lrn_param();
    const Blob& x = call.bottom();
    const std::int64_t size = param.local_size();
    if (size % 2 == 0 || size > 1 << 15) call.refuse(text("has the local_size ", size, "; Caffe wants an odd one: mend the net"));
    if (param.norm_region() == caffe::LRNParameter::ACROSS_CHANNELS) {
        auto node = call.node("LRN", {x.tensor});
        node.integer("size", size).real("alpha", param.alpha()).real("beta", param.beta()).real("bias", param.k());
        return call.result(node.output(), x.dims);
    }
    // Within a channel Caffe adds 1, whatever k says, to alpha times the mean of the squares.
    const Dims window{size, size}, pads(4, (size - 1) / 2);
    const std::string squares = call.node("Mul", {x.tensor, x.tensor}).output();
    const std::string means = call.node("AveragePool", {squares})
                                  .integers("kernel_shape", window)
                                  .integers("pads", pads)
                                  .integer("count_include_pad", 1)
                                  .output();
    const std::string power = call.node("Pow", {call.plus(call.times(means, param.alpha()), 1), call.constant(-param.beta())}).output();
    call.result(call.node("Mul", {x.tensor, power}).output(), x.dims);
}

/// (x - mean) / (sqrt(variance) + eps), over an image or over each channel of it.
void mean_variance(LayerCall& call) {
    call.require(1, 1);
    call.require_rank(0, 4);
    const auto& param = call.layer.mvn_param();
    const Blob& x = call.bottom();
    const Dims axes = param.across_channels() ? Dims{1, 2, 3} : Dims{2, 3};
    const auto mean = [&](const std::string& of) {
        return call.node("ReduceMean", {of, call.integers(axes)}).integer("keepdims", 1).output();
    };
    std::string y = call.node("Sub", {x.tensor, mean(x.tensor)}).output();
    if (param.normalize_variance()) {
        const std::string deviation = call.node("Sqrt", {mean(call.node("Mul", {y, y}).output())}).output();
        y = call.node("Div", {y, call.plus(deviation, param.eps())}).output();
    }
    call.result(y, x.dims);
}

/// x / sqrt(sum of squares + eps) times a scale, over channels or over the whole image: SSD's.
void normalize(LayerCall& call) {
    call.require(1, 1);
    call.require_rank(0, 4);
    const auto& param = call.layer.norm_param();
    const Blob& x = call.bottom();
    call.require_blobs(1);
    const Dims own = param.channel_shared() ? Dims{} : Dims{x.dim(1)}, widened = param.channel_shared() ? Dims{} : Dims{x.dim(1), 1, 1};
    const Dims axes = param.across_spatial() ? Dims{1, 2, 3} : Dims{1};
    const std::string sum = call.node("ReduceSumSquare", {x.tensor, call.integers(axes)}).integer("keepdims", 1).output();
    const std::string norm = call.node("Sqrt", {call.plus(sum, param.eps())}).output();
    const std::string y = call.node("Div", {x.tensor, norm}).output();
    call.result(call.node("Mul", {y, call.constant(widened, call.weights(0, own, {Filler::constant, 1}))}).output(), x.dims);
}

}  // namespace

void add_normalisation(LayerTable& table) {
    table["BatchNorm"] = batch_norm;
    table["Scale"] = scale;
    table["Bias"] = bias;
    table["LRN"] = local_response;
    table["MVN"] = mean_variance;
    table["Normalize"] = normalize;
}

}  // namespace mdl::tool::caffe_layers
