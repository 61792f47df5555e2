// mdl: fuzz target of the reader of Mobile Deep Learning's networks of 2017; scripts/fuzz.sh builds and runs it.
// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "baidu/read.hpp"
#include "caffe/translate.hpp"
#include "fuzz/target.hpp"
#include "onnx/importer.hpp"
#include "tools/baidu_builder.hpp"

namespace {

/// Between the description and the weights of an input.
constexpr std::string_view seam = "\n--weights--\n";

/// Texts and numbers that stand in descriptions, and ones at which sizes overflow.
constexpr std::array words{"\"c\"",  "\"data\"", "\"c_0\"", "\"ConcatLayer\"", "\"SplitLayer\"", "\"SoftmaxLayer\"", "\"LrnLayer\"", "\"local_size\"", "\"alpha\"", "\"max\"",
                           "\"stride\"", "\"pad\"",  "\"group\"", "0", "1", "-1", "3", "1e9", "4294967295", "0.5", "1e300", "null", "true", "[]", "[1, 2]", "{}", "\"\\u0000\""};

auto seed(unsigned which) -> const std::string& {
    static const auto joined = [](auto change) {
        mdl::tool::test::BaiduFiles files = mdl::tool::test::small_baidu_network();
        files.description = change(files.description);
        return files.description + std::string(seam) + files.weights;
    };
    static const std::string plain = joined([](const std::string& text) { return text; }), signed_one = joined(mdl::tool::test::with_signature);
    return which % 4 == 0 ? signed_one : plain;
}

}  // namespace

/// The description before the seam with the weights behind it; without a seam, with none.
extern "C" auto LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) -> int {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::size_t at = all.find(seam);
    const std::string_view weights = at == std::string_view::npos ? std::string_view() : all.substr(at + seam.size());
    fuzz::expect_sentence([&] {
        mdl::tool::CaffeOptions options;
        options.most_random = 1 << 18;
        auto result = mdl::tool::translate_caffe(mdl::tool::parse_baidu(all.substr(0, at), weights), std::nullopt, options);
        static_cast<void>(mdl::tool::import_onnx(mdl::tool::check_onnx(std::move(result.model), {})));
    });
    return 0;
}

/// Begins with whole networks, and puts a word in the place of one of the description's: a fuzzer of bytes breaks its JSON.
extern "C" auto LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned random) -> std::size_t {
    if (size < 16 || random % 64 == 0) return fuzz::begin_with(seed(random / 64), data, size, max_size);
    if (random % 3 == 0) return LLVMFuzzerMutate(data, size, max_size);
    std::string text(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(text.find(seam), text.size());
    // From a separator of JSON to the next.
    constexpr std::string_view separators = "[]{}:, \n";
    const std::size_t begin = text.find_first_not_of(separators, random / 7 % (end + 1));
    if (begin >= end) return LLVMFuzzerMutate(data, size, max_size);
    const std::size_t length = std::min(text.find_first_of(separators, begin), end) - begin;
    text.replace(begin, length, words[random / 3 % words.size()]);
    return fuzz::begin_with(text, data, size, max_size);
}
