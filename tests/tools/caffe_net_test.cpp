// mdl: a Caffe net as a whole: generations, phases, blobs in place, inputs, outputs, weights.
// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "tools/caffe_builder.hpp"

using namespace mdl::tool;
using namespace mdl::tool::test;
using mdl::Shape;

namespace {

using Names = std::vector<std::string>;

auto notes(const CaffeBuilder& net) -> std::string {
    std::string all;
    for (const auto& note : net.translated().notes) all += note + "\n";
    return all;
}

}  // namespace

TEST_CASE("layers in place work one after another, and who read before them reads what was there") {
    CaffeBuilder net(CaffeBuilder::input("data", {1, 2}));
    net.add("layer { name: 'twice' type: 'Power' bottom: 'data' top: 'x' power_param { scale: 2 } }");
    net.add("layer { name: 'side' type: 'AbsVal' bottom: 'x' top: 'side' }");
    net.add("layer { name: 'relu' type: 'ReLU' bottom: 'x' top: 'x' }");
    net.add("layer { name: 'plus' type: 'Power' bottom: 'x' top: 'x' power_param { shift: 1 } }");
    CHECK(net.output_names() == Names{"x", "side"});
    CHECK(net.answers({{-3, 4}}) == std::vector<Values>{{1, 9}, {6, 8}});
}

TEST_CASE("an input that a layer changes in place keeps its name") {
    CaffeBuilder net(CaffeBuilder::input("data", {1, 2}));
    net.add("layer { name: 'relu' type: 'ReLU' bottom: 'data' top: 'data' }");
    CHECK(net.network().inputs[0].name == "data");
    CHECK(net.output_names() == Names{"data_out"});
    CHECK(net.answer({-3, 4}) == Values{0, 4});
}

TEST_CASE("dropout and split hand their blob on, silence makes it no output") {
    CaffeBuilder net(CaffeBuilder::input("data", {1, 2}));
    net.add("layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'r' }");
    net.add("layer { name: 'd' type: 'Dropout' bottom: 'r' top: 'r' dropout_param { dropout_ratio: 0.5 } }");
    net.add("layer { name: 's' type: 'Split' bottom: 'r' top: 'a' top: 'b' top: 'c' }");
    net.add("layer { name: 'quiet' type: 'Silence' bottom: 'c' }");
    CHECK(net.output_names() == Names{"a", "b"});
    CHECK(net.answers({{-3, 4}}) == std::vector<Values>{{0, 4}, {0, 4}});
}

TEST_CASE("a dropout that does not scale while training scales afterwards") {
    const auto net = CaffeBuilder::single("Dropout", {1, 2}, "dropout_param { dropout_ratio: 0.75 scale_train: false }");
    CHECK(net.answer({-8, 4}) == Values{-2, 1});
    CHECK(CaffeBuilder::single("Dropout", {1, 2}, "dropout_param { scale_train: true }").answer({-8, 4}) == Values{-8, 4});
}

TEST_CASE("the older generation means the same, legacy shapes of weights included") {
    const std::string text =
        "input: 'data' input_dim: 1 input_dim: 1 input_dim: 2 input_dim: 2\n"
        "layers { name: 'conv' type: CONVOLUTION bottom: 'data' top: 'conv' blobs_lr: 1 blobs_lr: 2 weight_decay: 1 weight_decay: 0\n"
        "  convolution_param { num_output: 1 kernel_size: 1 weight_filler { type: 'gaussian' std: 0.01 } } }\n"
        "layers { name: 'relu' type: RELU bottom: 'conv' top: 'conv' }\n"
        "layers { name: 'ip' type: INNER_PRODUCT bottom: 'conv' top: 'ip' inner_product_param { num_output: 2 } }\n"
        "layers { name: 'prob' type: SOFTMAX bottom: 'ip' top: 'prob' }\n"
        "layers { name: 'loss' type: SOFTMAX_LOSS bottom: 'ip' bottom: 'label' top: 'loss' include: { phase: TRAIN } }\n";
    mdl::caffe::NetParameter file;
    const auto add = [&](const char* name, std::initializer_list<std::pair<Dims, Values>> blobs) {
        auto& layer = *file.add_layers();
        layer.set_name(name);
        for (const auto& [dims, values] : blobs) {
            auto& blob = *layer.add_blobs();
            blob.set_num(static_cast<int>(dims[0]));
            blob.set_channels(static_cast<int>(dims[1]));
            blob.set_height(static_cast<int>(dims[2]));
            blob.set_width(static_cast<int>(dims[3]));
            for (const float value : values) blob.add_data(value);
        }
    };
    add("conv", {{{1, 1, 1, 1}, {2}}, {{1, 1, 1, 1}, {1}}});
    add("ip", {{{1, 1, 2, 4}, {1, 0, 0, 0, 0, 1, 0, 0}}, {{1, 1, 1, 2}, {0, 0}}});
    const auto net = translate_caffe(parse_prototxt(text), parse_caffemodel(file.SerializeAsString()));
    const auto answer = evaluate(import_onnx(check_onnx(net.model, {})), {{1, 1, 5, 5}})[0];
    CHECK(answer == Values{0.5f, 0.5f});
    CHECK(net.notes.empty());
}

TEST_CASE("rules of phase and stage choose layers") {
    const auto chosen = [](const std::string& rule, const std::string& state = {}) {
        CaffeBuilder net(state + CaffeBuilder::input("data", {1, 1}));
        net.add("layer { name: 'a' type: 'Power' bottom: 'data' top: 'x' power_param { shift: 1 } }");
        net.add("layer { name: 'b' type: 'Power' bottom: 'x' top: 'x' power_param { shift: 10 } " + rule + " }");
        return net.answer({0})[0] == 11;
    };
    CHECK(chosen("include { phase: TEST }"));
    CHECK_FALSE(chosen("include { phase: TRAIN }"));
    CHECK_FALSE(chosen("exclude { phase: TEST }"));
    CHECK(chosen("exclude { phase: TRAIN }"));
    CHECK_FALSE(chosen("include { stage: 'deploy' }"));
    CHECK(chosen("include { stage: 'deploy' }", "state { stage: 'deploy' } "));
    CHECK_FALSE(chosen("include { not_stage: 'deploy' }", "state { stage: 'deploy' } "));
    CHECK_FALSE(chosen("include { min_level: 1 }"));
    CHECK(chosen("include { phase: TRAIN } include { max_level: 0 }"));
}

TEST_CASE("a net for training becomes one for use: data by --shape, labels, losses and accuracy left out") {
    CaffeBuilder net(
        "layer { name: 'train' type: 'Data' top: 'data' top: 'label' include { phase: TRAIN } data_param { source: 'x' batch_size: 64 } }\n"
        "layer { name: 'test' type: 'Data' top: 'data' top: 'label' include { phase: TEST } transform_param { scale: 0.00390625 } "
        "data_param { source: 'y' batch_size: 100 } }\n"
        "layer { name: 'ip' type: 'InnerProduct' bottom: 'data' top: 'ip' param { lr_mult: 1 } inner_product_param { num_output: 2 "
        "weight_filler { type: 'xavier' } } }\n"
        "layer { name: 'accuracy' type: 'Accuracy' bottom: 'ip' bottom: 'label' top: 'accuracy' include { phase: TEST } }\n"
        "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'ip' bottom: 'label' top: 'loss' }\n");
    net.weights("ip", {2, 2}, {1, 0, 0, 2}).weights("ip", {2}, {0, 0});
    CHECK(net.refusal().find("'data', whose shape layer 'test' (Data) does not say; give it, as in --shape data=") != std::string::npos);
    net.shape("data", {1, 2});
    CHECK(net.output_names() == Names{"ip"});
    CHECK(net.answer({3, 4}) == Values{3, 8});
    CHECK(notes(net).find("layer 'loss' (SoftmaxWithLoss) is for training and left out") != std::string::npos);
    CHECK(notes(net).find("layer 'test' (Data) prepares its images (transform_param)") != std::string::npos);
    CHECK(notes(net).find("label") == std::string::npos);
}

TEST_CASE("all ways of saying an input's shape") {
    const std::string relu = "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'r' }";
    for (const std::string& input :
         {std::string("input: 'data' input_shape { dim: 1 dim: 2 dim: 3 dim: 4 } "),
          std::string("input: 'data' input_dim: 1 input_dim: 2 input_dim: 3 input_dim: 4 "), CaffeBuilder::input("data", {1, 2, 3, 4}),
          std::string("layer { name: 'd' type: 'MemoryData' top: 'data' top: 'label' memory_data_param { batch_size: 1 channels: 2 height: "
                      "3 width: 4 } } "),
          std::string("layer { name: 'd' type: 'DummyData' top: 'data' dummy_data_param { shape { dim: 1 dim: 2 dim: 3 dim: 4 } } } ")})
        CHECK(CaffeBuilder(input + relu).out_shape() == Shape{1, 2, 3, 4});
    CaffeBuilder given(CaffeBuilder::input("data", {10, 2, 3, 4}) + relu);
    CHECK(notes(given).find("10 images at a time") != std::string::npos);
    given.shape("data", {1, 2, 5, 6});
    CHECK(given.out_shape() == Shape{1, 2, 5, 6});
    CHECK(notes(given).empty());
}

TEST_CASE("without a caffemodel weights are random, the same in every run, and of a size that keeps values finite") {
    std::string text = CaffeBuilder::input("data", {1, 8, 4, 4}), bottom = "data";
    for (int k = 0; k < 20; ++k) {
        const std::string name = "c" + std::to_string(k);
        text += "layer { name: '" + name + "' type: 'Convolution' bottom: '" + bottom + "' top: '" + name +
                "' convolution_param { num_output: 8 kernel_size: 3 pad: 1 } }\n";
        text += "layer { name: 'bn" + name + "' type: 'BatchNorm' bottom: '" + name + "' top: '" + name + "' }\n";
        text += "layer { name: 'r" + name + "' type: 'ReLU' bottom: '" + name + "' top: '" + name + "' }\n";
        bottom = name;
    }
    const CaffeBuilder net(text);
    const Values x(128, 1), first = net.answer(x), second = net.answer(x);
    CHECK(first == second);
    float largest = 0;
    for (const float value : first) largest = std::max(largest, std::abs(value));
    CHECK(largest > 1e-3f);
    CHECK(largest < 1e3f);
}

TEST_CASE("a net within a caffemodel is converted from its own description") {
    mdl::caffe::NetParameter file =
        parse_prototxt(
            CaffeBuilder::input("data", {1, 2}) +
            "layer { name: 'ip' type: 'InnerProduct' bottom: 'data' top: 'ip' inner_product_param { num_output: 1 bias_term: false } }")
            .proto;
    auto& blob = *file.mutable_layer(1)->add_blobs();
    blob.mutable_shape()->add_dim(1);
    blob.mutable_shape()->add_dim(2);
    blob.add_double_data(3);
    blob.add_double_data(4);
    CHECK(has_input_shape(file));
    const auto net = translate_caffe(parse_caffemodel(file.SerializeAsString()), std::nullopt);
    CHECK(evaluate(import_onnx(check_onnx(net.model, {})), {{1, 10}})[0] == Values{43});
}

TEST_CASE("weights of layers that the net does without are told") {
    CaffeBuilder net(CaffeBuilder::input("data", {1, 1}) + "layer { name: 'p' type: 'PReLU' bottom: 'data' top: 'p' }");
    net.weights("p", {1}, {1}).weights("aux/fc", {1}, {1});
    CHECK(notes(net).find("weights for 1 layer that the net does without: 'aux/fc'") != std::string::npos);
}

TEST_CASE("an input that nothing reads is told, and is none of the network's") {
    CaffeBuilder net(CaffeBuilder::input("data", {1, 1}) + CaffeBuilder::input("im_info", {1, 3}) +
                     "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'r' }");
    CHECK(notes(net).find("'im_info' that nothing reads") != std::string::npos);
    CHECK(net.network().inputs.size() == 1);
}
