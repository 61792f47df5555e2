// mdl: runs a network on the engine and on the reference, with the same random weights and images.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <tuple>

#include <mdl/mdl.hpp>

#include "support/reference_network.hpp"

namespace mdl::test {

/// A caller's image, its unused end filled so that a read beyond it shows under a sanitizer.
template <class Net, int K>
auto random_image(unsigned seed) {
    using Context = mdl::Context<Net>;
    std::mt19937 random(seed);
    std::vector<typename Context::template InputElement<K>> image(Context::template input_size<K>);
    for (auto& value : image) {
        if constexpr (sizeof(value) == 1)
            value = static_cast<std::uint8_t>(random() & 255);
        else
            value = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
    }
    return image;
}

/// The largest relative error of any output of the engine against the reference, worst of two runs on the same context;
/// the arena is filled with NaN before, so that a read of what nobody wrote shows.
template <class Net, class O = Options<>>
auto engine_error(unsigned seed = 1) -> double {
    const auto weights = random_weights<Net>(seed);
    const auto file = weights_file<Net>(weights);
    auto model = Model<Net, O>::load(std::span<const std::byte>(file));
    if (!model) return INFINITY;
    auto memory = AlignedBuffer::create(std::max<std::size_t>(arena_bytes<Net, O>, 64));
    if (!memory) return INFINITY;
    std::memset(memory->data(), 0xff, memory->size());
    auto context = Context<Net, O>::create(*model, memory->bytes());
    if (!context) return INFINITY;
    double worst = 0;
    for (unsigned run = 0; run < 2; ++run) {
        [&]<int... K>(std::integer_sequence<int, K...>) {
            const auto images = std::tuple(random_image<Net, K>(seed + 10 * run + static_cast<unsigned>(K))...);
            const auto truth = run_reference<Net>(weights, {std::get<K>(images).data()...});
            if (run == 0) {
                (std::copy(std::get<K>(images).begin(), std::get<K>(images).end(), context->template input<K>().begin()), ...);
                context->run();
            } else {
                // Read where it lies.
                const auto done = context->run(std::get<K>(images)...);
                if (!done) worst = INFINITY;
            }
            [&]<int... J>(std::integer_sequence<int, J...>) {
                ((worst = std::max(worst, relative_error(truth[J], context->template output<J>()))), ...);
            }(std::make_integer_sequence<int, output_count<Net>>{});
        }(std::make_integer_sequence<int, input_count<Net>>{});
    }
    return worst;
}

}  // namespace mdl::test
