// mdl: classifies every held-out digit with both networks and shows a few of them.
// SPDX-License-Identifier: MIT
#include <mdl/mdl.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include <digits_dense_net/net.hpp>
#include <digits_net/net.hpp>

#include "digits.hpp"
#include "held_out.hpp"

// What `mdl convert` wrote from the ONNX files is what digits.hpp says by hand.
static_assert(mdl::fingerprint<DigitsNet> == mdl::fingerprint<Digits>);
static_assert(mdl::fingerprint<DigitsDenseNet> == mdl::fingerprint<DigitsDense>);

namespace {

struct Answer {
    int digit = 0;
    float probability = 0;
};

/// The whole use of mdl: load, give it an arena, run.
template <class Net>
auto classify(const char* weights, std::span<const held_out::Digit> digits) -> std::optional<std::vector<Answer>> {
    const auto model = mdl::Model<Net>::load(weights);
    if (!model) {
        std::fprintf(stderr, "digits: %s\n", model.error().c_str());
        return std::nullopt;
    }
    static mdl::Arena<Net> arena;
    mdl::Context<Net> context{*model, arena};

    std::vector<Answer> answers;
    answers.reserve(digits.size());
    for (const held_out::Digit& digit : digits) {
        const auto probabilities = context.run(digit.pixels);
        const auto best = std::max_element(probabilities.begin(), probabilities.end());
        answers.push_back({static_cast<int>(best - probabilities.begin()), *best});
    }
    return answers;
}

auto accuracy(std::span<const held_out::Digit> digits, std::span<const Answer> answers) -> double {
    int right = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) right += digits[i].label == answers[i].digit ? 1 : 0;
    return right / static_cast<double>(digits.size());
}

/// The chosen digits side by side, under each the answer, its probability, and the label where the answer is wrong.
void show(std::span<const held_out::Digit> digits, std::span<const Answer> answers, std::span<const std::size_t> chosen) {
    for (int line = 0; line < held_out::side / 2; ++line) {
        for (const std::size_t i : chosen) std::printf("  %s", held_out::draw(digits[i], line).c_str());
        std::printf("\n");
    }
    for (const std::size_t i : chosen) {
        const bool right = answers[i].digit == digits[i].label;
        const std::string label = right ? "" : ", is " + std::to_string(digits[i].label);
        std::printf("  %d (%.4f)%-7s", answers[i].digit, static_cast<double>(answers[i].probability), label.c_str());
    }
    std::printf("\n\n");
}

auto file_bytes(const char* path) -> long long {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    return error ? -1 : static_cast<long long>(size);
}

}  // namespace

/// usage: digits [WEIGHTS DENSE_WEIGHTS HELD_OUT]     (default: the files of the build)
auto main(int argc, char** argv) -> int {
    if (argc != 1 && argc != 4) {
        std::fprintf(stderr, "usage: digits [WEIGHTS DENSE_WEIGHTS HELD_OUT]\n");
        return 2;
    }
    const char* weights = argc == 4 ? argv[1] : MDL_MODEL_DIGITS_NET;
    const char* dense_weights = argc == 4 ? argv[2] : MDL_MODEL_DIGITS_DENSE_NET;
    const char* data = argc == 4 ? argv[3] : DIGITS_HELD_OUT;

    const auto digits = held_out::read(data);
    if (digits.empty()) {
        std::fprintf(stderr, "digits: %s is missing or not made of 65-byte records; train.py writes it\n", data);
        return 1;
    }
    const auto answers = classify<DigitsNet>(weights, digits);
    const auto dense_answers = classify<DigitsDenseNet>(dense_weights, digits);
    if (!answers || !dense_answers) return 1;

    constexpr std::size_t across = 5;
    std::vector<std::size_t> right, wrong;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        auto& group = (*answers)[i].digit == digits[i].label ? right : wrong;
        if (group.size() < across) group.push_back(i);
    }
    show(digits, *answers, right);
    if (!wrong.empty()) show(digits, *answers, wrong);

    std::printf("binary   %8lld bytes\n", file_bytes(argv[0]));
    std::printf("weights  %8lld bytes, dense network %lld\n", file_bytes(weights), file_bytes(dense_weights));
    std::printf("arena    %8lld bytes, dense network %lld\n", static_cast<long long>(mdl::arena_bytes<DigitsNet>),
                static_cast<long long>(mdl::arena_bytes<DigitsDenseNet>));
    std::printf("%zu held-out digits; the dense network has %.4f of them right\n", digits.size(),
                accuracy(digits, *dense_answers));
    std::printf("accuracy %.4f\n", accuracy(digits, *answers));
    return 0;
}
