// mdl: benchmarks of convolutions, dense layers and pooling, each with the kernel that the engine chooses for it.
// SPDX-License-Identifier: MIT
#include <initializer_list>
#include <iterator>
#include <span>
#include <utility>

#include <mdl/engine/choose.hpp>
#include <mdl/engine/execute_blocks.hpp>
#include <mdl/engine/pack_blocks.hpp>
#include <mdl/engine/packing.hpp>

#include "layers.hpp"
#include "measure.hpp"

namespace mdl::benchmarks {
namespace {

using engine::Kernel;

/// Layer I as the engine has it: kernel, layouts and scratch memory are chosen.
template <int I, class O>
inline constexpr graph::Node chosen = engine::choose<O>(graph_of(layers[I])).nodes[1];

template <int I, class O>
inline constexpr Kernel kernel_of = static_cast<Kernel>(chosen<I, O>.choice.kernel);

/// Those that run_layer can call.
constexpr auto has_window(Kernel kernel) -> bool {
    for (const Kernel one : {Kernel::pointwise, Kernel::strip, Kernel::winograd, Kernel::image, Kernel::grouped, Kernel::merged, Kernel::depthwise,
                             Kernel::transposed_convolution, Kernel::transposed_depthwise, Kernel::dense, Kernel::pool, Kernel::global_pool})
        if (kernel == one) return true;
    return false;
}

template <int I>
inline constexpr Geometry geometry = geometry_of(chosen<I, Options<>>.operation, layers[I].in, chosen<I, Options<>>.shape);

template <int I, class O>
void run_layer(benchmark::State& state) {
    static constexpr Geometry g = geometry<I>;
    static constexpr ImageFormat format{};
    static constexpr Kernel kernel = kernel_of<I, O>;
    static_assert(has_window(kernel), "mdl: the engine chooses a kernel that this benchmark does not call; add it here");
    using E = kernels::Epilogue<>;
    static constexpr kernels::EpilogueArgs args = kernels::epilogue_args(Activation{ActivationKind::relu, 0, 0});

    // Image and vectors are read as they are, everything else lies in blocks.
    const std::int64_t in_floats = std::int64_t{kernels::padded_channels(g.in_channels)} * g.in_pixels();
    const std::int64_t out_floats = std::int64_t{kernels::padded_channels(g.out_channels)} * g.out_pixels();
    constexpr bool transposed = layers[I].op == Op::transposed_convolution;
    constexpr bool weighs = layers[I].op == Op::convolution || layers[I].op == Op::dense || transposed;
    const std::int64_t weights = weighs ? std::int64_t{g.out_channels} * g.group_in() * g.kernel_h * g.kernel_w : 0;
    Memory input = numbers(in_floats, 1), output = room(out_floats), scratch(static_cast<std::size_t>(chosen<I, O>.choice.scratch_bytes));
    Memory packed = room(engine::packed_blocks_floats(kernel, g));
    if constexpr (weighs) {
        Memory canonical = numbers(weights, 2), bias = numbers(g.out_channels, 3);
        const std::span<const float> all(canonical.floats(), static_cast<std::size_t>(weights));
        engine::pack_blocks_function(kernel, false, nullptr)(g, {format}, all, nullptr, bias.floats(), packed.floats());
    }
    kernels::Buffers buffers;
    buffers.input = input.floats(), buffers.output = output.floats(), buffers.weights = packed.floats(), buffers.scratch = scratch.bytes();
    const Work work{weights * (transposed ? g.in_pixels() : g.out_pixels()),
                    4 * (std::int64_t{g.in_channels} * g.in_pixels() + weights + std::int64_t{g.out_channels} * g.out_pixels())};
    measure(state, work, [&]() noexcept {
        if constexpr (kernel == Kernel::image) {
            kernels::convolution_image<E>(g, format, args, buffers.input, buffers, Serial{});
        } else {
            engine::call_window<kernel, E, g, layers[I].pooling, false>(args, buffers);
        }
    });
}

template <int I>
void add_layer() {
    add(kernel_of<I, Options<>>, name_of(layers[I]), &run_layer<I, Options<>>);
    // What Winograd's algorithm is chosen over.
    if constexpr (kernel_of<I, Options<Exact>> != kernel_of<I, Options<>>)
        add(kernel_of<I, Options<Exact>>, name_of(layers[I]), &run_layer<I, Options<Exact>>);
}

}  // namespace

void add_windows() {
    [&]<int... I>(std::integer_sequence<int, I...>) { (add_layer<I>(), ...); }
    (std::make_integer_sequence<int, static_cast<int>(std::size(layers))>{});
}

}  // namespace mdl::benchmarks
