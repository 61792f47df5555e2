// mdl: memory, counters and registration that the benchmarks of single kernels share.
// SPDX-License-Identifier: MIT
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <memory>
#include <set>
#include <string>

#include <mdl/base/config.hpp>

#if !MDL_SIMD
#error "mdl: these benchmarks time the kernels over channel blocks; build them without MDL_SIMD=0"
#endif

#include <mdl/engine/profile.hpp>

#include "../numbers.hpp"

namespace mdl::benchmarks {

/// Memory of a benchmark, on cache lines as the engine lays it.
struct alignas(64) Line {
    std::byte bytes[64];
};
class Memory {
public:
    explicit Memory(std::size_t bytes) : lines_(new Line[bytes / sizeof(Line) + 1]) {}
    auto bytes() -> std::byte* { return reinterpret_cast<std::byte*>(lines_.get()); }
    auto floats() -> float* { return reinterpret_cast<float*>(lines_.get()); }

private:
    std::unique_ptr<Line[]> lines_;
};

/// Floats from -1 to 1.
inline auto numbers(std::int64_t count, std::uint32_t seed = 1) -> Memory {
    Memory memory(static_cast<std::size_t>(count) * sizeof(float));
    std::uint32_t state = seed;
    for (std::int64_t i = 0; i < count; ++i) memory.floats()[i] = ::benchmarks::next_number(state);
    return memory;
}
/// Room for results, written once so that no page is missing while time is taken.
inline auto room(std::int64_t count) -> Memory {
    Memory memory(static_cast<std::size_t>(count) * sizeof(float));
    std::memset(memory.bytes(), 0, static_cast<std::size_t>(count) * sizeof(float));
    return memory;
}

struct Work {
    std::int64_t macs = 0;   ///< as the layer is defined: Winograd's algorithm needs fewer
    std::int64_t bytes = 0;  ///< inputs, weights and output, each counted once
};

/// GFLOP/s that this core reached at its best since the program began.
inline auto best_peak() -> double {
    static double best = 0;
    best = std::max(best, measured_peak());
    return best;
}

/// Times body() and says how much of the work it did in a second of the processor's time, and which share of the peak that is.
template <class Body>
void measure(benchmark::State& state, const Work& work, const Body& body) {
    const double peak = work.macs > 0 ? best_peak() : 0;
    body();
    // Of the process, not of the wall: who else runs on this core does not count.
    const std::clock_t begin = std::clock();
    for (auto _ : state) {
        body();
        benchmark::ClobberMemory();
    }
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    const double nanoseconds = 1e9 * seconds / static_cast<double>(state.iterations());
    state.counters["GB/s"] = static_cast<double>(work.bytes) / nanoseconds;
    if (work.macs == 0) return;
    state.counters["GFLOP/s"] = 2 * static_cast<double>(work.macs) / nanoseconds;
    state.counters["of_peak"] = 2 * static_cast<double>(work.macs) / nanoseconds / peak;
}

/// Kernels that have a benchmark.
inline auto timed_kernels() -> std::set<engine::Kernel>& {
    static std::set<engine::Kernel> all;
    return all;
}

/// Registers `run` as "kernel/name".
template <class Run>
void add(engine::Kernel kernel, const std::string& name, const Run& run) {
    timed_kernels().insert(kernel);
    benchmark::RegisterBenchmark((std::string(engine::name_of(kernel)) + "/" + name).c_str(), run)->Unit(benchmark::kMicrosecond);
}

void add_windows();  ///< windows.cpp
void add_maps();     ///< maps.cpp

}  // namespace mdl::benchmarks
