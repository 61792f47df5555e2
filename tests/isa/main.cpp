// mdl: runs the network as compiled for the baseline, and for AVX-512 where the machine has it, in one program.
// SPDX-License-Identifier: MIT
#include <cstdio>

#include "digits.hpp"
#include "support/reference_network.hpp"

auto main() -> int {
    using namespace mdl::test;
    const auto weights = random_weights<Digits>(1);
    const auto file = weights_file<Digits>(weights);
    std::array<float, 16 * 16> pixels{};
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<float>(i % 17) / 16.0f;
    const auto truth = run_reference<Digits>(weights, {pixels.data()});

    int wrong = 0;
    const auto check = [&](const char* name, auto run) {
        Scores scores{};
        const double error = run(file, pixels, scores) ? relative_error(truth[0], scores) : INFINITY;
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
