// mdl: Caffe layers that are not translated: for training, for feeding a net from files, and those without a counterpart in mdl.
// SPDX-License-Identifier: MIT
#include <set>

#include "caffe/layer_call.hpp"

namespace mdl::tool {

namespace {

auto training() -> const std::set<std::string_view>& {
    static const std::set<std::string_view> types{
        "Accuracy",     "CenterLoss",      "ContrastiveLoss", "DetectionEvaluate",       "EuclideanLoss",           "HDF5Output",
        "HingeLoss",    "InfogainLoss",    "MultiBoxLoss",    "MultinomialLogisticLoss", "SigmoidCrossEntropyLoss", "Silence",
        "SmoothL1Loss", "SoftmaxWithLoss", "TripletLoss"};
    return types;
}

auto data() -> const std::set<std::string_view>& {
    static const std::set<std::string_view> types{"AnnotatedData", "Data",       "DummyData", "HDF5Data",  "ImageData",
                                                  "Input",         "MemoryData", "VideoData", "WindowData"};
    return types;
}

}  // namespace

auto is_training_layer(std::string_view type) -> bool { return training().contains(type); }

auto is_data_layer(std::string_view type) -> bool { return data().contains(type); }

auto untranslated_layers() -> std::set<std::string_view> {
    std::set<std::string_view> types = training();
    types.insert(data().begin(), data().end());
    return types;
}

auto refused_layers() -> const std::map<std::string_view, std::string_view>& {
    constexpr std::string_view boxes = "remove the layer: what it reads becomes the net's outputs; decode and suppress boxes in the app";
    constexpr std::string_view regions =
        "regions come while the network runs; cut the net before it, and give the rest as a net of its own";
    constexpr std::string_view steps = "unroll the steps into InnerProduct and Eltwise, or replace them by convolutions";
    static const std::map<std::string_view, std::string_view> layers{
        {"BatchReindex", "reorder batches in the app"},
        {"BN", "write its scale and shift as BatchNorm and Scale"},
        {"DetectionOutput", boxes},
        {"Embed", "look the rows up in the app, and feed them"},
        {"Filter", "the numbers decide how much comes out; do it in the app"},
        {"Im2col", "write the Convolution that it is part of"},
        {"LSTM", steps},
        {"LSTMUnit", steps},
        {"Parameter", "write its numbers as the blob of a Scale or Bias"},
        {"Proposal", regions},
        {"PSROIPooling", regions},
        {"Python", "its code is not in the net; write it as layers, or cut the net before it"},
        {"Recurrent", steps},
        {"Region", boxes},
        {"Reorg", "write it as Reshape and Permute"},
        {"RNN", steps},
        {"ROIPooling", regions},
        {"SPP", "write it as Pooling, Flatten and Concat"},
        {"YoloDetectionOutput", boxes},
        {"Yolov3DetectionOutput", boxes}};
    return layers;
}

}  // namespace mdl::tool
