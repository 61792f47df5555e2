// mdl: makes networks in the format of Mobile Deep Learning of 2017, for the tests of their reader.
// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mdl::tool::test {

/// One tensor of data.min.bin: `bytes` stand for numbers from `least` to `most`.
struct BaiduTensor {
    std::string name{};
    float least = 0, most = 0;
    std::vector<std::uint8_t> bytes{};
};

template <class T>
void append_bytes(std::string& file, T value) {
    file.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// data.min.bin
inline auto baidu_weights(const std::vector<BaiduTensor>& tensors) -> std::string {
    std::string file(4, '\0');
    append_bytes<std::int32_t>(file, 1);
    append_bytes(file, static_cast<std::int32_t>(tensors.size()));
    for (const auto& tensor : tensors) append_bytes(file, static_cast<std::int32_t>(tensor.bytes.size()));
    for (const auto& tensor : tensors) append_bytes(file, tensor.least), append_bytes(file, tensor.most);
    for (const auto& tensor : tensors) file += tensor.name + std::string(30 - tensor.name.size(), '\0');
    for (const auto& tensor : tensors) file.append(tensor.bytes.begin(), tensor.bytes.end());
    const auto size = static_cast<std::int32_t>(file.size());
    file.replace(0, 4, reinterpret_cast<const char*>(&size), 4);
    return file;
}

/// Both files of a network.
struct BaiduFiles {
    std::string description{}, weights{};
};

/// A 1x1 convolution from one channel to two, norm and scale in place, relu in place, the mean, a dense layer.
inline auto small_baidu_network() -> BaiduFiles {
    return {R"({"layer": [
{"name": "c", "type": "ConvolutionLayer", "input": ["data"], "output": ["c"], "weight": ["c_0"],
 "param": {"output_num": 2, "kernel_size": 1, "pad": 0, "stride": 1, "bias_term": 0, "group": 1}},
{"name": "n", "type": "BatchNormLayer", "input": ["c"], "output": ["c"], "weight": ["n_0", "n_1", "n_2"]},
{"name": "s", "type": "ScaleLayer", "input": ["c"], "output": ["c"], "weight": ["s_0", "s_1"], "param": {"bias_term": 1}},
{"name": "r", "type": "ReluLayer", "input": ["c"], "output": ["c"], "weight": [], "pid": 1},
{"name": "p", "type": "PoolingLayer", "input": ["c"], "output": ["p"], "weight": [], "param": {"type": "ave", "global_pooling": true}},
{"name": "f", "type": "FCLayer", "input": ["p"], "output": ["f"], "weight": ["f_0", "f_1"], "param": {"output_num": 1}}],
"matrix": {"data": [1, 1, 1, 2], "c_0": [2, 1, 1, 1], "n_0": [2], "n_1": [2], "n_2": 1, "s_0": [2], "s_1": [2], "f_0": [1, 2], "f_1": [1]},
"meta": {"model_version": 1}})",
            baidu_weights({{"data", 0, 1, {0, 255}},
                          {"c_0", -1, 1.55f, {200, 0}},  // 1 and -1
                          {"n_0", 0, 255, {2, 4}},       // over n_2: 1 and 2
                          {"n_1", 0, 255, {2, 8}},       // 1 and 4
                          {"n_2", 0, 255, {2}},
                          {"s_0", 0, 255, {3, 1}},
                          {"s_1", 0, 255, {0, 5}},
                          {"f_0", 0, 255, {1, 10}},
                          {"f_1", 0, 255, {7}}})};
}

/// The text with the number that signs it: 37, then for every tenth byte times 54059 and xor with 76963 times that byte, modulo 2^32.
inline auto with_signature(const std::string& text) -> std::string {
    std::uint32_t sum = 37;
    for (std::size_t i = 0; i < text.size(); i += 10) sum = (sum * 54059u) ^ (static_cast<std::uint32_t>(text[i]) * 76963u);
    return text + " " + std::to_string(sum) + "=";
}

}  // namespace mdl::tool::test
