// mdl: what cannot be converted of a Caffe net is refused with a sentence that names the layer, and damaged files never crash.
// SPDX-License-Identifier: MIT
#include <random>

#include <doctest/doctest.h>

#include "caffe/layer_call.hpp"
#include "caffe/read.hpp"
#include "tools/caffe_builder.hpp"
#include "tools/says.hpp"

using namespace mdl::tool;
using namespace mdl::tool::test;

namespace {

auto refusal(const std::string& type, const Dims& shape, const std::string& param = {}) -> std::string {
    return CaffeBuilder::single(type, shape, param).refusal();
}

/// What parsing or translating a text says.
auto text_refusal(const std::string& text) -> std::string { return CaffeBuilder(text).refusal(); }

auto small() -> CaffeBuilder {
    return CaffeBuilder(
        CaffeBuilder::input("data", {1, 1, 4, 4}) +
        "layer { name: 'conv' type: 'Convolution' bottom: 'data' top: 'conv' convolution_param { num_output: 2 kernel_size: 3 } }\n");
}

}  // namespace

TEST_CASE("a text that is no net is refused with its line") {
    CHECK(says(text_refusal("layer {\n  name: 'a'\n  type: 5\n}"), {"line 3", "type: \"Convolution\""}));
    CHECK(says(text_refusal("layers {\n  type: 'Convolution' }"), {"line 2", "type: CONVOLUTION"}));
    CHECK(says(text_refusal("layer { name: 'a' "), {"line 1", "no description of a Caffe net"}));
    CHECK(says(text_refusal("\x08\x96\x01"), {"line 1"}));
    CHECK(says(text_refusal(""), {"no layers", "solver"}));
    CHECK(says(text_refusal("net: 'train_val.prototxt' base_lr: 0.01"), {"no layers", "solver"}));
    std::string nested;
    for (int k = 0; k < 100000; ++k) nested += "a { ";
    CHECK(says(text_refusal(nested), {"line 1"}));
    CHECK(says(text_refusal("layer { " + nested), {"line 1"}));
}

TEST_CASE("generations that mdl does not read are refused by name") {
    CHECK(says(text_refusal("layers { layer { name: 'conv1' type: 'conv' } }"), {"oldest", "'conv1'", "upgrade_net_proto_text"}));
    CHECK(says(text_refusal("layers { name: 'a' type: RELU } layer { name: 'b' type: 'ReLU' }"), {"`layers`", "`layer`"}));
    CHECK(says(text_refusal("layers { name: 'a' bottom: 'x' top: 'y' }"), {"'a'", "no type"}));
}

TEST_CASE("layers that mdl does not translate are refused by name and type, with what to do") {
    CHECK(says(refusal("Wonder", {1, 1}), {"layer 'it' (Wonder)", "not supported", "Convolution", "Softmax"}));
    CHECK(says(refusal("DetectionOutput", {1, 1}), {"layer 'it' (DetectionOutput)", "remove the layer", "outputs"}));
    CHECK(says(refusal("Python", {1, 1}, "python_param { module: 'm' }"), {"(Python)", "its code is not in the net"}));
    for (const auto& [type, instead] : refused_layers())
        CHECK(says(refusal(std::string(type), {1, 1}), {"not supported", std::string(instead).c_str()}));
}

TEST_CASE("a parameter that mdl does not know is refused with its line, where the layer is converted") {
    CHECK(says(text_refusal(CaffeBuilder::input("data", {1, 1}) +
                            "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'r'\n relu_param { wonder: 1 } }"),
               {"layer 'r' (ReLU)", "'wonder'", "line 3"}));
    CHECK(says(text_refusal(CaffeBuilder::input("data", {1, 1}) +
                            "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'r'\n wonder_param { a: 1 } }"),
               {"layer 'r' (ReLU)", "'wonder_param'", "line 3"}));
    const std::string harmless =
        "force_backward: true wonder: 5 layer { name: 'd' type: 'AnnotatedData' top: 'x' annotated_data_param { a: 1 } transform_param { b "
        "{ c: 1 } } }";
    CHECK(text_refusal(harmless + CaffeBuilder::input("data", {1, 1}) +
                       "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'r' param { name: 'p' lr_mult: 1 } }")
              .empty());
    // Behind an input, of which unknown fields are not looked at.
    const std::string relu = "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'r' }";
    for (const char* strange : {"\t \tLayer { type: 'Power' bottom: 'data' top: 'data' }", "layr: <>", "layer_param:\n{ }"})
        CHECK(says(text_refusal(CaffeBuilder::input("data", {1, 1}) + strange + relu), {"in line 2", "no part of a net", "`layer { ... }`"}));
    CHECK(text_refusal(CaffeBuilder::input("data", {1, 1}) + relu + "\twonder: WORD\n").empty());
    mdl::caffe::NetParameter file =
        parse_prototxt(CaffeBuilder::input("data", {1, 1}) +
                       "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'r' relu_param { negative_slope: 1 } }")
            .proto;
    auto* const param = file.mutable_layer(1)->mutable_relu_param();
    param->GetReflection()->MutableUnknownFields(param)->AddVarint(77, 1);
    try {
        static_cast<void>(translate_caffe(parse_caffemodel(file.SerializeAsString()), std::nullopt));
        CHECK(false);
    } catch (const Failure& failure) {
        CHECK(says(failure.what(), {"layer 'r' (ReLU)", "number 77", "prototxt"}));
    }
}

TEST_CASE("blobs that nothing makes, that are made twice, and nets without output are refused") {
    CHECK(says(text_refusal("layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'r' }"),
               {"layer 'r' (ReLU)", "'data'", "no layer before it makes", "--shape data="}));
    const std::string cycle = "layer { name: 'a' type: 'ReLU' bottom: 'y' top: 'x' } layer { name: 'b' type: 'ReLU' bottom: 'x' top: 'y' }";
    CHECK(says(text_refusal(cycle), {"layer 'a' (ReLU)", "'y'", "before it"}));
    CHECK(says(text_refusal("layer { name: 'd' type: 'Data' top: 'data' include { phase: TRAIN } } layer { name: 'r' type: 'ReLU' bottom: "
                            "'data' top: 'r' }"),
               {"layer 'd' (Data)", "left out in phase TEST", "--shape data="}));
    const std::string input = CaffeBuilder::input("data", {1, 1}), relu = "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'r' }";
    CHECK(says(text_refusal(input + relu + relu), {"makes 'r'", "already"}));
    CHECK(says(text_refusal(input + input + relu), {"'data' is declared twice"}));
    CHECK(says(text_refusal(input + relu + "layer { name: 'd' type: 'TanH' bottom: 'r' top: 'data' }"), {"makes 'data'", "already"}));
    CHECK(says(text_refusal(input + relu + "layer { name: 's' type: 'Silence' bottom: 'r' }"), {"no output"}));
    CHECK(says(
        text_refusal(input + "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'r' include { phase: TEST } exclude { phase: TRAIN } }"),
        {"include and exclude"}));
    CHECK(says(text_refusal("input: 'data' input_dim: 1 input_dim: 2 " + relu), {"1 inputs and 2 input_dim"}));
    CHECK(says(refusal("ReLU", {1, 1}, "bottom: 'data'"), {"2 bottoms", "wants 1"}));
    CHECK(says(refusal("Eltwise", {1, 1}), {"1 bottoms", "2 or more"}));
}

TEST_CASE("weights that do not belong to the net are refused with both shapes") {
    CHECK(says(small().weights("other", {1}, {1}).refusal(), {"layer 'conv' (Convolution)", "no weights in the caffemodel"}));
    CHECK(says(small().weights("conv", {2, 1, 3, 3}, Values(18)).refusal(), {"1 stored blobs", "says 2"}));
    CHECK(says(small().weights("conv", {2, 3, 3, 3}, Values(54)).weights("conv", {2}, Values(2)).refusal(),
               {"2x3x3x3", "2x1x3x3", "another net"}));
    CHECK(says(small().weights("conv", {2, 1, 3, 3}, Values(17)).weights("conv", {2}, Values(2)).refusal(),
               {"17 stored numbers", "18", "damaged"}));
    CHECK(says(small().weights("conv", {2, 1, 3, 3}, {}).weights("conv", {2}, Values(2)).refusal(), {"0 stored numbers", "float32"}));
    auto twice = small();
    twice.add("layer { name: 'conv' type: 'Convolution' bottom: 'conv' top: 'conv2' convolution_param { num_output: 1 kernel_size: 1 } }");
    twice.weights("conv", {2, 1, 3, 3}, Values(18)).weights("conv", {2}, Values(2));
    CHECK(says(twice.refusal(), {"layer 'conv'", "2x1x3x3", "1x2x1x1"}));
    try {
        static_cast<void>(parse_caffemodel("this is no protobuf"));
        CHECK(false);
    } catch (const Failure& failure) {
        CHECK(says(failure.what(), {"no caffemodel"}));
    }
    try {
        static_cast<void>(parse_caffemodel("\x89HDF\r\n"));
        CHECK(false);
    } catch (const Failure& failure) {
        CHECK(says(failure.what(), {"HDF5", "caffemodel"}));
    }
}

TEST_CASE("sizes that cannot be are refused before anything is made") {
    CHECK(says(refusal("ReLU", {1, 1000000, 1000000}), {"1x1000000x1000000"}));
    CHECK(says(refusal("ReLU", {1, -3}), {"1x-3"}));
    CHECK(says(refusal("ReLU", {1, 1, 1, 1, 1, 1, 1}), {"1x1x1x1x1x1x1"}));
    CHECK(says(refusal("InnerProduct", {1, 1000}, "inner_product_param { num_output: 4294967295 }"), {"4294967295x1000", "impossible"}));
    CHECK(says(refusal("InnerProduct", {1, 1000}, "inner_product_param { num_output: 2000000 }"), {"more random numbers", "--weights"}));
    CHECK(says(refusal("Tile", {1, 1000}, "tile_param { tiles: 2147483647 }"), {"does not support"}));
    CHECK(says(refusal("Convolution", {1, 1, 4, 4}, "convolution_param { num_output: 1 kernel_size: 5 }"),
               {"kernel of 5 on 4 positions", "--shape"}));
    CHECK(says(refusal("Convolution", {1, 1, 4, 4}, "convolution_param { num_output: 1 kernel_size: 0 }"), {"kernel_size 0"}));
    CHECK(says(refusal("Convolution", {1, 3, 4, 4}, "convolution_param { num_output: 4 kernel_size: 1 group: 2 }"),
               {"2 groups", "3 channels"}));
    CHECK(says(refusal("Convolution", {1, 1, 4, 4}, "convolution_param { num_output: 1 kernel_size: 3 kernel_h: 3 }"),
               {"kernel_size twice"}));
    CHECK(says(refusal("Deconvolution", {1, 1, 1, 1}, "convolution_param { num_output: 1 kernel_size: 2 pad: 1 }"), {"shape 1x1x0x0"}));
    CHECK(says(refusal("Pooling", {1, 1, 4, 4}, "pooling_param { kernel_size: 2 pad: 2 }"), {"pads by 2"}));
    CHECK(says(refusal("Pooling", {1, 1, 5, 5}, "pooling_param { kernel_size: 1 stride: 3 }"), {"outside of the image"}));
    CHECK(says(refusal("Pooling", {1, 1, 4, 4}, "top: 'mask' pooling_param { kernel_size: 2 }"), {"positions of its maxima"}));
    CHECK(says(refusal("Pooling", {1, 1, 4, 4}, "pooling_param { kernel_size: 2 pool: STOCHASTIC }"), {"at random"}));
    CHECK(says(refusal("BatchNorm", {1, 2}, "batch_norm_param { use_global_stats: false }"), {"use_global_stats"}));
    CHECK(says(refusal("Softmax", {1, 2}, "softmax_param { axis: 2 }"), {"axis 2", "2 axes"}));
    CHECK(says(refusal("Reshape", {1, 6}, "reshape_param { shape { dim: 4 dim: -1 } }"), {"1x6", "another number"}));
    CHECK(says(refusal("Slice", {1, 4}, "slice_param { slice_point: 5 }"), {"cuts axis 1 of 4 at 5"}));
    CHECK(says(refusal("Permute", {1, 4}, "permute_param { order: 1 order: 1 }"), {"orders the axes"}));
    CHECK(says(refusal("Power", {1, 4}, "power_param { power: 0 }"), {"the same number"}));
    CHECK(says(refusal("ArgMax", {1, 4}, "argmax_param { top_k: 5 }"), {"5 largest"}));
    CHECK(says(refusal("Upsample", {1, 1, 2, 2}), {"no positive scale"}));
}

TEST_CASE("files are found beside the one that is named") {
    CHECK_THROWS_WITH(find_caffe_files("net.caffemodel", "more.caffemodel"), doctest::Contains("--weights is for a prototxt"));
    CHECK(find_caffe_files("nowhere/net.prototxt", "w.caffemodel").caffemodel == "w.caffemodel");
    CHECK(find_caffe_files("nowhere/net.prototxt", {}).caffemodel.empty());
    CHECK(find_caffe_files("nowhere/net.caffemodel", {}).prototxt.empty());
    CHECK_THROWS_WITH(static_cast<void>(read_caffe({"nowhere/net.prototxt", {}}, {})),
                      doctest::Contains("cannot open 'nowhere/net.prototxt'"));
}

TEST_CASE("2,000 random corruptions of a net and of its weights are each refused or harmless") {
    const std::string text =
        CaffeBuilder::input("data", {1, 1, 4, 4}) +
        "layer { name: 'conv' type: 'Convolution' bottom: 'data' top: 'conv' convolution_param { num_output: 2 kernel_size: 3 pad: 1 } }\n"
        "layer { name: 'pool' type: 'Pooling' bottom: 'conv' top: 'pool' pooling_param { pool: AVE kernel_size: 2 stride: 2 } }\n"
        "layer { name: 'ip' type: 'InnerProduct' bottom: 'pool' top: 'ip' inner_product_param { num_output: 3 } }\n";
    mdl::caffe::NetParameter file;
    for (const auto& [name, shapes] :
         std::initializer_list<std::pair<const char*, std::vector<Dims>>>{{"conv", {{2, 1, 3, 3}, {2}}}, {"ip", {{3, 8}, {3}}}}) {
        auto& layer = *file.add_layer();
        layer.set_name(name);
        for (const auto& dims : shapes) {
            auto& blob = *layer.add_blobs();
            for (const auto dim : dims) blob.mutable_shape()->add_dim(dim);
            for (std::int64_t k = 0; k < checked_count(dims); ++k) blob.add_data(1);
        }
    }
    const std::string bytes = file.SerializeAsString();
    std::mt19937 random(20261);
    int refused = 0, converted = 0;
    for (int round = 0; round < 2000; ++round) {
        std::string net = text, weights = bytes;
        std::string& hit = round % 2 == 0 ? net : weights;
        for (int k = 0; k < 1 + round % 3; ++k) hit[random() % hit.size()] = static_cast<char>(random());
        try {
            CaffeOptions options;
            options.most_random = 1 << 16;
            auto result = translate_caffe(parse_prototxt(net), parse_caffemodel(weights), options);
            static_cast<void>(import_onnx(check_onnx(std::move(result.model), {})));
            ++converted;
        } catch (const Failure& failure) {
            ++refused;
            CHECK(std::string(failure.what()).size() > 20);
        }
    }
    CHECK(refused > 500);
    CHECK(converted > 100);
}
