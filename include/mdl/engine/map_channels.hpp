// mdl: the pass by which concatenations, slices and shuffles cost nothing: 1x1 convolutions sum channels from where they were made.
// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

#include <mdl/engine/choose.hpp>
#include <mdl/engine/options.hpp>
#include <mdl/graph/channel_source.hpp>
#include <mdl/graph/graph.hpp>
#include <mdl/tensor/geometry.hpp>

namespace mdl::engine {
inline namespace MDL_ISA {

namespace detail {

template <class G>
constexpr auto is_kernel(const G& g, int i, Kernel kernel) noexcept -> bool { return g.nodes[i].choice.kernel == static_cast<int>(kernel); }

template <class G>
constexpr auto lies_in_arena(const G& g, int i) noexcept -> bool {
    i = g.shown(i);
    return g.nodes[i].choice.out == graph::Layout::blocks && g.nodes[i].operation.op != Op::input && g.nodes[i].operation.op != Op::constant;
}

/// A gather of channels by their offsets from the arena's start.
template <class G>
constexpr auto gathers_in_arena(const G& g, int i) noexcept -> bool {
    if (!is_kernel(g, i, Kernel::channel_gather)) return false;
    for (const int input : g.inputs(i))
        if (!lies_in_arena(g, input)) return false;
    return true;
}

/// Does node i find its input number k wherever its channels lie?
template <class G>
constexpr auto reads_maps(const G& g, int i, int k) noexcept -> bool {
    const graph::Node& node = g.nodes[i];
    if (gathers_in_arena(g, i)) return true;
    return is_kernel(g, i, Kernel::pointwise) && k == 0 && node.fusion.prologue_count == 0 &&
           geometry_of(node.operation, g.nodes[g.input(i)].shape, node.shape).is_flat();
}

}  // namespace detail

/// More are gathered: to sort them takes a compiler more steps than Clang allows for a constant.
inline constexpr int most_mapped_channels = 2048;

/// Marks the gathers of channels that nobody has to run, since all readers take channels from where they lie: 1x1 convolutions, which sum
/// them in any order, and other gathers.
template <class O, int N, int E, int M>
constexpr auto map_channels(graph::Graph<N, E, M> g) noexcept -> graph::Graph<N, E, M> {
#if MDL_SIMD
    if (O::keep_tensors || !kernels::convolution_pointwise_takes_taps(O::in_order.value_or(simd::in_order_by_default))) return g;
    bool is_free[N > 0 ? N : 1]{};  // of readers that want the tensor itself
    for (int i = 0; i < g.node_count; ++i) is_free[i] = detail::gathers_in_arena(g, i) && g.nodes[i].shape.channels() <= most_mapped_channels;
    for (int o = 0; o < g.output_count; ++o) is_free[g.outputs[o]] = false;
    for (int i = 0; i < g.node_count; ++i)
        for (int k = 0; k < g.nodes[i].input_count; ++k)
            if (!detail::reads_maps(g, i, k)) is_free[g.input(i, k)] = false;
    for (int i = 0; i < g.node_count; ++i)
        if (is_free[i]) g.nodes[i].choice.mapped = true, g.nodes[i].choice.kernel = static_cast<std::int16_t>(Kernel::nothing);
#endif
    return g;
}

/// Does node i read a tensor that is no more than a map?
template <class G>
constexpr auto reads_map(const G& g, int i) noexcept -> bool {
    for (const int input : g.inputs(i))
        if (g.nodes[input].choice.mapped) return true;
    return false;
}

/// Is node i a 1x1 convolution of a mapped tensor?
template <class G>
constexpr auto is_mapped_convolution(const G& g, int i) noexcept -> bool {
    return detail::is_kernel(g, i, Kernel::pointwise) && g.nodes[g.input(i)].choice.mapped;
}

/// In which order a 1x1 convolution sums the N channels of a mapped tensor: first whole blocks of those that it maps, then single channels.
template <int N>
struct ChannelTaps {
    graph::ChannelSource source[N]{};  ///< of the first channel of each tap
    std::int16_t order[N]{};           ///< which of the tensor's channels is summed at each place
    int full = 0, single = 0;

    template <class G>
    constexpr ChannelTaps(const G& g, int tensor) noexcept {
        constexpr int c = block_channels;
        graph::ChannelSource all[N]{};
        std::int64_t sorted[N]{};  // by node, channel and number, in one number: compilers count the steps of each comparison
        for (int k = 0; k < N; ++k) {
            all[k] = graph::channel_source(g, {tensor, k});
            sorted[k] = (std::int64_t{all[k].node} << 40) + (std::int64_t{all[k].channel} << 16) + k;
        }
        std::sort(sorted, sorted + N);
        const auto number = [&](int at) { return static_cast<std::int16_t>(sorted[at] & 0xffff); };
        std::int16_t rest[N]{};
        for (int at = 0, place = 0; at < N;) {
            const graph::ChannelSource first = all[number(at)];
            int lane = 0;
            if (first.channel % c == 0)
                while (lane < c && at + lane < N && all[number(at + lane)] == graph::ChannelSource{first.node, first.channel + lane}) ++lane;
            if (lane < c) {
                rest[single++] = number(at++);
                continue;
            }
            source[full++] = first;
            for (const int end = at + c; at < end; ++at) order[place++] = number(at);
        }
        for (int k = 0; k < single; ++k) source[full + k] = all[rest[k]], order[full * c + k] = rest[k];
    }
};

}  // namespace MDL_ISA
}  // namespace mdl::engine
