// mdl: runs one converted test of ONNX's on the engine and compares with what ONNX recorded.
// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <mdl/mdl.hpp>

#include "support/recorded.hpp"

namespace mdl::conformance {

/// What a test's program calls; every test registers one.
struct Test {
    const char* name;
    auto (*run)(const std::string& stem) -> std::string;  ///< the problem, or nothing
};
inline auto tests() -> std::vector<Test>& {
    static std::vector<Test> all;
    return all;
}
inline auto add_test(const char* name, auto (*run)(const std::string&)->std::string) -> bool {
    tests().push_back({name, run});
    return true;
}

inline auto read_floats(const std::string& file, std::size_t count, bool& ok) -> std::vector<float> {
    std::vector<float> values(count + 1);
    std::FILE* const stream = std::fopen(file.c_str(), "rb");
    ok = stream != nullptr && std::fread(values.data(), sizeof(float), count + 1, stream) == count;
    if (stream != nullptr) std::fclose(stream);
    values.resize(count);
    return values;
}

/// Largest difference, beyond the recorded numbers' own, over the largest finite magnitude; what is infinite or no number must be so in both.
inline auto difference(std::span<const float> given, const std::vector<float>& recorded) -> double {
    double largest = 1e-6, worst = 0;
    const double unit = test::recorded_unit(recorded);
    for (const float value : recorded)
        if (std::isfinite(value)) largest = std::fmax(largest, std::fabs(static_cast<double>(value)));
    for (std::size_t i = 0; i < recorded.size(); ++i) {
        if (std::isnan(recorded[i]) && std::isnan(given[i])) continue;
        if (std::isinf(recorded[i]) && recorded[i] == given[i]) continue;
        const double error = (std::fabs(static_cast<double>(given[i]) - static_cast<double>(recorded[i])) - unit) / largest;
        worst = error <= worst ? worst : std::isnan(error) ? HUGE_VAL : error;
    }
    return worst;
}

/// Loads `stem`.mdlw, feeds `stem`.in0 ..., compares with `stem`.out0 ...: raw float32, in the network's order.
template <class Net>
auto run_network(const std::string& stem) -> std::string {
    const auto model = Model<Net>::load((stem + ".mdlw").c_str());
    if (!model) return model.error().c_str();
    auto context = Context<Net>::create(*model);
    if (!context) return context.error().c_str();
    std::string problem;
    const auto feed = [&]<int K>(std::integral_constant<int, K>) {
        bool ok = false;
        const auto input = context->template input<K>();
        const auto values = read_floats(stem + ".in" + std::to_string(K), input.size(), ok);
        if (!ok) problem = "input " + std::to_string(K) + " has another size than the recorded one";
        for (std::size_t i = 0; ok && i < input.size(); ++i) input[i] = values[i];
    };
    [&]<int... K>(std::integer_sequence<int, K...>) { (feed(std::integral_constant<int, K>{}), ...); }(std::make_integer_sequence<int, input_count<Net>>{});
    if (!problem.empty()) return problem;
    context->run();
    const auto compare = [&]<int K>(std::integral_constant<int, K>) {
        bool ok = false;
        const auto output = context->template output<K>();
        const auto recorded = read_floats(stem + ".out" + std::to_string(K), output.size(), ok);
        if (!ok) problem = "output " + std::to_string(K) + " has another size than the recorded one";
        else if (const double error = difference(output, recorded); !(error <= 1e-5)) problem = "differs by " + std::to_string(error) + " of the largest value";
    };
    [&]<int... K>(std::integer_sequence<int, K...>) { (compare(std::integral_constant<int, K>{}), ...); }(std::make_integer_sequence<int, output_count<Net>>{});
    return problem;
}

}  // namespace mdl::conformance
