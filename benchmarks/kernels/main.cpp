// mdl: times single layers, one benchmark a layer and kernel; `--benchmark_filter=depthwise` chooses by name.
// SPDX-License-Identifier: MIT
#include <string>

#include "measure.hpp"

namespace {

/// Kernels over channel blocks that nothing here times.
auto untimed() -> std::string {
    std::string names;
    for (auto kernel = static_cast<int>(mdl::engine::Kernel::pointwise); kernel < static_cast<int>(mdl::engine::Kernel::count); ++kernel)
        if (const auto which = static_cast<mdl::engine::Kernel>(kernel); !mdl::benchmarks::timed_kernels().contains(which))
            names += (names.empty() ? "" : ", ") + std::string(mdl::engine::name_of(which));
    return names.empty() ? "none" : names;
}

}  // namespace

auto main(int argc, char** argv) -> int {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
    mdl::benchmarks::add_windows();
    mdl::benchmarks::add_maps();
    benchmark::AddCustomContext("lanes of a vector", std::to_string(mdl::simd::lanes));
    benchmark::AddCustomContext("peak of the multiply-adds now, GFLOP/s", std::to_string(mdl::benchmarks::best_peak()));
    benchmark::AddCustomContext("kernels without a benchmark", untimed());
    const bool ran = benchmark::RunSpecifiedBenchmarks() > 0;
    benchmark::Shutdown();
    return ran ? 0 : 1;  // the filter matched nothing
}
