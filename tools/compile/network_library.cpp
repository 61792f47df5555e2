// mdl: dlopen of a compiled network.
// SPDX-License-Identifier: MIT
#include "compile/network_library.hpp"

#include <dlfcn.h>

#include "failure.hpp"

namespace mdl::tool {

NetworkLibrary::NetworkLibrary(const std::string& header, const CompileOptions& options) {
    compiled_ = compile_network(header, options);
    if (open(options.profile)) return;
    discard(compiled_);
    compiled_ = compile_network(header, options);
    if (!open(options.profile)) {
        const char* const reason = ::dlerror();
        fail(Exit::compiler, "the compiled network does not load: ", reason == nullptr ? "it lacks a function" : reason,
             "; remove the cache folder '", compiled_.library.parent_path().parent_path().string(), "' and try again");
    }
}

NetworkLibrary::~NetworkLibrary() {
    if (runner_ != nullptr) free_(runner_);
    close();
    if (compiled_.temporary) discard(compiled_);
}

auto NetworkLibrary::open(bool profile) -> bool {
    handle_ = ::dlopen(compiled_.library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ == nullptr) return false;
    bool complete = true;
    const auto find = [&](const char* name, auto& function) {
        function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(handle_, name));
        complete &= function != nullptr;
    };
    find("mdl_driver_version", version_);
    find("mdl_driver_load", load_);
    find("mdl_driver_free", free_);
    find("mdl_driver_input_count", input_count_);
    find("mdl_driver_output_count", output_count_);
    find("mdl_driver_input_shape", input_shape_);
    find("mdl_driver_output_shape", output_shape_);
    find("mdl_driver_input_is_interleaved", input_is_interleaved_);
    find("mdl_driver_input", input_);
    find("mdl_driver_output", output_);
    find("mdl_driver_run", run_);
    find("mdl_driver_fact", fact_);
    if (profile) {
        find("mdl_driver_step_count", step_count_);
        find("mdl_driver_step", step_);
        find("mdl_driver_run_timed", run_timed_);
        find("mdl_driver_run_observed", run_observed_);
        find("mdl_driver_selftest", selftest_);
        find("mdl_driver_peak", peak_);
    }
    if (!complete || version_() != 2) close();
    return handle_ != nullptr;
}

auto NetworkLibrary::steps() const -> std::vector<DriverStep> {
    std::vector<DriverStep> all(static_cast<std::size_t>(step_count_()));
    for (std::size_t k = 0; k < all.size(); ++k) step_(static_cast<int>(k), &all[k]);
    return all;
}

void NetworkLibrary::run_observed(const StepObserver& see) {
    const auto call = [](void* user, int step, const float* values, long long count) {
        (*static_cast<const StepObserver*>(user))(step, {values, static_cast<std::size_t>(count)});
    };
    run_observed_(runner_, call, const_cast<StepObserver*>(&see));
}

auto NetworkLibrary::selftest(const std::filesystem::path& vector) -> std::vector<float> {
    std::vector<float> differences(static_cast<std::size_t>(output_count()));
    char error[512]{};
    if (selftest_(runner_, vector.c_str(), differences.data(), error, sizeof error) == 0) fail(Exit::bad_input, vector.string(), ": ", static_cast<const char*>(error));
    return differences;
}

void NetworkLibrary::close() {
    if (handle_ != nullptr) ::dlclose(handle_);
    handle_ = nullptr;
}

void NetworkLibrary::load(const std::filesystem::path& weights) {
    char error[512]{};
    runner_ = load_(weights.c_str(), error, sizeof error);
    if (runner_ == nullptr) fail(Exit::bad_input, weights.string(), ": ", static_cast<const char*>(error));
}

}  // namespace mdl::tool
