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
#include "tools/baidu_builder.hpp"
#include "tools/evaluate.hpp"
#include "tools/mdl_command.hpp"
#include "tools/says.hpp"
#include "weights/temporary_folder.hpp"

using namespace mdl::tool;
using mdl::tool::test::baidu_weights;
using mdl::tool::test::BaiduFiles;
using mdl::tool::test::evaluate;
using mdl::tool::test::mdl_command;
using mdl::tool::test::says;
using mdl::tool::test::small_baidu_network;
using mdl::tool::test::Values;
using mdl::tool::test::with_signature;

namespace {

struct Files : BaiduFiles {
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

auto small() -> Files { return {small_baidu_network()}; }

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
    CHECK(says(Files{{"no JSON", files.weights}}.refusal(), {"no description that mdl understands"}));
    CHECK(says(Files{{"", files.weights}}.refusal(), {"no description that mdl understands"}));
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
    CHECK(says(Files{{files.description, baidu_weights({{"a", 0, 1, {1}}, {"a", 0, 1, {1}}})}}.refusal(), {"two tensors named 'a'"}));
    CHECK(says(Files{{files.description, baidu_weights({{"a", 0, HUGE_VALF, {1}}})}}.refusal(), {"impossible size or range of 'a'"}));
}

TEST_CASE("a file of weights that is cut or changed anywhere in its head is refused, and none is read beyond its end") {
    const Files files = small();
    for (std::size_t size = 0; size < files.weights.size(); ++size) CHECK(says(Files{{files.description, files.weights.substr(0, size)}}.refusal(), {"the file of weights"}));
    // Sizes are the first 12 + 9 * 4 bytes; whichever bit changes, they no longer add up to the file.
    for (std::size_t at = 0; at < 48; ++at)
        for (int bit = 0; bit < 8; ++bit) {
            Files damaged = files;
            damaged.weights[at] = static_cast<char>(damaged.weights[at] ^ (1 << bit));
            CHECK_FALSE(damaged.refusal().empty());
        }
}
