// mdl: a compiled network, loaded into this process.
// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <mdl/tensor/shape.hpp>

#include "compile/cache.hpp"
#include "compile/driver.hpp"

namespace mdl::tool {

/// The network's functions and, after `load`, its weights and one context.
class NetworkLibrary {
public:
    /// Compiles or finds in the cache, and loads; a cached library that does not load is built again once. Throws Failure.
    NetworkLibrary(const std::string& header, const CompileOptions& options);
    NetworkLibrary(const NetworkLibrary&) = delete;
    auto operator=(const NetworkLibrary&) -> NetworkLibrary& = delete;
    ~NetworkLibrary();

    auto compiled() const -> const CompiledNetwork& { return compiled_; }

    /// Loads the weights and makes a context. Throws Failure.
    void load(const std::filesystem::path& weights);
    auto input_count() const -> int { return input_count_(); }
    auto output_count() const -> int { return output_count_(); }
    auto input_shape(int k) const -> Shape { return shape_from(input_shape_, k); }
    auto output_shape(int k) const -> Shape { return shape_from(output_shape_, k); }
    /// Whether the input's channels lie together in memory: [h, w, c].
    auto is_interleaved(int k) const -> bool { return input_is_interleaved_(k) != 0; }
    auto input(int k) -> std::span<float> { return {input_(runner_, k), static_cast<std::size_t>(input_shape(k).count())}; }
    auto output(int k) const -> std::span<const float> {
        return {output_(runner_, k), static_cast<std::size_t>(output_shape(k).count())};
    }
    void run() { run_(runner_); }

    /// From here to `measured_peak` of a library that was compiled with CompileOptions::profile.
    /// What each step is, and one run that adds each step's time.
    auto steps() const -> std::vector<DriverStep>;
    void run_timed(std::span<double> milliseconds) { run_timed_(runner_, milliseconds.data()); }
    /// One run that calls `see(k, values)` with what step k has made, row-major. `see` must not throw.
    using StepObserver = std::function<void(int, std::span<const float>)>;
    void run_observed(const StepObserver& see);
    /// Runs on a test vector: how far each output lies from the vector's, of its largest magnitude. Throws Failure.
    auto selftest(const std::filesystem::path& vector) -> std::vector<float>;
    /// GFLOP/s that one core of this machine reaches.
    auto measured_peak() const -> double { return peak_(); }

    auto arena_bytes() const -> std::int64_t { return fact_(0); }
    auto weight_bytes() const -> std::int64_t { return fact_(1); }
    auto macs() const -> std::int64_t { return fact_(2); }
    auto parameters() const -> std::int64_t { return fact_(3); }

private:
    using ShapeFunction = int (*)(int, int*);

    auto open(bool profile) -> bool;
    void close();
    static auto shape_from(ShapeFunction function, int k) -> Shape {
        int dims[max_rank]{};
        Shape shape;
        shape.rank = function(k, dims);
        for (int axis = 0; axis < shape.rank; ++axis) shape.dims[axis] = dims[axis];
        return shape;
    }

    CompiledNetwork compiled_{};
    void* handle_ = nullptr;
    void* runner_ = nullptr;
    int (*version_)() = nullptr;
    void* (*load_)(const char*, char*, std::size_t) = nullptr;
    void (*free_)(void*) = nullptr;
    int (*input_count_)() = nullptr;
    int (*output_count_)() = nullptr;
    ShapeFunction input_shape_ = nullptr, output_shape_ = nullptr;
    int (*input_is_interleaved_)(int) = nullptr;
    float* (*input_)(void*, int) = nullptr;
    const float* (*output_)(void*, int) = nullptr;
    void (*run_)(void*) = nullptr;
    std::int64_t (*fact_)(int) = nullptr;
    int (*step_count_)() = nullptr;
    void (*step_)(int, DriverStep*) = nullptr;
    void (*run_timed_)(void*, double*) = nullptr;
    void (*run_observed_)(void*, void (*)(void*, int, const float*, long long), void*) = nullptr;
    int (*selftest_)(void*, const char*, float*, char*, std::size_t) = nullptr;
    double (*peak_)() = nullptr;
};

}  // namespace mdl::tool
