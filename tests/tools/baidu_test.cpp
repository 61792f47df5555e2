// mdl: networks in the format of Mobile Deep Learning of 2017: what they compute, and every refusal.
// SPDX-License-Identifier: MIT
#include <cmath>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "baidu/read.hpp"
#include "caffe/translate.hpp"
#include "failure.hpp"
#include "onnx/importer.hpp"
#include "tools/evaluate.hpp"
#include "tools/mdl_command.hpp"
#include "tools/says.hpp"
#include "weights/temporary_folder.hpp"

using namespace mdl::tool;
using mdl::tool::test::evaluate;
using mdl::tool::test::mdl_command;
using mdl::tool::test::says;
using mdl::tool::test::Values;

namespace {

/// One tensor of data.min.bin: `bytes` stand for numbers from `least` to `most`.
struct Stored {
    std::string name{};
    float least = 0, most = 0;
    std::vector<std::uint8_t> bytes{};
};

template <class T>
void append(std::string& file, T value) {
    file.append(reinterpret_cast<const char*>(&value), sizeof value);
}

auto weights_file(const std::vector<Stored>& tensors) -> std::string {
    std::string file(4, '\0');
    append<std::int32_t>(file, 1);
    append(file, static_cast<std::int32_t>(tensors.size()));
    for (const auto& tensor : tensors) append(file, static_cast<std::int32_t>(tensor.bytes.size()));
    for (const auto& tensor : tensors) append(file, tensor.least), append(file, tensor.most);
    for (const auto& tensor : tensors) file += tensor.name + std::string(30 - tensor.name.size(), '\0');
    for (const auto& tensor : tensors) file.append(tensor.bytes.begin(), tensor.bytes.end());
    const auto size = static_cast<std::int32_t>(file.size());
    file.replace(0, 4, reinterpret_cast<const char*>(&size), 4);
    return file;
}

struct Files {
    std::string description{}, weights{};

    auto answer(const Values& input) const -> Values {
        return evaluate(import_onnx(check_onnx(translate_caffe(parse_baidu(description, weights), std::nullopt).model, {}), {}), {input})[0];
    }
    auto refusal() const -> std::string {
        try {
            static_cast<void>(parse_baidu(description, weights));
        } catch (const Failure& failure) {
            return failure.what();
        }
        return {};
    }
    auto with(const std::string& old, const std::string& other) const -> Files {
        Files changed = *this;
        changed.description.replace(changed.description.find(old), old.size(), other);
        return changed;
    }
};

/// A 1x1 convolution from one channel to two, norm and scale in place, relu in place, the mean, a dense layer.
auto small() -> Files {
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
            weights_file({{"data", 0, 1, {0, 255}},
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
auto with_signature(const std::string& text) -> std::string {
    std::uint32_t sum = 37;
    for (std::size_t i = 0; i < text.size(); i += 10) sum = (sum * 54059u) ^ (static_cast<std::uint32_t>(text[i]) * 76963u);
    return text + " " + std::to_string(sum) + "=";
}

}  // namespace

TEST_CASE("a network of Mobile Deep Learning is the Caffe net that its layers name, a byte a weight") {
    // Channel 0: relu(3 (x - 1)), mean of 3 (2-1) and 3 (5-1): 7.5. Channel 1: relu((-x - 2) / 2 + 5) = 3 and 1.5: 2.25.
    const Values answer = small().answer({2, 5});
    REQUIRE(answer.size() == 1);
    CHECK(answer[0] == doctest::Approx(7.5 + 22.5 + 7).epsilon(1e-4));
}

TEST_CASE("the signature is checked where there is one") {
    Files files = small();
    const std::string text = files.description;
    files.description = with_signature(text);
    CHECK(files.refusal().empty());
    files.description[20] ^= 1;
    CHECK(says(files.refusal(), {"signature", "damaged"}));
}

TEST_CASE("what the format does not have is refused by its name") {
    const Files files = small();
    CHECK(says(files.with("\"pid\"", "\"qid\"").refusal(), {"layer[3]", "qid"}));
    CHECK(says(files.with("\"group\"", "\"dilation\"").refusal(), {"dilation"}));
    CHECK(says(files.with("FCLayer", "GruLayer").refusal(), {"'f'", "'GruLayer'", "convert the model that it was made from"}));
    CHECK(says(files.with("\"ave\"", "\"sum\"").refusal(), {"'p'", "'sum'", "max and ave"}));
    CHECK(says(files.with("\"model_version\": 1", "\"model_version\": 2").refusal(), {"version 2", "mdl reads 1"}));
    CHECK(says(Files{"no JSON", files.weights}.refusal(), {"no description that mdl understands"}));
    CHECK(says(Files{"", files.weights}.refusal(), {"no description that mdl understands"}));
}

TEST_CASE("weights lie beside the description, or are named") {
    const TemporaryFolder folder;
    const std::string description = folder / "model.min.json", elsewhere = folder / "other.bin";
    std::ofstream(description) << small().description;
    std::ofstream(elsewhere, std::ios::binary) << small().weights;
    CHECK(mdl_command({"inspect", description}).says(Exit::io, {"data.min.bin", "--weights FILE"}));
    CHECK(mdl_command({"inspect", description, "--weights", elsewhere}).exit == 0);
    std::ofstream(folder / "data.min.bin", std::ios::binary) << small().weights;
    CHECK(mdl_command({"inspect", description}).exit == 0);
}

TEST_CASE("descriptions and weights that do not fit together are refused by the tensor's name") {
    const Files files = small();
    CHECK(says(files.with("\"weight\": [\"c_0\"]", "\"weight\": [\"c_9\"]").refusal(), {"'c'", "'c_9'", "lacks"}));
    CHECK(says(files.with("\"c_0\": [2, 1, 1, 1]", "\"c_0\": [2, 1, 1, 2]").refusal(), {"'c_0' has 2 numbers", "one model"}));
    CHECK(says(files.with("\"c_0\": [2, 1, 1, 1]", "\"c_1\": [2, 1, 1, 1]").refusal(), {"no shape for 'c_0'"}));
    CHECK(says(files.with("\"c_0\": [2, 1, 1, 1]", "\"c_0\": [2, 1, 1, 0.5]").refusal(), {"impossible shape for 'c_0'"}));
    CHECK(says(files.with("\"f_0\", \"f_1\"", "\"c_0\", \"f_1\"").refusal(), {"'f'", "shares", "'c_0'"}));
    CHECK(says(Files{files.description, weights_file({{"a", 0, 1, {1}}, {"a", 0, 1, {1}}})}.refusal(), {"two tensors named 'a'"}));
    CHECK(says(Files{files.description, weights_file({{"a", 0, HUGE_VALF, {1}}})}.refusal(), {"impossible size or range of 'a'"}));
}

TEST_CASE("a file of weights that is cut or changed anywhere in its head is refused, and none is read beyond its end") {
    const Files files = small();
    for (std::size_t size = 0; size < files.weights.size(); ++size) CHECK(says(Files{files.description, files.weights.substr(0, size)}.refusal(), {"the file of weights"}));
    // Sizes are the first 12 + 9 * 4 bytes; whichever bit changes, they no longer add up to the file.
    for (std::size_t at = 0; at < 48; ++at)
        for (int bit = 0; bit < 8; ++bit) {
            Files damaged = files;
            damaged.weights[at] = static_cast<char>(damaged.weights[at] ^ (1 << bit));
            CHECK_FALSE(damaged.refusal().empty());
        }
}
