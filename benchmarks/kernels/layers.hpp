// mdl: the layers that the benchmarks of single kernels time: the heaviest of well-known networks, and the odd ones.
// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include <mdl/graph/graph.hpp>
#include <mdl/tensor/geometry.hpp>

namespace mdl::benchmarks {

/// A layer with a sliding window, or a dense layer.
struct Layer {
    const char* network;
    Op op;
    Shape in;  ///< [1, C, H, W]
    int out_channels;
    Window window{};
    int groups = 1;
    Pooling pooling = Pooling::max;
    bool reads_image = false;
};

/// A square kernel that keeps the size at stride 1.
constexpr auto square(int kernel, int stride = 1) -> Window {
    const int pad = kernel / 2;
    return {.kernel_h = kernel,
            .kernel_w = kernel,
            .stride_h = stride,
            .stride_w = stride,
            .pad_top = pad,
            .pad_left = pad,
            .pad_bottom = pad,
            .pad_right = pad};
}
constexpr auto unpadded(int kernel, int stride) -> Window {
    return {.kernel_h = kernel, .kernel_w = kernel, .stride_h = stride, .stride_w = stride};
}
constexpr auto feature_map(int channels, int size) -> Shape { return {1, channels, size, size}; }

constexpr auto convolution(const char* network, int in_channels, int size, const Window& window, int out_channels, int groups = 1)
    -> Layer {
    return {network, Op::convolution, feature_map(in_channels, size), out_channels, window, groups};
}
constexpr auto depthwise(const char* network, int channels, int size, const Window& window) -> Layer {
    return convolution(network, channels, size, window, channels, channels);
}
constexpr auto first(const char* network, int size, const Window& window, int out_channels) -> Layer {
    Layer layer = convolution(network, 3, size, window, out_channels);
    layer.reads_image = true;
    return layer;
}
/// Made twice as large, or more.
constexpr auto transposed(const char* network, int in_channels, int size, const Window& window, int out_channels, int groups = 1) -> Layer {
    return {network, Op::transposed_convolution, feature_map(in_channels, size), out_channels, window, groups};
}
constexpr auto dense(const char* network, int in_channels, int out_channels) -> Layer {
    return {network, Op::dense, feature_map(in_channels, 1), out_channels};
}
constexpr auto pool(const char* network, Pooling pooling, int channels, int size, const Window& window) -> Layer {
    return {network, Op::pool, feature_map(channels, size), channels, window, 1, pooling};
}
constexpr auto global_pool(const char* network, int channels, int size) -> Layer {
    return {network, Op::global_pool, feature_map(channels, size), channels, {}, 1, Pooling::average};
}

inline constexpr Window row_of_7{.kernel_w = 7, .pad_left = 3, .pad_right = 3};
inline constexpr Window column_of_7{.kernel_h = 7, .pad_top = 3, .pad_bottom = 3};

inline constexpr Layer layers[] = {
    // Pointwise.
    convolution("MobileNetV1", 32, 112, square(1), 64),
    convolution("MobileNetV1", 64, 56, square(1), 128),
    convolution("MobileNetV1", 128, 56, square(1), 128),
    convolution("MobileNetV1", 256, 28, square(1), 256),
    convolution("MobileNetV1", 512, 14, square(1), 512),
    convolution("MobileNetV1", 512, 7, square(1), 1024),
    convolution("MobileNetV1", 1024, 7, square(1), 1024),
    convolution("MobileNetV2", 16, 112, square(1), 96),
    convolution("MobileNetV2", 24, 56, square(1), 144),
    convolution("MobileNetV2", 144, 56, square(1), 24),
    convolution("MobileNetV2", 32, 28, square(1), 192),
    convolution("MobileNetV2", 64, 14, square(1), 384),
    convolution("MobileNetV2", 384, 14, square(1), 64),
    convolution("MobileNetV2", 96, 14, square(1), 576),
    convolution("MobileNetV2", 160, 7, square(1), 960),
    convolution("MobileNetV2", 320, 7, square(1), 1280),
    convolution("ResNet-50", 64, 56, square(1), 256),
    convolution("ResNet-50", 512, 28, square(1), 128),
    convolution("ResNet-50", 1024, 14, square(1), 256),
    convolution("ResNet-50", 512, 7, square(1), 2048),
    convolution("SqueezeNet", 512, 13, square(1), 1000),
    convolution("DenseNet-121", 480, 28, square(1), 128),
    // 3x3 and longer, stride 1: by Winograd's algorithm where that is chosen, and directly.
    convolution("ResNet-18", 64, 56, square(3), 64),
    convolution("ResNet-18", 128, 28, square(3), 128),
    convolution("ResNet-18", 256, 14, square(3), 256),
    convolution("ResNet-18", 512, 7, square(3), 512),
    convolution("VGG-11", 64, 112, square(3), 128),
    convolution("VGG-11", 512, 28, square(3), 512),
    convolution("GoogLeNet", 64, 56, square(3), 192),
    convolution("GoogLeNet", 160, 14, square(3), 320),
    convolution("GoogLeNet", 32, 14, square(5), 128),
    convolution("SqueezeNet", 64, 13, square(3), 256),
    convolution("DenseNet-121", 128, 28, square(3), 32),
    convolution("AlexNet", 64, 27, square(5), 192),
    convolution("InceptionV3", 192, 17, row_of_7, 192),
    convolution("InceptionV3", 192, 17, column_of_7, 192),
    // Direct, stride 2.
    convolution("ResNet-50", 128, 56, square(3, 2), 128),
    convolution("ResNet-50", 512, 14, square(3, 2), 512),
    convolution("ResNet-50", 256, 56, unpadded(1, 2), 512),
    convolution("InceptionV3", 288, 35, unpadded(3, 2), 384),
    // The caller's image.
    first("MobileNetV1", 224, square(3, 2), 32),
    first("ResNet-50", 224, square(7, 2), 64),
    first("VGG-11", 224, square(3), 64),
    // Depthwise.
    depthwise("MobileNetV1", 32, 112, square(3)),
    depthwise("MobileNetV1", 64, 112, square(3, 2)),
    depthwise("MobileNetV1", 256, 28, square(3)),
    depthwise("MobileNetV1", 256, 28, square(3, 2)),
    depthwise("MobileNetV1", 512, 14, square(3)),
    depthwise("MobileNetV1", 1024, 7, square(3)),
    depthwise("MobileNetV2", 96, 112, square(3, 2)),
    depthwise("MobileNetV2", 144, 56, square(3)),
    depthwise("MobileNetV3", 72, 56, square(5, 2)),
    depthwise("MobileNetV3", 120, 28, square(5)),
    depthwise("MobileNetV3", 672, 14, square(5, 2)),
    depthwise("MobileNetV3", 960, 7, square(5)),
    depthwise("ConvNeXt", 96, 56, square(7)),
    // Grouped.
    convolution("ResNeXt-50", 128, 56, square(3), 128, 32),
    convolution("ResNeXt-50", 512, 14, square(3), 512, 32),
    convolution("ResNeXt-50", 1024, 14, square(3, 2), 1024, 32),
    convolution("ShuffleNetV1", 240, 28, square(1), 60, 3),
    convolution("RegNetY-400MF", 208, 14, square(3), 208, 26),
    // Transposed.
    transposed("DBNet", 24, 160, unpadded(2, 2), 24),
    transposed("DBNet", 24, 320, unpadded(2, 2), 1),
    transposed("U-Net", 128, 28, unpadded(2, 2), 64),
    transposed("DCGAN", 128, 16,
               {.kernel_h = 4, .kernel_w = 4, .stride_h = 2, .stride_w = 2, .pad_top = 1, .pad_left = 1, .pad_bottom = 1, .pad_right = 1},
               64),
    transposed("FSRCNN", 56, 64,
               {.kernel_h = 9, .kernel_w = 9, .stride_h = 3, .stride_w = 3, .pad_top = 4, .pad_left = 4, .pad_bottom = 2, .pad_right = 2},
               1),
    transposed("FCN", 21, 28,
               {.kernel_h = 16, .kernel_w = 16, .stride_h = 8, .stride_w = 8, .pad_top = 4, .pad_left = 4, .pad_bottom = 4, .pad_right = 4},
               21, 21),
    // Dense.
    dense("AlexNet", 9216, 4096),
    dense("AlexNet", 4096, 1000),
    dense("MobileNetV1", 1024, 1000),
    dense("MobileNetV3", 672, 168),
    // Pooling.
    pool("ResNet-50", Pooling::max, 64, 112, square(3, 2)),
    pool("GoogLeNet", Pooling::max, 480, 14, square(3)),
    pool("InceptionV3", Pooling::average, 192, 35, square(3)),
    pool("VGG-11", Pooling::max, 64, 224, unpadded(2, 2)),
    global_pool("MobileNetV1", 1024, 7),
    global_pool("MobileNetV3", 72, 28),
};

constexpr auto output_shape(const Layer& layer) -> Shape {
    if (layer.op == Op::dense) return {1, layer.out_channels};
    if (layer.op == Op::global_pool) return feature_map(layer.out_channels, 1);
    const Window& w = layer.window;
    if (layer.op == Op::transposed_convolution)
        return {1, layer.out_channels, (layer.in.height() - 1) * w.stride_h + w.extent_h() - w.pad_top - w.pad_bottom,
                (layer.in.width() - 1) * w.stride_w + w.extent_w() - w.pad_left - w.pad_right};
    return {1, layer.out_channels, window_output(layer.in.height(), w.extent_h(), w.stride_h, w.pad_top, w.pad_bottom, false),
            window_output(layer.in.width(), w.extent_w(), w.stride_w, w.pad_left, w.pad_right, false)};
}

/// The layer behind its input, as the engine's choice of kernels sees it.
constexpr auto graph_of(const Layer& layer) -> graph::Graph<2, 1, 1> {
    graph::Graph<2, 1, 1> g;
    g.node_count = 2, g.edge_count = 1;
    g.nodes[0].operation.op = layer.reads_image ? Op::input : Op::constant;
    g.nodes[0].shape = layer.in;
    graph::Node& node = g.nodes[1];
    node.operation.op = layer.op;
    node.operation.window = layer.window;
    node.operation.groups = layer.groups;
    node.operation.pooling = layer.pooling;
    node.operation.out_channels = layer.out_channels;
    node.shape = output_shape(layer);
    node.input_count = 1;
    if (layer.op == Op::convolution)
        node.weights[0].shape = {layer.out_channels, layer.in.channels() / layer.groups, layer.window.kernel_h, layer.window.kernel_w};
    if (layer.op == Op::transposed_convolution)
        node.weights[0].shape = {layer.in.channels(), layer.out_channels / layer.groups, layer.window.kernel_h, layer.window.kernel_w};
    if (layer.op == Op::dense) node.weights[0].shape = {layer.out_channels, layer.in.channels()};
    if (node.weights[0].shape.rank > 0) node.weights[1] = {graph::Role::bias, {layer.out_channels}}, node.weight_count = 2;
    node.operation.bias = node.weight_count > 0;
    return g;
}

/// "MobileNetV1/64x112x112/3x3s2/64x56x56": network, input, kernel with its stride and groups, output.
inline auto name_of(const Layer& layer) -> std::string {
    const auto map = [](const Shape& shape) {
        std::string text = std::to_string(shape[1]);
        for (int axis = 2; axis < shape.rank; ++axis) text += "x" + std::to_string(shape[axis]);
        return text;
    };
    std::string name = std::string(layer.network) + "/" + map(layer.in) + "/";
    if (layer.op == Op::convolution || layer.op == Op::transposed_convolution || layer.op == Op::pool) {
        name += std::to_string(layer.window.kernel_h) + "x" + std::to_string(layer.window.kernel_w);
        if (layer.window.stride_h > 1) name += "s" + std::to_string(layer.window.stride_h);
        if (layer.groups > 1 && layer.groups != layer.in.channels()) name += "g" + std::to_string(layer.groups);
        name += "/";
    }
    return name + map(output_shape(layer));
}

}  // namespace mdl::benchmarks
