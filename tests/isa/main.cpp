// mdl: runs the network as compiled for the baseline, and for AVX-512 where the machine has it, in one program.
// SPDX-License-Identifier: MIT
#include <cstdio>
#include <vector>

#include "digits.hpp"
#include "support/reference_network.hpp"

auto main() -> int {
    using namespace mdl::test;
    const auto weights = random_weights<Digits>(1);
    const auto file = weights_file<Digits>(weights);
    std::vector<float> pixels(16 * 16);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<float>(i % 17) / 16.0f;
    const auto truth = run_reference<Digits>(weights, {pixels.data()});

    int wrong = 0;
    const auto check = [&](const char* name, auto run) {
        std::vector<float> scores(10);
        const bool loaded = run(std::span<const std::byte>(file), std::span<const float>(pixels), std::span<float>(scores));
        const double error = loaded ? relative_error(truth[0], scores) : INFINITY;
        std::printf("%s: relative error %.2g\n", name, error);
        // Sums in another order, in float, over three layers.
        if (!(error < 1e-5)) ++wrong;
    };
    check("baseline", &run_baseline);
    const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512vl");
    if (wide)
        check("AVX-512", &run_high);
    else
        std::printf("AVX-512: this machine has none\n");
    return wrong;
}
