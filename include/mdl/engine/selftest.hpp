// mdl: runs a network on a stored test vector, on the device itself. An app that does not include this header pays nothing.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <mdl/base/result.hpp>
#include <mdl/engine/context.hpp>
#include <mdl/weights/mapped_file.hpp>
#include <mdl/weights/reader.hpp>
#include <mdl/weights/tensor_source.hpp>

namespace mdl {
namespace engine {
inline namespace MDL_ISA {

/// The largest |given - expected| over the largest |expected|; infinite where one is no number and the other is.
[[gnu::cold]] inline auto relative_difference(std::span<const float> given, std::span<const float> expected) noexcept -> float {
    float difference = 0, magnitude = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const float a = given[i], b = expected[i];
        if (std::isfinite(b)) magnitude = std::max(magnitude, std::fabs(b));
        if (a == b || (std::isnan(a) && std::isnan(b))) continue;
        difference = std::isfinite(a - b) ? std::max(difference, std::fabs(a - b)) : std::numeric_limits<float>::infinity();
    }
    return difference == 0 ? 0 : difference / magnitude;
}

}  // namespace MDL_ISA
}  // namespace engine

inline namespace MDL_ISA {

/// For each output the largest difference, over the largest magnitude.
template <class Net>
using Differences = std::array<float, static_cast<std::size_t>(output_count<Net>)>;

/// Runs `context` on the inputs of a test vector, the file net.mdlt that `mdl convert --check` writes: "input K" as it lies in the
/// caller's memory, "output K" as the model itself computes it in double precision. 1e-3 is usual where Winograd's convolutions are used, 1e-4 under the policy Exact.
/// Errors: not_a_weights_file, unsupported_version, truncated, corrupt, wrong_network, missing_tensor, wrong_tensor, out_of_memory.
template <class Net, class O>
[[gnu::cold]] auto selftest(Context<Net, O>& context, std::span<const std::byte> vector) noexcept -> Result<Differences<Net>> {
    using Run = Context<Net, O>;
    const auto file = weights::File::open(vector);
    if (!file) return file.error();
    weights::FileSource source(*file);
    static constexpr std::string_view name = network_name<Net>();
    if (const auto same = source.check_network(fingerprint<Net>, name); !same) return same.error();
    Error error;
    const auto feed = [&]<std::size_t K>() noexcept {
        constexpr int k = static_cast<int>(K);
        static_assert(std::is_same_v<typename Run::template InputElement<k>, float> && Run::template input_size<k> == static_cast<std::size_t>(input_shape<Net, k>.count()),
                      "mdl: a test vector holds floats of the network's own channels; run the self-test with F32 and without RGBA in the Input");
        if (error.code() != Errc::ok) return;
        const auto tensor = source.tensor(k, input_shape<Net, k>);
        if (!tensor) error = tensor.error();
        else std::copy(tensor->begin(), tensor->end(), context.template input<k>().begin());
    };
    [&]<std::size_t... K>(std::index_sequence<K...>) { (feed.template operator()<K>(), ...); }(std::make_index_sequence<static_cast<std::size_t>(input_count<Net>)>{});
    if (error.code() != Errc::ok) return error;
    context.run();
    Differences<Net> differences{};
    const auto compare = [&]<std::size_t K>() noexcept {
        constexpr int k = static_cast<int>(K);
        if (error.code() != Errc::ok) return;
        const auto tensor = source.tensor(input_count<Net> + k, output_shape<Net, k>);
        if (!tensor) error = tensor.error();
        else differences[K] = engine::relative_difference(context.template output<k>(), *tensor);
    };
    [&]<std::size_t... K>(std::index_sequence<K...>) { (compare.template operator()<K>(), ...); }(std::make_index_sequence<static_cast<std::size_t>(output_count<Net>)>{});
    if (error.code() != Errc::ok) return error;
    return differences;
}

/// The same from a file. Errors: cannot_open too.
template <class Net, class O>
[[gnu::cold]] auto selftest(Context<Net, O>& context, const char* path) noexcept -> Result<Differences<Net>> {
    const auto mapped = weights::MappedFile::open(path);
    if (!mapped) return mapped.error();
    return selftest(context, mapped->bytes());
}

}  // namespace MDL_ISA
}  // namespace mdl
