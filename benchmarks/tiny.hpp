// mdl: what the two programs of tiny.sh share: the numbers that both sides get, and the command line.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <vector>

#include "numbers.hpp"

namespace tiny {

/// The same numbers in both programs, so that no weights file has to be carried from one to the other.
class Numbers {
public:
    explicit Numbers(std::uint32_t seed) : state_(seed * 2654435761u + 12345u) {}
    /// Between -size and size.
    auto next(float size) -> float { return benchmarks::next_number(state_) * size; }
    /// Weights of one layer, in the order output, input, row, column; `fan`: inputs of one output. Their size keeps results near one.
    auto weights(int outputs, int fan) -> std::vector<float> {
        std::vector<float> all(static_cast<std::size_t>(outputs) * static_cast<std::size_t>(fan));
        for (float& value : all) value = next(std::sqrt(3.0f / static_cast<float>(fan)));
        return all;
    }
    auto biases(int outputs) -> std::vector<float> {
        std::vector<float> all(static_cast<std::size_t>(outputs));
        for (float& value : all) value = next(0.5f);
        return all;
    }

private:
    std::uint32_t state_;
};
inline constexpr std::uint32_t weights_seed = 1, inputs_seed = 2;

/// One network. `run` returns where the outputs lie. `prime` stands for the run before: a model that remembers samples gets
/// those that the first outputs look back at. It is called where outputs are compared, and neither counted nor timed.
struct Case {
    const char* name;
    int inputs, outputs;
    auto (*load)() -> bool;
    auto (*run)(const float* input) -> const float*;
    void (*prime)(const float* input) = nullptr;
};

/// The networks of both programs. `Side` has one program's types, and makes a row of each.
template <class Side>
inline constexpr std::array cases{
    Side::template row<typename Side::template Dense<4, 4>>("dense 4-4"),
    Side::template row<typename Side::template Dense<8, 8>>("dense 8-8"),
    Side::template row<typename Side::template Dense<16, 16>>("dense 16-16"),
    Side::template row<typename Side::template Dense<24, 1>>("dense 24-1"),
    Side::template row<typename Side::template Tanh<8>>("dense 1-8-8-8-1 tanh"),
    Side::template row<typename Side::template Tanh<16>>("dense 1-16-16-16-1 tanh"),
    Side::template row<typename Side::template Tanh<32>>("dense 1-32-32-32-1 tanh"),
    Side::template row<typename Side::template Tanh<64>>("dense 1-64-64-64-1 tanh"),
    Side::template row<typename Side::template Conv<4, 3, 1>>("conv 4-4, 3 taps, 64 samples"),
    Side::template row<typename Side::template Conv<8, 7, 2>>("conv 8-8, 7 taps, 64 samples"),
    Side::template row<typename Side::template Conv<16, 15, 4>>("conv 16-16, 15 taps, 64 samples"),
    Side::template row<typename Side::Mixed>("dense, conv, dense, 64 samples"),
    Side::template row<typename Side::Digits>("digit 256-64-10"),
    Side::template row<typename Side::DigitsTwoConv>("digit 2 conv, dense"),
};

/// Different inputs, taken in turn: what some functions cost depends on their argument.
inline constexpr std::size_t input_sets = 16;

inline auto make_inputs(int count) -> std::vector<float> {
    // 16 floats more: RTNeural's xsimd backend reads whole vectors.
    std::vector<float> all(input_sets * static_cast<std::size_t>(count) + 16);
    Numbers numbers(inputs_seed);
    for (float& value : all) value = numbers.next(1.0f);
    return all;
}

/// `list`; `outputs NAME`: what the network makes of each input; `run NAME N`: N runs, for callgrind; `time NAME`: ns a run.
inline auto main(int argc, char** argv, std::span<const Case> cases) -> int {
    const char* const command = argc > 1 ? argv[1] : "";
    if (std::strcmp(command, "list") == 0) {
        for (const Case& one : cases) std::puts(one.name);
        return 0;
    }
    for (const Case& one : cases) {
        if (argc < 3 || std::strcmp(argv[2], one.name) != 0) continue;
        if (!one.load()) {
            std::fprintf(stderr, "%s: its weights do not load\n", one.name);
            return 1;
        }
        // Each input begins at a multiple of 64 bytes: RTNeural asks for alignment.
        const std::vector<float> numbers = make_inputs(one.inputs);
        const std::size_t stride = (static_cast<std::size_t>(one.inputs) + 31) / 16 * 16;
        std::vector<float> room(input_sets * stride + 16);
        float* const first = room.data() + (64 - reinterpret_cast<std::uintptr_t>(room.data()) % 64) % 64 / sizeof(float);
        for (std::size_t k = 0; k < input_sets; ++k)
            std::copy_n(numbers.data() + k * static_cast<std::size_t>(one.inputs), one.inputs, first + k * stride);
        const auto run = [&](long runs) {
            for (long k = 0; k < runs; ++k) {
                const float* y = one.run(first + static_cast<std::size_t>(k) % input_sets * stride);
                asm volatile("" : : "r"(y) : "memory");
            }
        };
        if (std::strcmp(command, "outputs") == 0) {
            for (std::size_t k = 0; k < input_sets; ++k) {
                if (one.prime != nullptr) one.prime(first + k * stride);
                const float* const y = one.run(first + k * stride);
                for (int i = 0; i < one.outputs; ++i) std::printf("%.9g\n", static_cast<double>(y[i]));
            }
            return 0;
        }
        if (std::strcmp(command, "run") == 0 && argc > 3) return run(std::atol(argv[3])), 0;
        if (std::strcmp(command, "time") == 0) {
            // The least of many short batches: other programs only ever add to it.
            using Clock = std::chrono::steady_clock;
            double best = HUGE_VAL;
            long runs = 16;
            const auto begin = Clock::now();
            while (Clock::now() - begin < std::chrono::milliseconds(200)) {
                const auto start = Clock::now();
                run(runs);
                const double nanoseconds = std::chrono::duration<double, std::nano>(Clock::now() - start).count();
                if (nanoseconds < 50'000) runs *= 2;
                else best = std::min(best, nanoseconds / static_cast<double>(runs));
            }
            std::printf("%.1f\n", best);
            return 0;
        }
    }
    std::fprintf(stderr, "usage: %s list | outputs NAME | run NAME N | time NAME\n", argv[0]);
    return 2;
}

}  // namespace tiny
