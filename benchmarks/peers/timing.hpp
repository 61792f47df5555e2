// mdl: what the drivers of other engines share: arguments, the numbers that every engine gets, and the line of JSON at the end.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "../numbers.hpp"

namespace peers {

[[noreturn]] inline void fail(const std::string& what) {
    std::fprintf(stderr, "%s\n", what.c_str());
    std::exit(1);
}

struct Input {
    std::string name;
    std::vector<int> shape;

    auto count() const -> std::size_t {
        std::size_t product = 1;
        for (const int size : shape) product *= static_cast<std::size_t>(size);
        return product;
    }
};

/// The arguments behind the model's files: THREADS RUNS OUTPUT, then a name and a shape (1x3x224x224) for each input, as in the ONNX file.
struct Arguments {
    int threads, runs;
    std::string output;
    std::vector<Input> inputs{};

    Arguments(int argc, char** argv, int files) : threads(0), runs(0) {
        if (argc < files + 6 || (argc - files) % 2 != 0)
            fail(std::string("usage: ") + argv[0] + " FILE... THREADS RUNS OUTPUT [INPUT SHAPE]...");
        char** next = argv + 1 + files;
        threads = std::atoi(*next++);
        runs = std::max(1, std::atoi(*next++));
        output = *next++;
        for (; next < argv + argc; next += 2) {
            Input input{next[0], {}};
            char* end = next[1];
            for (char* at = end; *at != '\0'; at = *end == 'x' ? end + 1 : end) {
                input.shape.push_back(static_cast<int>(std::strtol(at, &end, 10)));
                if (end == at) fail(std::string("a shape is written as 1x3x224x224, not ") + next[1]);
            }
            inputs.push_back(input);
        }
    }
};

inline auto numbers(std::size_t count, std::uint32_t& state) -> std::vector<float> {
    std::vector<float> values(count);
    for (float& value : values) value = benchmarks::next_number(state);
    return values;
}

/// Five warm-up runs, as `mdl bench` does, then the timed ones.
template <class Run>
auto time_of(int runs, const Run& run) -> std::vector<double> {
    using Clock = std::chrono::steady_clock;
    std::vector<double> times;
    for (int i = -5; i < runs; ++i) {
        const auto begin = Clock::now();
        run();
        if (i >= 0) times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    }
    std::sort(times.begin(), times.end());
    return times;
}

inline void print(const char* version, const std::vector<double>& times, const std::vector<float>& output) {
    const std::size_t n = times.size();
    std::printf("{\"min_ms\": %.6g, \"median_ms\": %.6g, \"version\": \"%s\", \"output\": [", times[0],
                (times[(n - 1) / 2] + times[n / 2]) / 2, version);
    for (std::size_t i = 0; i < std::min<std::size_t>(output.size(), 1000); ++i)
        std::printf(i > 0 ? ", %.9g" : "%.9g", static_cast<double>(output[i]));
    std::printf("]}\n");
}

}  // namespace peers
