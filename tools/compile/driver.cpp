// mdl: text of the driver.
// SPDX-License-Identifier: MIT
#include "compile/driver.hpp"

#include <regex>

#include "failure.hpp"

namespace mdl::tool {

namespace {

constexpr const char* body = R"(
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>

// Written by mdl: the network of net.hpp behind C functions.
namespace mdl_driver {
namespace {

constexpr const auto& written = mdl::engine::written<Network>;

constexpr auto takes_floats() -> bool {
    for (int i = 0; i < written.node_count; ++i)
        if (written.nodes[i].operation.op == mdl::Op::input && written.nodes[i].operation.image.element != mdl::Element::f32) return false;
    return true;
}
static_assert(takes_floats(), "mdl: mdl run and mdl bench feed float32; write F32 in the network's Input");

/// The k-th input's node.
constexpr auto input_node(int k) -> int {
    for (int i = 0; i < written.node_count; ++i)
        if (written.nodes[i].operation.op == mdl::Op::input && k-- == 0) return i;
    return -1;
}

/// The context refers to the model, which therefore stays where it is.
struct Runner {
    std::unique_ptr<mdl::Model<Network, Policies>> model;
    mdl::Context<Network, Policies> context;
};

void tell(const mdl::Error& error, char* text, std::size_t room) {
    const auto message = error.message();
    const std::size_t count = message.size() < room - 1 ? message.size() : room - 1;
    std::memcpy(text, message.data(), count);
    text[count] = '\0';
}

template <int... I>
auto input_address(Runner& runner, int k, std::integer_sequence<int, I...>) -> float* {
    float* result = nullptr;
    static_cast<void>(((I == k ? (result = runner.context.template input<I>().data(), true) : false) || ...));
    return result;
}

template <int... I>
auto output_address(Runner& runner, int k, std::integer_sequence<int, I...>) -> const float* {
    const float* result = nullptr;
    static_cast<void>(((I == k ? (result = runner.context.template output<I>().data(), true) : false) || ...));
    return result;
}

using Inputs = std::make_integer_sequence<int, static_cast<int>(mdl::input_count<Network>)>;
using Outputs = std::make_integer_sequence<int, static_cast<int>(mdl::output_count<Network>)>;

auto copy_shape(const mdl::Shape& shape, int* dims) -> int {
    for (int axis = 0; axis < shape.rank; ++axis) dims[axis] = shape.dims[axis];
    return shape.rank;
}

}  // namespace

#define MDL_DRIVER extern "C" __attribute__((visibility("default")))

MDL_DRIVER auto mdl_driver_version() -> int { return 2; }
MDL_DRIVER auto mdl_driver_load(const char* weights, char* error, std::size_t room) -> void* {
    auto loaded = mdl::Model<Network, Policies>::load(weights);
    if (!loaded) return tell(loaded.error(), error, room), nullptr;
    auto model = std::make_unique<mdl::Model<Network, Policies>>(std::move(*loaded));
    auto context = mdl::Context<Network, Policies>::create(*model);
    if (!context) return tell(context.error(), error, room), nullptr;
    return new Runner{std::move(model), std::move(*context)};
}
MDL_DRIVER void mdl_driver_free(void* runner) { delete static_cast<Runner*>(runner); }
MDL_DRIVER auto mdl_driver_input_count() -> int { return static_cast<int>(mdl::input_count<Network>); }
MDL_DRIVER auto mdl_driver_output_count() -> int { return static_cast<int>(mdl::output_count<Network>); }
MDL_DRIVER auto mdl_driver_input_shape(int k, int* dims) -> int { return copy_shape(written.nodes[input_node(k)].shape, dims); }
MDL_DRIVER auto mdl_driver_output_shape(int k, int* dims) -> int {
    return copy_shape(written.nodes[written.outputs[k]].shape, dims);
}
MDL_DRIVER auto mdl_driver_input_is_interleaved(int k) -> int {
    return written.nodes[input_node(k)].operation.image.layout == mdl::PixelLayout::hwc;
}
MDL_DRIVER auto mdl_driver_input(void* runner, int k) -> float* {
    return input_address(*static_cast<Runner*>(runner), k, Inputs{});
}
MDL_DRIVER auto mdl_driver_output(void* runner, int k) -> const float* {
    return output_address(*static_cast<Runner*>(runner), k, Outputs{});
}
MDL_DRIVER void mdl_driver_run(void* runner) { static_cast<Runner*>(runner)->context.run(); }
/// 0: arena bytes, 1: packed weight bytes, 2: multiply-accumulates, 3: parameters.
MDL_DRIVER auto mdl_driver_fact(int which) -> std::int64_t {
    const std::int64_t facts[] = {
        static_cast<std::int64_t>(mdl::arena_bytes<Network, Policies>),
        static_cast<std::int64_t>(mdl::weight_bytes<Network, Policies>),
        static_cast<std::int64_t>(mdl::macs<Network>),
        static_cast<std::int64_t>(mdl::parameters<Network>),
    };
    return which >= 0 && which < 4 ? facts[which] : 0;
}

}  // namespace mdl_driver
)";

constexpr const char* profile_body = R"(
#include <mdl/engine/profile.hpp>
#include <mdl/engine/selftest.hpp>

namespace mdl_driver {

struct DriverStep {
    char layer[96];
    char kernel[32];
    int rank;
    int dims[8];
    int written;
    long long macs, bytes;
};

template <std::size_t N>
static void copy_text(std::string_view text, char (&to)[N]) {
    const std::size_t count = text.size() < N - 1 ? text.size() : N - 1;
    std::memcpy(to, text.data(), count);
    to[count] = '\0';
}

MDL_DRIVER auto mdl_driver_step_count() -> int { return mdl::step_count<Network, Policies>; }
MDL_DRIVER void mdl_driver_step(int k, DriverStep* step) {
    static constexpr const auto& all = mdl::steps<Network, Policies>;
    const mdl::StepFacts& facts = all[static_cast<std::size_t>(k)];
    copy_text(facts.layer, step->layer);
    copy_text(facts.kernel, step->kernel);
    step->rank = copy_shape(facts.shape, step->dims);
    step->written = facts.written;
    step->macs = facts.macs;
    step->bytes = facts.bytes;
}
MDL_DRIVER void mdl_driver_run_timed(void* runner, double* milliseconds) {
    mdl::run_timed(static_cast<Runner*>(runner)->context, std::span<double, static_cast<std::size_t>(mdl::step_count<Network, Policies>)>(milliseconds, static_cast<std::size_t>(mdl::step_count<Network, Policies>)));
}
MDL_DRIVER void mdl_driver_run_observed(void* runner, void (*see)(void*, int, const float*, long long), void* user) {
    constexpr auto largest = static_cast<std::size_t>(mdl::largest_step<Network, Policies>);
    const auto room = std::make_unique<float[]>(largest);
    mdl::run_observed(static_cast<Runner*>(runner)->context, std::span<float>(room.get(), largest),
                      [&](int step, std::span<const float> values) noexcept { see(user, step, values.data(), static_cast<long long>(values.size())); });
}
/// 1: `differences` holds one number for each output; 0: `error` says why not.
MDL_DRIVER auto mdl_driver_selftest(void* runner, const char* vector, float* differences, char* error, std::size_t room) -> int {
    const auto tested = mdl::selftest(static_cast<Runner*>(runner)->context, vector);
    if (!tested) return tell(tested.error(), error, room), 0;
    for (const float difference : *tested) *differences++ = difference;
    return 1;
}
MDL_DRIVER auto mdl_driver_peak() -> double { return mdl::measured_peak(); }

}  // namespace mdl_driver
)";

constexpr const char* plan_body = R"(
#include <mdl/engine/plan.hpp>

extern "C" __attribute__((visibility("default"), used)) const auto mdl_driver_plan = mdl::plan<mdl_driver::Network, mdl_driver::Policies>;
)";

/// Includes the header and names its network and the policies.
auto network_source(const std::string& header, const std::string& policies) -> std::string {
    static const std::regex declaration(R"(struct\s+([A-Za-z_][A-Za-z0-9_]*)\s*:\s*(public\s+)?mdl::)");
    std::smatch found;
    if (!std::regex_search(header, found, declaration))
        fail(Exit::bad_input, "net.hpp declares no network ('struct Net : mdl::...'); convert the model again");
    // In a namespace of its own: the network may have any name.
    return "#include \"net.hpp\"\n\nnamespace mdl_driver {\nusing Network = ::" + found[1].str() + ";\nusing Policies = mdl::Options<" + policies + ">;\n}\n";
}

}  // namespace

auto driver_source(const std::string& header, const std::string& policies, bool profile) -> std::string {
    return network_source(header, policies) + body + (profile ? profile_body : "");
}

auto plan_source(const std::string& header, const std::string& policies) -> std::string { return network_source(header, policies) + plan_body; }

}  // namespace mdl::tool
