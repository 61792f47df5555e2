// mdl: lowering of convolutions over three spatial axes: one over the frames for all of the kernel's depth, one that adds up along it.
// SPDX-License-Identifier: MIT
#include "failure.hpp"
#include "onnx/call.hpp"
#include "onnx/windows.hpp"

namespace mdl::tool {

namespace {

/// The channels of the kernel's depth go one step apart to each output: a one for the k-th channel at the k-th place.
auto depth_weights(Call& call, int channels, int depth) -> Floats {
    if (std::int64_t{channels} * depth > (1 << 24) / depth)
        call.refuse(text("has a kernel of depth ", depth, " for ", channels, " channels, which is too deep"));
    std::vector<float> weights;
    for (int i = 0; i < channels * depth; ++i)
        for (int k = 0; k < depth; ++k) weights.push_back(i % depth == k ? 1.0f : 0.0f);
    return make_floats(std::move(weights));
}

/// [n, c, d, h, w] -> [n d, c, h, w] for the frames' operator, whose [n d, o k, h', w'] becomes [n, o k, d, h' w'] for the depth's.
auto add_frames(Call& call, const Operation& plane, Floats weights, int channels) -> int {
    const Shape shape = call.shape(0);
    const int frames = add_reshape(call, add_transpose(call, call.layer(0), Shape{0, 2, 1, 3, 4}),
                                   Shape{shape[0] * shape[2], shape[1], shape[3], shape[4]});
    const int layer = call.add(plane, {frames}, {std::move(weights)});
    const Shape made = call.network().shape(layer);
    return add_transpose(call, add_reshape(call, layer, Shape{shape[0], shape[2], channels, made[2] * made[3]}), Shape{0, 2, 1, 3});
}

void add_depth(Call& call, const Operation& depth, int x, Floats weights, const Shape& plane) {
    std::vector<Floats> all{std::move(weights)};
    if (depth.bias) all.push_back(call.constant_floats(2, "bias").floats);
    const int layer = call.add(depth, {x}, std::move(all));
    const Shape made = call.network().shape(layer);
    call.result(add_reshape(call, layer, Shape{made[0], made[1], made[2], plane[0], plane[1]}));
}

/// Rows and columns that a network's operator makes of those of input 0.
auto plane_of(Call& call, const Operation& plane) -> Shape {
    const Shape shape = call.shape(0);
    const Shape out = infer(plane, {Shape{1, shape[1], shape[3], shape[4]}}).shape;
    return {out[2], out[3]};
}

}  // namespace

void convolve_volume(Call& call) {
    const Tensor& weight = call.constant_floats(1, "weight");
    const auto groups = call.attributes.integer("group", 1);
    const Dims& dims = weight.dims;
    const int channels = call.shape(0)[1];
    if (dims.size() != 5 || groups < 1 || dims[0] % groups != 0 || dims[1] * groups != channels)
        call.refuse(text("has weights of shape ", to_text(dims), " in ", groups, " groups, which do not fit the ", channels,
                         " channels of its input"));
    const VolumeWindow window = read_volume(call, {dims.begin() + 2, dims.end()});
    const int outputs = static_cast<int>(dims[0]), deep = static_cast<int>(dims[2]);
    const Floats along = depth_weights(call, outputs, deep);
    const std::int64_t area = dims[3] * dims[4];
    // [o, i, k, h, w] -> [o, k, i, h, w]
    std::vector<float> values;
    for (std::int64_t o = 0; o < dims[0]; ++o)
        for (std::int64_t k = 0; k < dims[2]; ++k)
            for (std::int64_t i = 0; i < dims[1]; ++i) {
                const auto from = weight.floats->begin() + ((o * dims[1] + i) * dims[2] + k) * area;
                values.insert(values.end(), from, from + area);
            }
    Operation plane, depth;
    plane.op = depth.op = Op::convolution;
    plane.window = window.plane;
    depth.window = window.depth;
    plane.groups = static_cast<int>(groups);
    plane.out_channels = outputs * deep;
    depth.out_channels = depth.groups = outputs;
    depth.bias = call.has(2);
    if (groups == channels && groups > 1) {
        plane.depthwise = true;
        plane.multiplier = plane.out_channels / channels;
        plane.out_channels = 0, plane.groups = 1;
    }
    if (deep == 1 && outputs > 1) {
        depth.depthwise = true;
        depth.out_channels = 0, depth.groups = 1;
    }
    const Shape pixels = plane_of(call, plane);
    // [outputs, depth, depth, 1]: input channel k of a group at place k.
    add_depth(call, depth, add_frames(call, plane, make_floats(std::move(values)), outputs * deep), along, pixels);
}

void convolve_volume_transposed(Call& call) {
    const Tensor& weight = call.constant_floats(1, "weight");
    const auto groups = call.attributes.integer("group", 1);
    const Dims& dims = weight.dims;
    if (dims.size() != 5 || dims[0] != call.shape(0)[1] || groups < 1 || dims[0] % groups != 0)
        call.refuse(text("has weights of shape ", to_text(dims), " in ", groups, " groups, which do not fit its input of shape ",
                         to_text(call.shape(0))));
    for (const char* name : {"output_shape", "output_padding"})
        if (call.attributes.find(name) != nullptr)
            call.refuse(text("has '", name, "' over three spatial axes, which mdl does not support"));
    const VolumeWindow window = read_volume(call, {dims.begin() + 2, dims.end()});
    if (window.plane.padding != Padding::given)
        call.refuse("pads by auto_pad over three spatial axes, which mdl does not support; give the pads");
    const int outputs = static_cast<int>(dims[1] * groups), deep = static_cast<int>(dims[2]);
    const Floats along = depth_weights(call, outputs, deep);
    Operation plane, depth;
    plane.op = depth.op = Op::transposed_convolution;
    plane.window = window.plane;
    depth.window = window.depth;
    plane.groups = static_cast<int>(groups);
    plane.out_channels = outputs * deep;  // [i, o, k, h, w] as it stands
    depth.out_channels = depth.groups = outputs;
    depth.bias = call.has(2);
    const Shape pixels = plane_of(call, plane);
    add_depth(call, depth, add_frames(call, plane, weight.floats, outputs * deep), along, pixels);
}

}  // namespace mdl::tool
